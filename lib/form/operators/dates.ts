import { addDays, daysBetween, monthsBetween, yearsBetween } from '../calendar.ts';
import { type Operator, operator } from './operator.ts';

/** Calendar days as text. `today` is the day the event happened, so the same answers give the same result for ever. */
export const DATES: Readonly<Record<string, Operator>> = {
  today: operator(0, 0, (_, scope) => scope.today),
  daysBetween: operator(2, 2, ([from, to]) => daysBetween(from, to)),
  monthsBetween: operator(2, 2, ([from, to]) => monthsBetween(from, to)),
  yearsBetween: operator(2, 2, ([from, to]) => yearsBetween(from, to)),
  addDays: operator(2, 2, ([date, days]) => (typeof days === 'number' ? addDays(date, days) : null)),
};
