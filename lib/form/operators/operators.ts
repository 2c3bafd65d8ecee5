import { CLINICAL } from './clinical.ts';
import { COMPARISON } from './comparison.ts';
import { DATES } from './dates.ts';
import { LISTS } from './lists.ts';
import { LOGIC } from './logic.ts';
import { NUMBERS } from './numbers.ts';
import type { Operator } from './operator.ts';
import { TEXT } from './text.ts';

/** Every operator an expression may use. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...LOGIC,
  ...COMPARISON,
  ...LISTS,
  ...NUMBERS,
  ...TEXT,
  ...DATES,
  ...CLINICAL,
};
