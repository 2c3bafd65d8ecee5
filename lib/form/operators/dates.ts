import { dayAfter, daysApart, monthsApart, yearsApart } from '../../domain/calendar-date.ts';
import { type Operator, operator } from './operator.ts';

/** Calendar days as text. `today` is the day the event happened, so the same answers give the same result for ever. */
export const DATES: Readonly<Record<string, Operator>> = {
  today: operator(0, 0, (_, scope) => scope.today),
  daysBetween: operator(2, 2, ([from, to]) => daysApart(from, to)),
  monthsBetween: operator(2, 2, ([from, to]) => monthsApart(from, to)),
  yearsBetween: operator(2, 2, ([from, to]) => yearsApart(from, to)),
  addDays: operator(2, 2, ([date, days]) => (typeof days === 'number' ? dayAfter(date, days) : null)),
};
