import { daysBetween, earliestDay, isPartialDate, latestDay, precisionOf } from '../domain/calendar-date.ts';
import type { DuplicateReason } from './duplicate-points.ts';

type Born = { readonly birthDate: string | null; readonly birthDateEstimated: boolean };
type Evidence = { readonly points: number; readonly reasons: readonly DuplicateReason[] };

const POINTS = {
  same: 25,
  dayMonthSwapped: 18,
  /** One digit wrong, or the same day of a neighbouring year. */
  close: 14,
  /** What is known of both agrees, but one is only a year, a month or an estimate. */
  compatible: 10,
  /** Both known to the day, and neither equal nor close. */
  otherDay: -12,
  /** More than three years apart, or estimates further apart than people misjudge. */
  otherAge: -30,
} as const;

const swappedDayMonth = (date: string): string => `${date.slice(0, 4)}-${date.slice(8)}-${date.slice(5, 7)}`;

const wrongDigits = (a: string, b: string): number => [...a].filter((digit, i) => digit !== b[i]).length;

/** Days between the two spans of days that the dates may mean; 0 when they overlap. */
const gapInDays = (a: string, b: string): number =>
  Math.max(0, daysBetween(latestDay(a), earliestDay(b)), daysBetween(latestDay(b), earliestDay(a)));

/** How far apart two guesses of one age may lie. Flat, because today, and so the age, is not known here. */
const GUESS_DAYS = 3 * 366;
const THREE_YEARS = 3 * 366;

const agreed = (points: number, reason: DuplicateReason): Evidence => ({ points, reasons: [reason] });
const against = (points: number): Evidence => ({ points, reasons: [] });

/** What two birth dates say: nothing when one is unknown. */
export const birthEvidence = (a: Born, b: Born): Evidence => {
  if (!isPartialDate(a.birthDate) || !isPartialDate(b.birthDate)) return against(0);
  const gap = gapInDays(a.birthDate, b.birthDate);
  const guessed = a.birthDateEstimated || b.birthDateEstimated;
  const exact = precisionOf(a.birthDate) === 'day' && precisionOf(b.birthDate) === 'day';
  if (exact && !guessed) return exactEvidence(a.birthDate, b.birthDate, gap);
  if (gap <= (guessed ? GUESS_DAYS : 0)) return agreed(POINTS.compatible, 'compatible-age');
  return against(gap > THREE_YEARS ? POINTS.otherAge : POINTS.otherDay);
};

const exactEvidence = (a: string, b: string, gap: number): Evidence => {
  if (a === b) return agreed(POINTS.same, 'same-birth-date');
  if (swappedDayMonth(a) === b) return agreed(POINTS.dayMonthSwapped, 'day-month-swapped');
  const sameDayOtherYear = a.slice(5) === b.slice(5) && gap <= 366;
  // A wrong digit in the decade or century would make parent and child one person.
  if (sameDayOtherYear || (a.slice(0, 3) === b.slice(0, 3) && wrongDigits(a, b) === 1)) {
    return agreed(POINTS.close, 'close-birth-date');
  }
  return against(gap > THREE_YEARS ? POINTS.otherAge : POINTS.otherDay);
};
