import { type Json, sameJson } from '../../replication/json.ts';
import { type Operator, operator } from './operator.ts';

/** A comparison with null is false, `!=` too. Order is of numbers, or of texts by code unit (so dates sort as days). */
function compare(holds: (left: Json, right: Json) => boolean): Operator {
  return operator(2, 2, ([left, right]) => (isNull(left) || isNull(right) ? false : holds(left, right)));
}

const isNull = (value: Json | undefined): value is null | undefined => value === null || value === undefined;

function ordered(holds: (order: number) => boolean): Operator {
  return compare((left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left - right);
    if (typeof left !== 'string' || typeof right !== 'string') return false;
    return holds(left < right ? -1 : left > right ? 1 : 0);
  });
}

export const COMPARISON: Readonly<Record<string, Operator>> = {
  '=': compare((left, right) => sameJson(left, right)),
  '!=': compare((left, right) => !sameJson(left, right)),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
};
