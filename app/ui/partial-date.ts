import { asciiDigits } from '../../lib/text/digits.ts';

export type DatePrecision = 'day' | 'month' | 'year' | 'age' | 'unknown';

/** A date as far as it is known. `date` is `2026`, `2026-11`, `2026-11-21` or null; `problem` says why it is null though something was typed. */
export type PartialDateValue = {
  precision: DatePrecision;
  date: string | null;
  estimated: boolean;
  problem: 'invalid' | 'future' | null;
  /** Some boxes are filled and others that this precision needs are not: nothing to be saved, and not nothing typed. */
  incomplete: boolean;
};

/** What stands in the boxes. */
export type TypedDate = { day: string; month: string; year: string; ageYears: string; ageMonths: string };

export const nothingTyped: TypedDate = { day: '', month: '', year: '', ageYears: '', ageMonths: '' };

/** The boxes' content read at a precision. `today` is `YYYY-MM-DD` in the clinic's zone. */
export function readPartialDate(
  precision: DatePrecision,
  typed: TypedDate,
  estimated: boolean,
  today: string,
): PartialDateValue {
  if (precision === 'unknown') return { precision, date: null, estimated: false, problem: null, incomplete: false };
  const date = precision === 'age' ? dateOfAge(typed, today) : dateOfParts(precision, typed);
  const marked = precision === 'age' || (precision !== 'day' && estimated);
  if (date === 'invalid') return { precision, date: null, estimated: marked, problem: 'invalid', incomplete: false };
  if (date !== null && date > today.slice(0, date.length)) {
    return { precision, date: null, estimated: marked, problem: 'future', incomplete: false };
  }
  const incomplete = date === null && boxesOf(precision).some((box) => typed[box].trim() !== '');
  return { precision, date, estimated: marked, problem: null, incomplete };
}

function boxesOf(precision: Exclude<DatePrecision, 'unknown'>): readonly (keyof TypedDate)[] {
  if (precision === 'age') return ['ageYears', 'ageMonths'];
  return precision === 'day' ? ['year', 'month', 'day'] : precision === 'month' ? ['year', 'month'] : ['year'];
}

/** The boxes and the precision that show a stored date. */
export function typedOf(date: string | null): { precision: DatePrecision; typed: TypedDate } {
  const [year = '', month = '', day = ''] = date?.split('-') ?? [];
  const precision = day !== '' || date === null ? 'day' : month !== '' ? 'month' : 'year';
  return { precision, typed: { ...nothingTyped, year, month: trimZero(month), day: trimZero(day) } };
}

function dateOfParts(precision: 'day' | 'month' | 'year', typed: TypedDate): string | null | 'invalid' {
  const needed = boxesOf(precision);
  const texts = needed.map((part) => asciiDigits(typed[part]).trim());
  if (texts.some((text) => text === '')) return null;
  if (!texts.every((text) => /^\d+$/.test(text)) || texts[0]?.length !== 4) return 'invalid';
  const [year = 0, month = 1, day = 1] = texts.map(Number);
  if (year < 1850 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return 'invalid';
  return texts.map((text, index) => text.padStart(index === 0 ? 4 : 2, '0')).join('-');
}

/** An age gives no more than it knows: under two years the month, else the year. */
function dateOfAge(typed: TypedDate, today: string): string | null | 'invalid' {
  const [years, months] = [typed.ageYears, typed.ageMonths].map((text) => asciiDigits(text).trim());
  if (years === '' && months === '') return null;
  if (![years, months].every((text) => text === undefined || /^\d{0,4}$/.test(text))) return 'invalid';
  const total = Number(years) * 12 + Number(months);
  if (total > 150 * 12) return 'invalid';
  const at = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1 - total;
  const year = String(Math.floor(at / 12)).padStart(4, '0');
  return total < 24 ? `${year}-${String((at % 12) + 1).padStart(2, '0')}` : year;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function trimZero(text: string): string {
  return text.replace(/^0/, '');
}
