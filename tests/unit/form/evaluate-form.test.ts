import { describe, expect, it } from 'vitest';
import type { FormField } from '../../../lib/form/definition.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { aForm, ask, onDay } from './a-form.ts';

const f = (field: string) => ({ field });

describe('visibility', () => {
  const form = aForm([
    ask({ id: 'fever', type: 'yes-no' }),
    ask({ id: 'days', type: 'number', showIf: ['=', f('fever'), true], required: true }),
    ask({ id: 'long', type: 'text', showIf: ['>', f('days'), 7] }),
  ]);

  it('shows a question only when its condition is true', () => {
    expect([...evaluateForm(form, {}, onDay).visible]).toEqual(['fever']);
    expect([...evaluateForm(form, { fever: true }, onDay).visible]).toEqual(['fever', 'days']);
  });

  it('takes a hidden question as null everywhere and leaves it out of the values', () => {
    const { visible, values, required } = evaluateForm(form, { fever: false, days: 9, long: 'x' }, onDay);
    expect([...visible]).toEqual(['fever']);
    expect(values).toEqual({ fever: false });
    expect(required.size).toBe(0);
  });

  it('reads questions that come later in the form', () => {
    const backwards = aForm([...form.pages[0]!.fields].reverse());
    expect([...evaluateForm(backwards, { fever: true, days: 9 }, onDay).visible].sort()).toEqual([
      'days',
      'fever',
      'long',
    ]);
  });

  it('hides a whole page and what depends on it', () => {
    const pages = [
      {
        id: 'one',
        fields: [ask({ id: 'a', type: 'yes-no' }), ask({ id: 'c', type: 'text', showIf: ['answered', f('b')] })],
      },
      { id: 'two', showIf: ['=', f('a'), true] as const, fields: [ask({ id: 'b', type: 'text' })] },
    ];
    const paged = { ...aForm([]), pages: pages.map((page) => ({ ...page })) };
    const hidden = evaluateForm(paged, { a: false, b: 'kept' }, onDay);
    expect(hidden.pages.map(({ visible }) => visible)).toEqual([true, false]);
    expect(hidden.values).toEqual({ a: false });
    expect([...evaluateForm(paged, { a: true, b: 'kept' }, onDay).visible]).toEqual(['a', 'c', 'b']);
  });
});

describe('calculations', () => {
  it('follow one another whatever their order, rounded half away from zero', () => {
    const form = aForm([
      ask({ id: 'double', type: 'calculated', calculate: ['*', f('bmi'), 2], decimals: 1 }),
      ask({ id: 'bmi', type: 'calculated', calculate: ['bmi', f('kg'), f('cm')], decimals: 1 }),
      ask({ id: 'kg', type: 'number' }),
      ask({ id: 'cm', type: 'number' }),
    ]);
    const { values, readOnly } = evaluateForm(form, { kg: 70, cm: 175, bmi: 99 }, onDay);
    expect(values).toMatchObject({ bmi: 22.9, double: 45.8 });
    expect([...readOnly].sort()).toEqual(['bmi', 'double']);
    expect(evaluateForm(form, { kg: 70 }, onDay).values).toEqual({ kg: 70 });
  });

  it('end, with null, when a form that was never to be published goes in a circle', () => {
    const form = aForm([
      ask({ id: 'a', type: 'calculated', calculate: ['+', f('b'), 1] }),
      ask({ id: 'b', type: 'calculated', calculate: ['+', f('a'), 1] }),
    ]);
    expect(evaluateForm(form, {}, onDay).values).toEqual({});
  });
});

describe('rows of a repeat', () => {
  const form = aForm([
    ask({ id: 'limit', type: 'number' }),
    ask({
      id: 'siblings',
      type: 'repeat',
      rowLabel: ['concat', 'Child ', { row: 'age' }],
      fields: [
        ask({ id: 'age', type: 'number', required: true }),
        ask({ id: 'old', type: 'calculated', calculate: ['>', { row: 'age' }, f('limit')] }),
        ask({ id: 'school', type: 'text', showIf: { row: 'old' } }),
      ] as never,
    }),
    ask({ id: 'total', type: 'calculated', calculate: ['sum', f('siblings'), 'age'] }),
    ask({ id: 'oldOnes', type: 'calculated', calculate: ['countRows', f('siblings'), 'old'] }),
  ]);
  const answers = {
    limit: 5,
    siblings: { r2: { order: 2, age: 3, school: 'x' }, r1: { order: 1, age: 9, school: 'y' }, gone: null },
  };

  it('are worked out one by one, in their order', () => {
    const { values, rows, visible, required } = evaluateForm(form, answers, onDay);
    expect(values).toEqual({
      limit: 5,
      siblings: { r1: { order: 1, age: 9, old: true, school: 'y' }, r2: { order: 2, age: 3, old: false } },
      total: 12,
      oldOnes: 1,
    });
    expect(rows.get('siblings')).toEqual([
      { rowId: 'r1', label: 'Child 9' },
      { rowId: 'r2', label: 'Child 3' },
    ]);
    expect(visible.has('siblings.r1.school')).toBe(true);
    expect(visible.has('siblings.r2.school')).toBe(false);
    expect(required.has('siblings.r2.age')).toBe(true);
  });
});

