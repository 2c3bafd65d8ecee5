import { type Expression, evaluate } from './expression.ts';
import type { Scope } from './scope.ts';

/** A question or page without `showIf` is shown; with one, only when it is true – null hides. */
export const isShown = (showIf: Expression | null | undefined, scope: Scope): boolean =>
  showIf === null || showIf === undefined || evaluate(showIf, scope) === true;

/** A condition that is absent, null or anything but true does not hold. */
export const holds = (condition: Expression | null | undefined, scope: Scope): boolean =>
  condition !== null && condition !== undefined && evaluate(condition, scope) === true;
