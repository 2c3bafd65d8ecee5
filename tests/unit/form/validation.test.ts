import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormField } from '../../../lib/form/definition.ts';
import type { FilledForm } from '../../../lib/form/filled-form.ts';
import { validate } from '../../../lib/form/validation.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { aForm, ask, filledWith, onDay } from './a-form.ts';

const codesFor = (field: FormField, value: Json, more: Partial<FilledForm> = {}): string[] =>
  validate(aForm([field]), filledWith(value === null ? {} : { q: value }, more), onDay).map(({ code }) => code);

const number = ask({
  id: 'q',
  type: 'number',
  min: 20,
  max: 46,
  softMin: 35,
  softMax: 41,
  decimals: 1,
  unit: 'Cel',
  units: ['Cel', '[degF]'],
});
const choices = ask({
  id: 'q',
  type: 'choices',
  minCount: 2,
  maxCount: 2,
  other: true,
  options: [
    ...['a', 'b', 'c'].map((code) => ({ code, label: { en: code } })),
    { code: 'old', label: { en: 'old' }, retired: true },
    { code: 'none', label: { en: 'none' }, exclusive: true },
  ],
});

describe('one answer', () => {
  it.each<[FormField, Json, string[]]>([
    [ask({ id: 'q', type: 'text' }), 'x'.repeat(200), []],
    [ask({ id: 'q', type: 'text' }), 'x'.repeat(201), ['too-long']],
    [ask({ id: 'q', type: 'text', maxLength: 2 }), '👶👶', []],
    [ask({ id: 'q', type: 'text' }), 'a\0b', ['unreadable-text']],
    [ask({ id: 'q', type: 'text' }), 'a\ud800b', ['unreadable-text']],
    [ask({ id: 'q', type: 'text', pattern: '\\d{3}' }), '12', ['pattern']],
    [ask({ id: 'q', type: 'text' }), 5, ['wrong-type']],
    [ask({ id: 'q', type: 'long-text' }), 'x'.repeat(4000), []],
    [ask({ id: 'q', type: 'long-text' }), 'x'.repeat(4001), ['too-long']],
    [ask({ id: 'q', type: 'text', base: 'phone' }), '1'.repeat(31), ['too-long']],
    [number, 38.5, []],
    [number, 19.9, ['below-minimum']],
    [number, 46.1, ['above-maximum']],
    [number, 34, ['unusually-low']],
    [number, 41.5, ['unusually-high']],
    [number, 38.55, ['too-many-decimals']],
    [number, '38', ['wrong-type']],
    [ask({ id: 'q', type: 'number', step: 0.25 }), 1.75, []],
    [ask({ id: 'q', type: 'number', step: 0.25 }), 1.8, ['not-a-step']],
    [ask({ id: 'q', type: 'number', record: 'vitals.weightKg' }), 501, ['above-maximum']],
    [ask({ id: 'q', type: 'scale', min: 0, max: 10 }), 10, []],
    [ask({ id: 'q', type: 'scale', min: 0, max: 10 }), 11, ['above-maximum']],
    [ask({ id: 'q', type: 'scale', min: 0, max: 10 }), 1.5, ['wrong-type']],
    [ask({ id: 'q', type: 'date' }), '2026-11', ['date-not-precise']],
    [ask({ id: 'q', type: 'date', precision: 'month' }), '2026-11', []],
    [ask({ id: 'q', type: 'date', precision: 'year' }), '2026-02-30', ['invalid-date']],
    [ask({ id: 'q', type: 'date', max: ['today'] }), '2026-11-22', ['date-too-late']],
    [ask({ id: 'q', type: 'date', max: ['today'] }), '2026-11-21', []],
    [ask({ id: 'q', type: 'date', max: ['today'], precision: 'month' }), '2026-11', []],
    [ask({ id: 'q', type: 'date', max: ['today'], precision: 'month' }), '2026-12', ['date-too-late']],
    [ask({ id: 'q', type: 'date', min: '2020-06-15', precision: 'year' }), '2019', ['date-too-early']],
    [ask({ id: 'q', type: 'date', min: '2020-06-15', precision: 'year' }), '2020', []],
    [ask({ id: 'q', type: 'date', base: 'birthDate' }), { date: '1996', estimated: true }, []],
    [ask({ id: 'q', type: 'date', base: 'birthDate', required: true }), { date: null, estimated: false }, ['required']],
    [ask({ id: 'q', type: 'time' }), '24:00', ['invalid-time']],
    [ask({ id: 'q', type: 'time' }), '23:59', []],
    [ask({ id: 'q', type: 'date-time' }), '2026-11-21T10:00', ['invalid-date-time']],
    [ask({ id: 'q', type: 'choice', codes: ['a'] }), 'b', ['unknown-option']],
    [ask({ id: 'q', type: 'choice', codes: ['a'], other: true }), 'other', ['other-missing']],
    [ask({ id: 'q', type: 'choice', codes: [] }), 'DE', []],
    [ask({ id: 'q', type: 'choice', codes: ['a'], filter: false }), 'a', ['option-unavailable']],
    [choices, ['a', 'b'], []],
    [choices, ['a', 'old'], []],
    [choices, ['a'], ['too-few-choices']],
    [choices, ['a', 'b', 'c'], ['too-many-choices']],
    [choices, ['a', 'a'], ['duplicate-choice']],
    [choices, ['none'], []],
    [choices, ['a', 'none'], ['exclusive-option']],
    [choices, 'a', ['wrong-type']],
    [ask({ id: 'q', type: 'yes-no' }), 'unsure', ['wrong-type']],
    [ask({ id: 'q', type: 'yes-no', unsure: true }), 'unsure', []],
    [ask({ id: 'q', type: 'diagnosis' }), { r: { order: 1, text: ' ' } }, ['row-text-missing']],
    [ask({ id: 'q', type: 'diagnosis', multiple: false }), { r: { text: 'a' }, s: { text: 'b' } }, ['too-many-rows']],
    [ask({ id: 'q', type: 'medicine', catalogueOnly: true }), { r: { text: 'a' } }, ['not-in-catalogue']],
    [ask({ id: 'q', type: 'photo', maxCount: 1 }), ['a', 'b'], ['too-many-files']],
    [ask({ id: 'q', type: 'repeat', fields: [], minRows: 2 }), { r: { order: 1 } }, ['too-few-rows']],
    [ask({ id: 'q', type: 'repeat', fields: [], maxRows: 1 }), { r: {}, s: {} }, ['too-many-rows']],
  ])('%j answered %j: %j', (field, value, codes) => {
    expect(codesFor(field, value)).toEqual(codes);
  });
});