describe('scores', () => {
  const item = (id: string) =>
    ask({
      id,
      type: 'choice',
      showIf: id === 'q2' ? ['=', f('more'), true] : null,
      options: [0, 1, 2].map((score) => ({ code: `o${score}`, label: { en: 'x' }, score })),
    });
  const form = aForm([ask({ id: 'more', type: 'yes-no' }), item('q1'), item('q2')], {
    scores: [
      {
        id: 's',
        label: { en: 's' },
        sum: ['q1', 'q2'],
        bands: [
          { from: 0, to: 1, label: { en: 'low' } },
          { from: 2, to: 4, label: { en: 'high' } },
        ],
      },
    ],
  });
  it.each([
    [{ more: true, q1: 'o2', q2: 'o1' }, 3, 'high'],
    [{ more: true, q1: 'o0', q2: 'o0' }, 0, 'low'],
    [{ more: true, q1: 'o2' }, null, undefined],
    [{ more: false, q1: 'o1', q2: 'o2' }, 1, 'low'],
    [{}, null, undefined],
  ])('%j is %s', (answers, value, band) => {
    const result = evaluateForm(form, answers, onDay).scores.get('s');
    expect([result?.value, result?.band?.en]).toEqual([value, band]);
  });
});

describe('what is stored', () => {
  it('is text without outer blanks in NFC, choices in option order, nothing for what is empty', () => {
    const form = aForm([
      ask({ id: 't', type: 'text' }),
      ask({ id: 'blank', type: 'text' }),
      ask({ id: 'c', type: 'choices', codes: ['x', 'y', 'z'], other: true }),
      ask({ id: 'none', type: 'choices', codes: ['x'] }),
      ask({ id: 'no', type: 'yes-no' }),
      ask({ id: 'zero', type: 'number' }),
    ]);
    const answers = {
      t: ' Jose\u0301 ',
      blank: '  ',
      c: ['other', 'z', 'x'],
      'c~other': ' itch ',
      none: [],
      no: false,
      zero: 0,
    };
    expect(evaluateForm(form, answers, onDay).values).toEqual({
      t: 'José',
      c: ['x', 'z', 'other'],
      'c~other': 'itch',
      no: false,
      zero: 0,
    });
    expect(evaluateForm(form, { c: ['x'], 'c~other': 'itch' }, onDay).values).toEqual({ c: ['x'] });
  });

  it('offers the options that the filter lets through', () => {
    const form = aForm([
      ask({ id: 'region', type: 'text' }),
      ask({
        id: 'village',
        type: 'choice',
        filter: ['includes', { option: 'tags' }, f('region')],
        options: [
          { code: 'v1', label: { en: 'v1' }, tags: ['north'] },
          { code: 'v2', label: { en: 'v2' }, tags: ['south'] },
        ],
      }),
    ]);
    expect(evaluateForm(form, { region: 'south' }, onDay).options.get('village')).toEqual(['v2']);
  });
});

it('works out a form of 150 questions well below 10 ms', () => {
  const fields: FormField[] = [ask({ id: 'q0', type: 'number' })];
  for (let index = 1; index < 150; index += 1) {
    const before = f(`q${index - 1}`);
    const showIf = [
      'and',
      ['answered', before],
      ['or', ['<', before, 500], ['>=', { patient: 'ageMonths' }, 2]],
    ] as const;
    fields.push(
      index % 3 === 0
        ? ask({ id: `q${index}`, type: 'calculated', showIf, calculate: ['+', before, 1] })
        : ask({ id: `q${index}`, type: 'number', showIf, requiredIf: ['>', before, 1] }),
    );
  }
  const form = aForm(fields);
  const context = { ...onDay, patient: { birthDate: '2020-01-01' } };
  const answers = Object.fromEntries(fields.map(({ id }, index) => [id, index]));
  expect(evaluateForm(form, answers, context).visible.size).toBe(150);
  const times = Array.from({ length: 41 }, () => {
    const started = performance.now();
    evaluateForm(form, answers, context);
    return performance.now() - started;
  });
  expect(times.sort((left, right) => left - right)[20]).toBeLessThan(5);
});
