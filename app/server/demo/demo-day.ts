import { addDays, calendarDayIn } from '../../../lib/domain/calendar-date.ts';

/** Both clinics of the demo stand in one zone that keeps its offset all year. */
export const TIME_ZONE = 'Asia/Amman';
const ZONE_AHEAD_MINUTES = 180;
const MINUTE_MS = 60_000;

/** Days as the demo counts them: before (or, below zero, after) the day on which it is made. */
export interface DemoCalendar {
  readonly nowMs: number;
  readonly dayOf: (daysAgo: number) => string;
  /** Milliseconds of a clock time of the clinic on that day. */
  readonly at: (daysAgo: number, hour: number, minute: number) => number;
}

export function demoCalendar(nowMs: number): DemoCalendar {
  const today = calendarDayIn(new Date(nowMs).toISOString(), TIME_ZONE);
  const dayOf = (daysAgo: number) => addDays(today, -daysAgo);
  return {
    nowMs,
    dayOf,
    at: (daysAgo, hour, minute) =>
      Date.parse(`${dayOf(daysAgo)}T00:00:00.000Z`) + (hour * 60 + minute - ZONE_AHEAD_MINUTES) * MINUTE_MS,
  };
}

export function minutesAfter(atMs: number, minutes: number): number {
  return atMs + minutes * MINUTE_MS;
}

export function instantOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
