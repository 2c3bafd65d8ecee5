import type { Json } from '../../replication/json.ts';
import { codesOf, isAnswered, MANY, type Operator, operator, rowsOf } from './operator.ts';

/**
 * Choices and rows. `countRows` of no rows is 0, and with a field it counts the rows where that field is answered and
 * not `false`; `sum` leaves unanswered rows out and is null when none is answered.
 */
export const LISTS: Readonly<Record<string, Operator>> = {
  answered: operator(1, 1, ([value]) => isAnswered(value)),
  includes: operator(2, 2, ([list, code]) => code !== null && codesOf(list).includes(code as Json)),
  count: operator(1, 1, ([value]) => count(value)),
  any: operator(2, MANY, ([list, ...codes]) => wanted(codes).some((code) => codesOf(list).includes(code))),
  all: operator(2, MANY, ([list, ...codes]) => wanted(codes).every((code) => codesOf(list).includes(code))),
  sum: operator(2, 2, ([rows, field]) => sum(rows, field)),
  countRows: operator(1, 2, ([rows, field]) => countRows(rows, field)),
};

const wanted = (codes: readonly Json[]): readonly Json[] => codes.flatMap((code) => codesOf(code));

function count(value: Json | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' ? rowsOf(value).length : null;
}

function sum(rows: Json | undefined, field: Json | undefined): number | null {
  if (typeof field !== 'string') return null;
  const numbers = rowsOf(rows)
    .map((row) => row[field])
    .filter((value) => typeof value === 'number');
  return numbers.length === 0 ? null : numbers.reduce((total, value) => total + value, 0);
}

function countRows(rows: Json | undefined, field: Json | undefined): number {
  const standing = rowsOf(rows);
  if (typeof field !== 'string') return standing.length;
  return standing.filter((row) => isAnswered(row[field]) && row[field] !== false).length;
}
