import * as calendar from '../domain/calendar-day.ts';

/**
 * The calendar as expressions see it: any value may come in, and what cannot be known is null instead of a fault.
 * Dates are text throughout, so every time zone gives the same answer.
 */
export type Ages = { readonly days: number | null; readonly months: number | null; readonly years: number | null };

const UNKNOWN: Ages = { days: null, months: null, years: null };
const MONTH_LENGTH = 7;
const YEAR_LENGTH = 4;

/** `date` plus whole `days`; null for a partial date, a fraction of a day or a result outside the years 1–9999. */
export function addDays(date: unknown, days: number): string | null {
  // Beyond ±9,999 years nothing lands inside the calendar, and the arithmetic below throws there.
  if (!calendar.isCalendarDate(date) || !Number.isInteger(days) || Math.abs(days) > 3_700_000) return null;
  const span = calendar.daysBetween(date, days < 0 ? '0001-01-01' : '9999-12-31');
  return Math.abs(days) > Math.abs(span) ? null : calendar.addDays(date, days);
}

/** Days from one full date to another (negative when reversed); null when either is partial. */
export function daysBetween(from: unknown, to: unknown): number | null {
  return calendar.isCalendarDate(from) && calendar.isCalendarDate(to) ? calendar.daysBetween(from, to) : null;
}

/** Completed months between two dates known at least to the month; a missing day counts as reached. */
export function monthsBetween(from: unknown, to: unknown): number | null {
  if (!calendar.isPartialDate(from) || !calendar.isPartialDate(to)) return null;
  const known = Math.min(from.length, to.length);
  if (known < MONTH_LENGTH) return null;
  if (known === MONTH_LENGTH) return monthIndex(to) - monthIndex(from);
  return calendar.monthsBetween(from, to);
}

const monthIndex = (date: string): number => Number(date.slice(0, YEAR_LENGTH)) * 12 + Number(date.slice(5, 7));

/** Completed years at the precision both dates share: `1996` to `2026-03-01` is 30, as an age of 30 was entered. */
export function yearsBetween(from: unknown, to: unknown): number | null {
  if (!calendar.isPartialDate(from) || !calendar.isPartialDate(to)) return null;
  if (Math.min(from.length, to.length) === YEAR_LENGTH) {
    return Number(to.slice(0, YEAR_LENGTH)) - Number(from.slice(0, YEAR_LENGTH));
  }
  const months = monthsBetween(from, to);
  return months === null ? null : Math.trunc(months / 12) || 0;
}

/** First and last day a partial date may mean. */
export function dateBounds(value: unknown): { first: string; last: string } | null {
  if (!calendar.isPartialDate(value)) return null;
  return { first: calendar.earliestDay(value), last: calendar.latestDay(value) };
}

/**
 * Age on a day as `calendar-date` counts it. With only a year of birth, days and months are unknown below two years:
 * nothing may be decided from them, since 1 and 23 months need different care.
 */
export function ageOn(birthDate: unknown, today: unknown): Ages {
  if (!calendar.isPartialDate(birthDate) || !calendar.isCalendarDate(today)) return UNKNOWN;
  const age = calendar.ageAt(birthDate, today);
  if (!age) return UNKNOWN;
  if (age.precision === 'year' && age.years < 2) return { ...UNKNOWN, years: age.years };
  return { days: age.totalDays, months: age.totalMonths, years: age.years };
}
