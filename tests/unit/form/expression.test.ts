import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expression, evaluate, isExpression } from '../../../lib/form/expression.ts';
import { OPERATORS } from '../../../lib/form/operators/operators.ts';
import type { Scope } from '../../../lib/form/scope.ts';
import type { Json } from '../../../lib/replication/json.ts';

const scopeOf = (fields: Record<string, Json>, clinical: Scope['clinical'] = {}): Scope => ({
  today: '2026-11-21',
  clinical,
  read: (kind, name) => (kind === 'field' ? (fields[name] ?? null) : null),
});

const ROWS = { a: { order: 1, age: 4, coughs: true }, b: { order: 2, age: 6, coughs: false }, c: null };
const SCOPE = scopeOf({
  yes: true,
  no: false,
  zero: 0,
  list: ['a', 'b'],
  empty: [],
  text: 'abc',
  rows: ROWS,
  one: 'a',
});
const f = (field: string) => ({ field });

describe('operators', () => {
  it.each<[Expression, Json]>([
    [['and', true, f('yes')], true],
    [['and', true, f('nothing')], false],
    [['or', f('nothing'), true], true],
    [['not', f('nothing')], true],
    [['not', f('yes')], false],
    [['if', f('yes'), 1, 2], 1],
    [['if', f('nothing'), 1], null],
    [['coalesce', f('nothing'), f('zero'), 5], 0],
    [['=', f('zero'), 0], true],
    [['=', f('no'), false], true],
    [['=', f('nothing'), null], false],
    [['!=', f('nothing'), 1], false],
    [['!=', f('text'), 'abd'], true],
    [['<', f('nothing'), 1], false],
    [['>=', f('nothing'), 0], false],
    [['<', '2026-01-31', '2026-02-01'], true],
    [['<', 1, '2'], false],
    [['>', 2, 1], true],
    [['<=', 2, 2], true],
    [['answered', f('zero')], true],
    [['answered', f('no')], true],
    [['answered', f('empty')], false],
    [['answered', f('nothing')], false],
    [['includes', f('list'), 'b'], true],
    [['includes', f('one'), 'a'], true],
    [['includes', f('nothing'), 'b'], false],
    [['count', f('list')], 2],
    [['count', f('nothing')], null],
    [['any', f('list'), 'x', 'b'], true],
    [['all', f('list'), 'a', 'b'], true],
    [['all', f('list'), 'a', 'x'], false],
    [['sum', f('rows'), 'age'], 10],
    [['sum', f('nothing'), 'age'], null],
    [['countRows', f('rows')], 2],
    [['countRows', f('rows'), 'coughs'], 1],
    [['countRows', f('nothing')], 0],
    [['+', 1, 2, 3], 6],
    [['+', 1, f('nothing')], null],
    [['-', 5, 3], 2],
    [['-', 5], -5],
    [['*', 2, 3], 6],
    [['/', 6, 4], 1.5],
    [['/', 6, 0], null],
    [['*', 1e308, 1e308], null],
    [['round', 2.5], 3],
    [['round', -2.5], -3],
    [['round', 1.005, 2], 1.01],
    [['min', 3, 1, 2], 1],
    [['max', 3, 1, f('nothing')], null],
    [['abs', -4], 4],
    [['concat', 'a', 1, true], 'a1true'],
    [['concat', 'a', f('nothing')], null],
    [['length', '👶a'], 2],
    [['matches', f('text'), '[a-c]+'], true],
    [['matches', f('nothing'), '.*'], false],
    [['today'], '2026-11-21'],
    [['daysBetween', '2024-02-28', '2024-03-01'], 2],
    [['monthsBetween', '2026-01-31', '2026-02-28'], 0],
    [['yearsBetween', '1996', ['today']], 30],
    [['addDays', '2026-12-31', 1], '2027-01-01'],
    [['addDays', '2026', 1], null],
    [['addDays', '9999-12-31', 1], null],
    [['round', ['bmi', 70, 175], 1], 22.9],
    [['bmi', 70, 0], null],
    [['round', ['bsa', 70, 175], 2], 1.84],
    [['edd', '2026-01-01'], '2026-10-08'],
    [['zscore', 'weight-for-age', 'female', 100, 5], null],
    [['no-such-operator', 1], null],
    [['not'], null],
    [['not', 1, 2], null],
  ])('%j is %j', (expression, expected) => {
    expect(evaluate(expression, SCOPE)).toEqual(expected);
  });

  it('takes the z-score from the scope', () => {
    const scope = scopeOf(
      {},
      { zscore: ({ sex, ageDays, measure }) => (sex === 'male' ? measure + (ageDays ?? 0) : 0) },
    );
    expect(evaluate(['zscore', 'weight-for-age', 'male', 10, 5, 'lying'], scope)).toBe(15);
    expect(evaluate(['zscore', 'weight-for-age', 'male', 10, null, 'lying'], scope)).toBeNull();
  });
});

const literal = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('2026-02-29', '2026-02', '9999-12-31', '((a{99}){99}){99}', '__proto__', 'constructor'),
);
const anyExpression = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    literal as fc.Arbitrary<Expression>,
    fc.record({
      field: fc.constantFrom('yes', 'zero', 'list', 'rows', 'text', '__proto__'),
    }) as fc.Arbitrary<Expression>,
    fc
      .tuple(fc.constantFrom(...Object.keys(OPERATORS), 'toString'), fc.array(tie('node'), { maxLength: 5 }))
      .map(([name, operands]) => [name, ...operands] as Expression),
  ),
})).node;

describe('evaluation', () => {
  it('never throws and never gives what JSON cannot hold', () => {
    fc.assert(
      fc.property(anyExpression, (expression) => {
        const value = evaluate(expression, SCOPE);
        expect(value).not.toBeUndefined();
        if (typeof value === 'number' && Array.isArray(expression)) expect(Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('takes a comparison with null as false on either side', () => {
    fc.assert(
      fc.property(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), literal, (name, other) => {
        expect(evaluate([name, { field: 'nothing' }, other as Expression], SCOPE)).toBe(false);
        expect(evaluate([name, other as Expression, { field: 'nothing' }], SCOPE)).toBe(false);
      }),
    );
  });
});

describe('the shape of received expressions', () => {
  it('accepts 200 nodes and refuses one more', () => {
    const of = (nodes: number) => ['and', ...Array.from({ length: nodes - 1 }, () => true)];
    expect(isExpression(of(200))).toBe(true);
    expect(isExpression(of(201))).toBe(false);
  });

  it('refuses nesting without end instead of overflowing', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = ['not', deep];
    expect(isExpression(deep)).toBe(false);
  });

  it.each([[[]], [[1, 2]], [{}], [{ a: 'b', c: 'd' }], [{ field: 1 }], [undefined], [Number.NaN]])(
    'refuses %j',
    (value) => {
      expect(isExpression(value)).toBe(false);
    },
  );

  it('keeps an operator of a newer engine', () => {
    expect(isExpression(['percentile', { field: 'x' }])).toBe(true);
  });
});
