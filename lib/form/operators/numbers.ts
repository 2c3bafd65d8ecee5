import { roundHalfAway } from '../unit.ts';
import { MANY, numeric, type Operator } from './operator.ts';

/** Null in, null out; division by zero is null; `-` with one argument negates; `round` halves away from zero. */
export const NUMBERS: Readonly<Record<string, Operator>> = {
  '+': numeric(1, MANY, (numbers) => numbers.reduce((total, value) => total + value, 0)),
  '-': numeric(1, MANY, ([first = 0, ...others]) =>
    others.length === 0 ? 0 - first : others.reduce((rest, value) => rest - value, first),
  ),
  '*': numeric(1, MANY, (numbers) => numbers.reduce((product, value) => product * value, 1)),
  '/': numeric(2, 2, ([dividend = 0, divisor = 0]) => (divisor === 0 ? null : dividend / divisor)),
  round: numeric(1, 2, ([value = 0, decimals = 0]) => roundHalfAway(value, decimals)),
  min: numeric(1, MANY, (numbers) => Math.min(...numbers)),
  max: numeric(1, MANY, (numbers) => Math.max(...numbers)),
  abs: numeric(1, 1, ([value = 0]) => Math.abs(value)),
};
