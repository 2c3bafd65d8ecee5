import type { Json } from '../replication/json.ts';
import { matchesPattern } from './pattern.ts';
import { type Finding, refuse } from './problem.ts';

/** A text of at most `max` code points; `pattern` is about the whole of it. */
export function checkText(value: Json | undefined, max: number, pattern: string | null | undefined): Finding[] {
  if (typeof value !== 'string') return [refuse('wrong-type')];
  // With the u flag a surrogate that belongs to a pair is not one.
  if (value.includes('\0') || /\p{Surrogate}/u.test(value)) return [refuse('unreadable-text')];
  if (value.length > max && [...value].length > max) return [refuse('too-long', { max })];
  return pattern && !matchesPattern(pattern, value) ? [refuse('pattern')] : [];
}
