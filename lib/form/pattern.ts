import { readPattern, type State } from './pattern-grammar.ts';

/**
 * Regular expressions that cannot hang a phone: a small grammar compiled to a Thompson machine (Ken Thompson, "Regular
 * expression search algorithm", CACM 11:6, 1968) and run in time proportional to text × pattern. JavaScript's own
 * engine backtracks; `(a+)+$` on thirty letters would freeze the screen, so it is never given a form's pattern.
 */
export const LONGEST_MATCHED_TEXT = 4000;
const CACHE_SIZE = 200;

/** What is wrong with a pattern (`look-around`, `back-reference`, `too-big`, `syntax`), or null. For publishing. */
export function patternProblem(pattern: string): string | null {
  const read = readPattern(pattern);
  return read.ok ? null : read.problem;
}

/** Whether the whole text matches. A refused pattern and a text of more than 4,000 characters match nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  const states = compiled(pattern);
  if (!states || text.length > LONGEST_MATCHED_TEXT) return false;
  let current = reach(states, [0]);
  for (const character of text.normalize('NFC')) {
    const next: number[] = [];
    for (const index of current) {
      const state = states[index];
      if (state?.kind === 'test' && state.test(character)) next.push(state.next);
    }
    if (next.length === 0) return false;
    current = reach(states, next);
  }
  for (const index of current) if (states[index]?.kind === 'end') return true;
  return false;
}

function reach(states: readonly State[], from: readonly number[]): Set<number> {
  const reached = new Set<number>();
  const waiting = [...from];
  while (waiting.length > 0) {
    const index = waiting.pop() as number;
    if (reached.has(index)) continue;
    reached.add(index);
    const state = states[index];
    if (state?.kind === 'fork') waiting.push(state.next, state.other);
  }
  return reached;
}

const cache = new Map<string, readonly State[] | null>();

function compiled(pattern: string): readonly State[] | null {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const read = readPattern(pattern);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(pattern, read.ok ? read.states : null);
  return read.ok ? read.states : null;
}
