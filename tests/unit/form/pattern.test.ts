import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern, patternProblem } from '../../../lib/form/pattern.ts';

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\.', '[a-c1-3]', '\\w');
const quantified = fc
  .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{2,}'))
  .map((parts) => parts.join(''));
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    quantified,
    fc.tuple(tie('node'), tie('node')).map((parts) => parts.join('')),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(${left}|${right})`),
    tie('node').map((node) => `(?:${node})?`),
  ),
})).node;

describe('patterns', () => {
  it('match the whole text exactly as a regular expression does', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '1', '.', 'é'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, text, (given, candidate) => {
        expect(matchesPattern(given, candidate)).toBe(new RegExp(`^(?:${given})$`, 'u').test(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['^[A-Z]{2}-\\d{4}$', 'AB-1234', true],
    ['^[A-Z]{2}-\\d{4}$', 'AB-12345', false],
    ['\\p{L}+', 'سلام', true],
    ['\\p{L}+', 'abc1', false],
    ['', '', true],
    ['a\\$', 'a$', true],
    ['[+-]?\\d+', '-12', true],
  ])('%s on %s is %s', (given, text, expected) => {
    expect(matchesPattern(given, text)).toBe(expected);
  });

  it.each([
    ['(?=a)b', 'look-around'],
    ['(?!a)b', 'look-around'],
    ['(?<=a)b', 'look-around'],
    ['(a)\\1', 'back-reference'],
    ['(a{99}){99}', 'too-big'],
    ['a'.repeat(301), 'too-big'],
    ['(a', 'syntax'],
    ['a)', 'syntax'],
    ['*a', 'syntax'],
    ['a**', 'syntax'],
    ['[b-a]', 'syntax'],
    ['a{3,2}', 'syntax'],
    ['[a', 'syntax'],
  ])('refuses %s: %s', (given, problem) => {
    expect(patternProblem(given)).toBe(problem);
    expect(matchesPattern(given, 'a')).toBe(false);
  });

  it('takes time in proportion where backtracking would hang', () => {
    const started = performance.now();
    expect(matchesPattern('(a+)+', `${'a'.repeat(3000)}!`)).toBe(false);
    expect(matchesPattern('(a|a)*b', 'a'.repeat(3000))).toBe(false);
    expect(patternProblem('(((){999}){999}){999}')).toBeNull();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
