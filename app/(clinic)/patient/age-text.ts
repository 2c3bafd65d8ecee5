import { ageAt } from '../../../lib/domain/calendar-date.ts';
import type { Translate } from '../../../lib/text/translate.ts';

export interface Born {
  readonly birthDate: string | null;
  readonly birthDateEstimated: boolean;
}

/** An age for a list: `34 y`, `5 m`, `~34 y` where the birth date is estimated or only partly known. */
export function ageShort(t: Translate, { birthDate, birthDateEstimated }: Born, today: string): string | null {
  const age = birthDate === null ? null : ageAt(birthDate, today);
  if (age === null) return null;
  const short =
    age.years >= 2 ? t('age.yearsShort', { count: age.years }) : t('age.monthsShort', { count: age.totalMonths });
  return birthDateEstimated || age.precision !== 'day' ? t('age.approx', { age: short }) : short;
}

/** An age in words: days and weeks for the newborn, months below two years. */
export function ageInWords(t: Translate, { birthDate, birthDateEstimated }: Born, today: string): string {
  const age = birthDate === null ? null : ageAt(birthDate, today);
  if (age === null) return t('age.unknown');
  const words =
    age.years >= 2
      ? t('age.years', { count: age.years })
      : age.totalMonths >= 2
        ? t('age.months', { count: age.totalMonths })
        : age.totalDays >= 14
          ? t('age.weeks', { count: Math.floor(age.totalDays / 7) })
          : t('age.days', { count: age.totalDays });
  return birthDateEstimated || age.precision !== 'day' ? t('age.about', { age: words }) : words;
}
