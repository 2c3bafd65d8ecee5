import { MANY, type Operator, operator } from './operator.ts';

/** Only `true` is true: null counts as false, so `not null` is true. */
export const LOGIC: Readonly<Record<string, Operator>> = {
  and: operator(1, MANY, (values) => values.every((value) => value === true)),
  or: operator(1, MANY, (values) => values.some((value) => value === true)),
  not: operator(1, 1, ([value]) => value !== true),
  if: operator(2, 3, ([test, yes, no]) => (test === true ? yes : no) ?? null),
  coalesce: operator(1, MANY, (values) => values.find((value) => value !== null) ?? null),
};
