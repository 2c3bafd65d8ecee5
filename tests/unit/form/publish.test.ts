import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FormDefinition, type FormField, readDefinition } from '../../../lib/form/definition.ts';
import type { Expression } from '../../../lib/form/expression.ts';
import { mayPublish, publishProblems } from '../../../lib/form/publish.ts';
import { aForm, ask } from './a-form.ts';

const found = (fields: FormField[], more: Partial<FormDefinition> = {}) =>
  publishProblems(aForm(fields, more)).map(({ code, path }) => `${code} ${path}`);
const withShowIf = (showIf: Expression) => [ask({ id: 'a', type: 'text' }), ask({ id: 'b', type: 'text', showIf })];

describe('publishing refuses', () => {
  it.each<[string, FormField[], string[]]>([
    ['nothing of a sound form', [ask({ id: 'a', type: 'text', required: true })], []],
    ['an id used twice', [ask({ id: 'a', type: 'text' }), ask({ id: 'a', type: 'text' })], ['duplicate-id a']],
    ['an option code used twice', [ask({ id: 'a', type: 'choice', codes: ['x', 'x'] })], ['duplicate-option a']],
    [
      '"other" as a code beside other',
      [ask({ id: 'a', type: 'choice', codes: ['other'], other: true })],
      ['duplicate-option a'],
    ],
    ['a choice without options', [ask({ id: 'a', type: 'choice', codes: [] })], ['no-option a']],
    ['an unknown question', withShowIf({ field: 'nobody' }), ['unknown-reference b']],
    ['an unknown patient property', withShowIf(['=', { patient: 'name' }, 1]), ['unknown-reference b']],
    ['an unknown operator', withShowIf(['percentile', 1]), ['unknown-operator b']],
    ['a wrong number of arguments', withShowIf(['not', true, false]), ['wrong-argument-count b']],
    ['a row outside a repeat', withShowIf({ row: 'a' }), ['reference-out-of-place b']],
    ['look-around', withShowIf(['matches', { field: 'a' }, '(?=x)']), ['pattern-refused b']],
    [
      'a pattern that is not written out',
      withShowIf(['matches', { field: 'a' }, { field: 'a' }]),
      ['pattern-refused b'],
    ],
    [
      'a text pattern with a back-reference',
      [ask({ id: 'a', type: 'text', pattern: '(a)\\1' })],
      ['pattern-refused a'],
    ],
    ['a question shown by itself', [ask({ id: 'a', type: 'text', showIf: ['answered', { field: 'a' }] })], ['cycle a']],
    [
      'a required note',
      [ask({ id: 'q', type: 'text' }), ask({ id: 'a', type: 'note', text: { en: 'x' }, required: true })],
      ['required-cannot-be-answered a'],
    ],
    [
      'a required calculation',
      [ask({ id: 'a', type: 'calculated', calculate: 1, required: true })],
      ['required-cannot-be-answered a'],
    ],
    ['limits the wrong way round', [ask({ id: 'a', type: 'number', min: 5, softMin: 2 })], ['range-reversed a']],
    [
      'units that do not convert',
      [ask({ id: 'a', type: 'number', unit: 'kg', units: ['kg', 'cm'] })],
      ['unit-not-convertible a'],
    ],
    [
      'a vital sign in another unit',
      [ask({ id: 'a', type: 'number', unit: '[degF]', record: 'vitals.temperatureCelsius' })],
      ['record-unit a'],
    ],
    ['a vital sign without unit', [ask({ id: 'a', type: 'number', record: 'vitals.weightKg' })], ['record-unit a']],
    ['a vital sign of another kind', [ask({ id: 'a', type: 'text', record: 'vitals.weightKg' })], ['record-type a']],
    ['an unknown target', [ask({ id: 'a', type: 'text', record: 'patients.givenName' })], ['unknown-record-target a']],
    [
      'foreign codes for a coded target',
      [ask({ id: 'a', type: 'choice', codes: ['lying', 'upside-down'], record: 'vitals.heightMethod' })],
      ['record-codes a'],
    ],
    [
      'a question called order in a row',
      [ask({ id: 'r', type: 'repeat', fields: [ask({ id: 'order', type: 'text' })] as never })],
      ['id-reserved r.order'],
    ],
    [
      'a note that shows an unknown question',
      [ask({ id: 'q', type: 'text' }), ask({ id: 'n', type: 'note', text: { en: `\${gone}` } })],
      ['unknown-reference n'],
    ],
    ['registration flags in an event form', [ask({ id: 'a', type: 'text', summary: true })], ['registration-only a']],
    ['a form that asks nothing', [ask({ id: 'a', type: 'note', text: { en: 'x' } })], ['no-question ']],
  ])('%s', (_, fields, problems) => {
    expect(found(fields)).toEqual(problems);
  });

  it('circles of any length, generated, and never an acyclic form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), fc.boolean(), (size, offset, closed) => {
        const ids = Array.from({ length: size }, (_, index) => `q${(index + offset) % size}`);
        const fields = ids.map((id, index) => {
          const last = index === size - 1;
          const next = last ? (closed ? ids[0] : undefined) : ids[index + 1];
          return ask({ id, type: 'text', showIf: next ? ['answered', { field: next }] : null });
        });
        const cycles = publishProblems(aForm(fields)).filter(({ code }) => code === 'cycle');
        expect(cycles.length).toBe(closed ? 1 : 0);
        if (closed) expect(String(cycles[0]?.params.ids).split(', ').sort()).toEqual([...ids].sort());
      }),
    );
  });

  it('circles through a score, a page and within rows', () => {
    const score = { scores: [{ id: 's', label: { en: 's' }, sum: ['a'] }] };
    expect(found([ask({ id: 'a', type: 'number', showIf: ['>', { score: 's' }, 1] })], score)).toEqual(['cycle a']);
    const fields = [ask({ id: 'a', type: 'text' })];
    expect(
      publishProblems({ ...aForm([]), pages: [{ id: 'p', showIf: ['answered', { field: 'a' }], fields }] }),
    ).toMatchObject([{ code: 'cycle' }]);
    const inner = [
      ask({ id: 'x', type: 'text', showIf: ['answered', { row: 'y' }] }),
      ask({ id: 'y', type: 'text', showIf: ['answered', { row: 'x' }] }),
    ];
    expect(found([ask({ id: 'r', type: 'repeat', fields: inner as never })])).toEqual(['cycle x']);
  });

  it('what is too large or malformed', () => {
    expect(found([ask({ id: 'a', type: 'text', hint: { en: 'x'.repeat(3999) } })])).toEqual([]);
    const huge = Array.from({ length: 70 }, (_, index) =>
      ask({ id: `q${index}`, type: 'text', hint: { en: 'é'.repeat(2000) } }),
    );
    expect(publishProblems(aForm(huge))).toMatchObject([{ code: 'too-large' }]);
    const many = Array.from({ length: 501 }, (_, index) => ask({ id: `q${index}`, type: 'text' }));
    expect(
      publishProblems({
        ...aForm([]),
        pages: [
          { id: 'a', fields: many.slice(0, 300) },
          { id: 'b', fields: many.slice(300) },
        ],
      }),
    ).toMatchObject([{ code: 'too-many-fields' }]);
    expect(publishProblems(null)).toMatchObject([{ code: 'malformed' }]);
    expect(publishProblems(aForm([{ ...ask({ id: 'a', type: 'text' }), colour: 'red' } as never]))).toMatchObject([
      { code: 'malformed' },
    ]);
    expect(publishProblems(aForm([ask({ id: '__proto__', type: 'text' })]))).toMatchObject([{ code: 'malformed' }]);
  });
});

