import { calendarDayIn } from '../../../lib/domain/calendar-date.ts';

const HOUR_MS = 3_600_000;

/**
 * An instant in the middle of a day in a time zone, for a visit of which only the day is known. Zones differ from UTC by
 * at most 14 hours, so one of these tries lies on the day; the first that does is nearest to its noon.
 */
export function noonOf(day: string, timeZone: string): string {
  const utcNoonMs = Date.parse(`${day}T12:00:00.000Z`);
  for (const hours of [0, -12, 12]) {
    const instant = new Date(utcNoonMs + hours * HOUR_MS).toISOString();
    if (calendarDayIn(instant, timeZone) === day) return instant;
  }
  return new Date(utcNoonMs).toISOString();
}
