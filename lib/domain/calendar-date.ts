/** A calendar day `'YYYY-MM-DD'` of the proleptic Gregorian calendar, years 0001–9999. Sorts as text. */
export type CalendarDate = string;
/** FHIR's partial date: `'YYYY'`, `'YYYY-MM'` or `'YYYY-MM-DD'`; its length is its precision. */
export type PartialDate = string;
/** A moment in UTC with milliseconds, `'2026-11-21T10:15:00.000Z'`. Sorts as text. */
export type Instant = string;
export type DatePrecision = 'year' | 'month' | 'day';

export type Age = {
  /** Completed years; `months` (0–11) and `days` (0–30) are what remains beyond them. */
  readonly years: number;
  readonly months: number;
  readonly days: number;
  /** The whole age in completed months, and in days. */
  readonly totalMonths: number;
  readonly totalDays: number;
  /** How exactly the birth date was known. Anything but `'day'` makes the smaller parts an assumption. */
  readonly precision: DatePrecision;
};

type Parts = { readonly year: number; readonly month: number; readonly day: number };

const PARTIAL = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
const dateOf = ({ year, month, day }: Parts): CalendarDate => {
  if (year < 1 || year > 9999) throw new RangeError('The date lies outside the years 0001 to 9999');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
};

/** Is this text a partial date that exists in the calendar? */
export const isPartialDate = (value: unknown): value is PartialDate => {
  const match = typeof value === 'string' ? PARTIAL.exec(value) : null;
  if (!match) return false;
  const year = Number(match[1]);
  const month = match[2] === undefined ? 1 : Number(match[2]);
  const day = match[3] === undefined ? 1 : Number(match[3]);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
};

/** Is this text a full calendar day that exists (so not 30 February)? */
export const isCalendarDate = (value: unknown): value is CalendarDate =>
  typeof value === 'string' && value.length === 10 && isPartialDate(value);

/** Is this text an instant in UTC with milliseconds, on a day that exists? */
export const isInstant = (value: unknown): value is Instant => {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  return match !== null && isCalendarDate(match[1]);
};

const partsOf = (date: CalendarDate): Parts => {
  if (!isCalendarDate(date)) throw new RangeError('Not a calendar day YYYY-MM-DD');
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
};

/** The precision of a partial date, read off its length. */
export const precisionOf = (partial: PartialDate): DatePrecision => {
  if (!isPartialDate(partial)) throw new RangeError('Not a partial date');
  return partial.length === 4 ? 'year' : partial.length === 7 ? 'month' : 'day';
};

/** The first day that a partial date may mean. */
export const earliestDay = (partial: PartialDate): CalendarDate => {
  const precision = precisionOf(partial);
  return precision === 'year' ? `${partial}-01-01` : precision === 'month' ? `${partial}-01` : partial;
};

/** The last day that a partial date may mean. */
export const latestDay = (partial: PartialDate): CalendarDate => {
  const precision = precisionOf(partial);
  if (precision === 'year') return `${partial}-12-31`;
  if (precision === 'day') return partial;
  return `${partial}-${daysInMonth(Number(partial.slice(0, 4)), Number(partial.slice(5, 7)))}`;
};

const DAY_MS = 86_400_000;
const dayNumber = (date: CalendarDate): number => {
  if (!isCalendarDate(date)) throw new RangeError('Not a calendar day YYYY-MM-DD');
  return Date.parse(date) / DAY_MS;
};

/** The day `days` (an integer, may be negative) after `date`. Throws RangeError outside years 0001–9999. */
export const addDays = (date: CalendarDate, days: number): CalendarDate => {
  const day = new Date((dayNumber(date) + days) * DAY_MS);
  return dateOf({ year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() });
};

/** The same day of the month `months` later (may be negative); 31 January + 1 month = 28 or 29 February. */
export const addMonths = (date: CalendarDate, months: number): CalendarDate => {
  const { year, month, day } = partsOf(date);
  const index = year * 12 + (month - 1) + months;
  const toYear = Math.floor(index / 12);
  const toMonth = index - toYear * 12 + 1;
  return dateOf({ year: toYear, month: toMonth, day: Math.min(day, daysInMonth(toYear, toMonth)) });
};

/** Days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: CalendarDate, to: CalendarDate): number => dayNumber(to) - dayNumber(from);

/**
 * Completed months from `from` to `to`; negative when `to` is earlier. A month is complete when the day of the month
 * is reached, as in PostgreSQL's `age()`: 31 January to 28 February is none, 29 February to 28 February is 11 months.
 */
export const monthsBetween = (from: CalendarDate, to: CalendarDate): number => {
  if (to < from) return -monthsBetween(to, from) || 0;
  const a = partsOf(from);
  const b = partsOf(to);
  return (b.year - a.year) * 12 + (b.month - a.month) - (b.day < a.day ? 1 : 0);
};

/** Completed years from `from` to `to`; negative when `to` is earlier. */
export const yearsBetween = (from: CalendarDate, to: CalendarDate): number =>
  Math.trunc(monthsBetween(from, to) / 12) || 0;