describe('labels', () => {
  it('are needed in the first language, and only missed in the others', () => {
    const form = aForm([ask({ id: 'a', type: 'choice', options: [{ code: 'x', label: { en: 'X' } }] })], {
      languages: ['en', 'ar'],
    });
    const problems = publishProblems(form);
    expect(problems.map(({ path, severity }) => `${severity} ${path}`)).toEqual([
      'warning title',
      'warning a',
      'warning a:x',
    ]);
    expect(mayPublish(problems)).toBe(true);
    expect(mayPublish(publishProblems({ ...form, languages: ['ar', 'en'] }))).toBe(false);
  });
});

describe('versions', () => {
  const first = aForm([ask({ id: 'a', type: 'choice', codes: ['x', 'y'] }), ask({ id: 'b', type: 'text' })]);
  const codes = (fields: FormField[], versions: FormDefinition[]) =>
    publishProblems(aForm(fields), versions).map(({ code }) => code);

  it('an option once published is retired, never removed', () => {
    expect(codes([ask({ id: 'a', type: 'choice', codes: ['x'] })], [first])).toEqual(['option-removed']);
    const retired = [
      { code: 'x', label: { en: 'x' } },
      { code: 'y', label: { en: 'y' }, retired: true },
    ];
    expect(codes([ask({ id: 'a', type: 'choice', options: retired })], [first])).toEqual([]);
  });

  it('an id keeps its type, also when a version in between had dropped it', () => {
    const second = aForm([ask({ id: 'c', type: 'text' })]);
    expect(codes([ask({ id: 'b', type: 'number' })], [first, second])).toEqual(['id-reused-for-another-type']);
    expect(codes([ask({ id: 'b', type: 'text' })], [first, second])).toEqual([]);
  });
});

describe('reading a received definition', () => {
  it('keeps what it does not know and names the questions it cannot show', () => {
    const received = {
      ...aForm([{ ...ask({ id: 'a', type: 'text' }), colour: 'red' } as never, { id: 'z', type: 'hologram' } as never]),
      theme: 'x',
    };
    const read = readDefinition(received);
    expect(read).toMatchObject({ ok: true, unreadable: [{ id: 'z', type: 'hologram' }], definition: { theme: 'x' } });
    expect(read.ok && read.definition.pages[0]?.fields).toMatchObject([{ id: 'a', colour: 'red' }]);
  });

  it('refuses what is no form', () => {
    expect(readDefinition({ format: 1 })).toMatchObject({ ok: false, refusal: { kind: 'invalid' } });
    expect(readDefinition('x')).toMatchObject({ ok: false });
  });
});