describe('required', () => {
  it('accepts false and 0 as answers', () => {
    expect(codesFor(ask({ id: 'q', type: 'yes-no', required: true }), false)).toEqual([]);
    expect(codesFor(ask({ id: 'q', type: 'number', required: true }), 0)).toEqual([]);
    expect(codesFor(ask({ id: 'q', type: 'yes-no', required: true }), null)).toEqual(['required']);
    expect(codesFor(ask({ id: 'q', type: 'text', required: true }), '  ')).toEqual(['required']);
  });

  it('is satisfied by an allowed reason only', () => {
    const field = ask({ id: 'q', type: 'number', required: true, allowMissing: ['refused'] });
    expect(codesFor(field, null, { missing: { q: 'refused' } })).toEqual([]);
    expect(codesFor(field, null, { missing: { q: 'unknown' } })).toEqual(['missing-not-allowed']);
  });

  it('follows requiredIf, and never asks for what is hidden or read-only', () => {
    const form = aForm([
      ask({ id: 'a', type: 'yes-no' }),
      ask({ id: 'b', type: 'text', requiredIf: ['=', { field: 'a' }, true] }),
      ask({ id: 'c', type: 'text', required: true, showIf: { field: 'a' } }),
      ask({ id: 'd', type: 'text', required: true, readOnlyIf: true }),
    ]);
    const wrong = (answers: FilledForm['answers']) =>
      validate(form, filledWith(answers), onDay).map(({ fieldId }) => fieldId);
    expect(wrong({ a: true })).toEqual(['b', 'c']);
    expect(wrong({ a: false })).toEqual([]);
    expect(wrong({})).toEqual([]);
  });

  it('names the row of a repeat', () => {
    const form = aForm([
      ask({
        id: 'kids',
        type: 'repeat',
        fields: [ask({ id: 'age', type: 'number', required: true, max: 18, softMax: 15 })] as never,
      }),
    ]);
    const kids = {
      r1: { order: 1 },
      r2: { order: 2, age: 20 },
      r3: { order: 3, age: 16, 'age~entered': { confirmed: 'seen id' } },
    };
    expect(validate(form, filledWith({ kids }), onDay)).toEqual([
      { fieldId: 'age', repeatId: 'kids', rowId: 'r1', code: 'required', params: {}, severity: 'refuse' },
      { fieldId: 'age', repeatId: 'kids', rowId: 'r2', code: 'above-maximum', params: { max: 18 }, severity: 'refuse' },
    ]);
  });
});

describe('numbers typed in another unit', () => {
  it('must convert to what is stored', () => {
    const typed = (value: number, unit: string) => ({ entered: { q: { value, unit } } });
    expect(codesFor(number, 38.9, typed(102, '[degF]'))).toEqual([]);
    expect(codesFor(number, 38.8, typed(102, '[degF]'))).toEqual(['unit-mismatch']);
    expect(codesFor(number, 38.9, typed(102, 'K'))).toEqual(['unknown-unit']);
  });

  it('ask for a reason when unusual, and stop asking once it is given', () => {
    const [problem] = validate(aForm([number]), filledWith({ q: 41.5 }), onDay);
    expect(problem).toMatchObject({ code: 'unusually-high', severity: 'confirm', params: { max: 41, unit: 'Cel' } });
    expect(codesFor(number, 41.5, { entered: { q: { confirmed: 'measured twice' } } })).toEqual([]);
    expect(codesFor(number, 47, { entered: { q: { confirmed: 'measured twice' } } })).toEqual(['above-maximum']);
  });
});

it('never throws, whatever JSON an answer is', () => {
  const types = [
    'text',
    'number',
    'date',
    'time',
    'date-time',
    'yes-no',
    'diagnosis',
    'medicine',
    'photo',
    'barcode',
  ] as const;
  const fields: FormField[] = [
    ...types.map((type) => ask({ id: type, type } as never)),
    ask({ id: 'choices', type: 'choices', codes: ['a'], other: true }),
    ask({ id: 'scale', type: 'scale', min: 0, max: 5 }),
    ask({ id: 'repeat', type: 'repeat', fields: [ask({ id: 'in', type: 'number' })] as never }),
    ask({ id: 'birth', type: 'date', base: 'birthDate' }),
  ];
  const form = aForm(fields);
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields.map(({ id }) => id)), fc.jsonValue()), (answers) => {
      expect(Array.isArray(validate(form, filledWith(answers as FilledForm['answers']), onDay))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
