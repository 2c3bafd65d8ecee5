import { useEffect, useState } from 'react';
import { calendarDayIn } from '../../../lib/domain/calendar-date.ts';
import { formatInstant, formatTime } from '../../../lib/text/format.ts';
import type { Language } from '../../../lib/text/languages.ts';

/** Until when: the time alone when it is today. */
export function untilText(language: Language, until: string, timeZone: string, today: string): string {
  const sameDay = calendarDayIn(until, timeZone) === today;
  return sameDay ? formatTime(language, until, timeZone) : formatInstant(language, until, timeZone);
}

/** Has this instant passed? Looked at again when it does. */
export function useHasPassed(until: string): boolean {
  const left = Date.parse(until) - Date.now();
  const [, redraw] = useState(0);
  useEffect(() => {
    const ms = Date.parse(until) - Date.now();
    if (ms <= 0) return;
    const timer = setTimeout(() => redraw(Date.now()), ms + 50);
    return () => clearTimeout(timer);
  }, [until]);
  return left <= 0;
}