/**
 * The age on a day, or null when the birth lies after it. Missing parts of the birth date are taken to be those of
 * `on`: whoever was entered as "30 years" (`birthDate` = this year − 30) is shown as 30 on the same day.
 */
export const ageAt = (birth: PartialDate, on: CalendarDate): Age | null => {
  const precision = precisionOf(birth);
  const born = completedFrom(birth, on);
  if (born > on) return null;
  const totalMonths = monthsBetween(born, on);
  return {
    years: Math.floor(totalMonths / 12),
    months: totalMonths % 12,
    days: daysBetween(addMonths(born, totalMonths), on),
    totalMonths,
    totalDays: daysBetween(born, on),
    precision,
  };
};

const completedFrom = (birth: PartialDate, on: CalendarDate): CalendarDate => {
  const month = birth.length === 4 ? partsOf(on).month : Number(birth.slice(5, 7));
  const year = Number(birth.slice(0, 4));
  const day = birth.length === 10 ? Number(birth.slice(8)) : Math.min(partsOf(on).day, daysInMonth(year, month));
  return dateOf({ year, month, day });
};

/**
 * The birth date to store when only an age was told (data.md §3.2): the month of today − age under two years, its
 * year otherwise. The caller stores `birthDateEstimated: true` beside it.
 */
export const birthDateFromAge = (
  age: { readonly years: number; readonly months?: number | undefined },
  today: CalendarDate,
): PartialDate => {
  const months = age.years * 12 + (age.months ?? 0);
  return addMonths(today, -months).slice(0, months < 24 ? 7 : 4);
};

const formatters = new Map<string, Intl.DateTimeFormat>();
const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
};

/** The calendar day of an instant in an IANA time zone. Throws RangeError for an unknown zone or a malformed instant. */
export const calendarDayIn = (instant: Instant, timeZone: string): CalendarDate => {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(new Date(instant))
      .map((part) => [part.type, part.value]),
  );
  return dateOf({ year: Number(parts.get('year')), month: Number(parts.get('month')), day: Number(parts.get('day')) });
};

// As expressions see the calendar: any value may come in, and what cannot be known is null instead of a fault.

export type Ages = { readonly days: number | null; readonly months: number | null; readonly years: number | null };

const UNKNOWN: Ages = { days: null, months: null, years: null };
const MONTH_LENGTH = 7;
const YEAR_LENGTH = 4;

/** `date` plus whole `days`; null for a partial date, a fraction of a day or a result outside the years 1–9999. */
export function dayAfter(date: unknown, days: number): string | null {
  // Beyond ±9,999 years nothing lands inside the calendar, and the arithmetic below throws there.
  if (!isCalendarDate(date) || !Number.isInteger(days) || Math.abs(days) > 3_700_000) return null;
  const span = daysBetween(date, days < 0 ? '0001-01-01' : '9999-12-31');
  return Math.abs(days) > Math.abs(span) ? null : addDays(date, days);
}

/** Days from one full date to another (negative when reversed); null when either is partial. */
export function daysApart(from: unknown, to: unknown): number | null {
  return isCalendarDate(from) && isCalendarDate(to) ? daysBetween(from, to) : null;
}

/** Completed months between two dates known at least to the month; a missing day counts as reached. */
export function monthsApart(from: unknown, to: unknown): number | null {
  if (!isPartialDate(from) || !isPartialDate(to)) return null;
  const known = Math.min(from.length, to.length);
  if (known < MONTH_LENGTH) return null;
  if (known === MONTH_LENGTH) return monthIndex(to) - monthIndex(from);
  return monthsBetween(from, to);
}

const monthIndex = (date: string): number => Number(date.slice(0, YEAR_LENGTH)) * 12 + Number(date.slice(5, 7));

/** Completed years at the precision both dates share: `1996` to `2026-03-01` is 30, as an age of 30 was entered. */
export function yearsApart(from: unknown, to: unknown): number | null {
  if (!isPartialDate(from) || !isPartialDate(to)) return null;
  if (Math.min(from.length, to.length) === YEAR_LENGTH) {
    return Number(to.slice(0, YEAR_LENGTH)) - Number(from.slice(0, YEAR_LENGTH));
  }
  const months = monthsApart(from, to);
  return months === null ? null : Math.trunc(months / 12) || 0;
}

/** First and last day a partial date may mean. */
export function dateBounds(value: unknown): { first: string; last: string } | null {
  if (!isPartialDate(value)) return null;
  return { first: earliestDay(value), last: latestDay(value) };
}

/**
 * Age on a day as `ageAt` counts it. With only a year of birth, days and months are unknown below two years:
 * nothing may be decided from them, since 1 and 23 months need different care.
 */
export function knownAge(birthDate: unknown, today: unknown): Ages {
  if (!isPartialDate(birthDate) || !isCalendarDate(today)) return UNKNOWN;
  const age = ageAt(birthDate, today);
  if (!age) return UNKNOWN;
  if (age.precision === 'year' && age.years < 2) return { ...UNKNOWN, years: age.years };
  return { days: age.totalDays, months: age.totalMonths, years: age.years };
}
