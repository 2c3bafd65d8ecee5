import { matchesPattern } from '../pattern.ts';
import { MANY, type Operator, operator } from './operator.ts';

/** Longest text `concat` makes: a chain of calculations must not grow without bound. */
const LONGEST = 4000;

/** `length` counts code points; `matches` looks at the whole text and is false for null. */
export const TEXT: Readonly<Record<string, Operator>> = {
  concat: operator(1, MANY, (values) => {
    if (values.some((value) => value === null || typeof value === 'object')) return null;
    const text = values.join('');
    return text.length > LONGEST ? null : text;
  }),
  length: operator(1, 1, ([value]) => (typeof value === 'string' ? [...value].length : null)),
  matches: operator(2, 2, ([value, pattern]) =>
    typeof value === 'string' && typeof pattern === 'string' ? matchesPattern(pattern, value) : false,
  ),
};
