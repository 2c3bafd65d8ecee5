import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersToKeys, keysToAnswers, savedForm } from '../../../lib/form/answers.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { EMPTY_FORM, type FilledForm } from '../../../lib/form/filled-form.ts';
import { aForm, ask, filledWith, onDay } from './a-form.ts';

const form = aForm([
  ask({ id: 'fever', type: 'yes-no' }),
  ask({ id: 'days', type: 'number', showIf: ['=', { field: 'fever' }, true], unit: 'd' }),
  ask({ id: 'signs', type: 'choices', codes: ['cough', 'rash'], other: true }),
  ask({ id: 'dx', type: 'diagnosis', showIf: ['!=', { field: 'fever' }, false] }),
  ask({ id: 'kids', type: 'repeat', fields: [ask({ id: 'age', type: 'number' })] as never }),
  ask({ id: 'kidsCount', type: 'calculated', calculate: ['countRows', { field: 'kids' }] }),
  ask({ id: 'hiv', type: 'yes-no', allowMissing: ['refused'] }),
]);

const keysFor = (before: FilledForm, after: FilledForm) =>
  answersToKeys(form, before, after, evaluateForm(form, after.answers, onDay));
const saved = (filled: FilledForm) => savedForm(form, filled, evaluateForm(form, filled.answers, onDay));

describe('what a save writes', () => {
  it('of a new form is every answer, 0 and false included, a key for each row', () => {
    const after = filledWith(
      {
        fever: true,
        days: 0,
        signs: ['other', 'cough'],
        'signs~other': 'itch',
        dx: { r1: { order: 1, text: 'Flu' } },
        kids: { k: { order: 1, age: 0 } },
      },
      { missing: { hiv: 'refused' }, entered: { days: { value: 0, unit: 'wk' } } },
    );
    expect(keysFor(EMPTY_FORM, after)).toEqual({
      'answers.fever': true,
      'answers.days': 0,
      'answers.signs': ['cough', 'other'],
      'answers.signs~other': 'itch',
      'answers.dx.r1': { order: 1, text: 'Flu' },
      'answers.kids.k': { order: 1, age: 0 },
      'answers.kidsCount': 1,
      'entered.days': { value: 0, unit: 'wk' },
      'missing.hiv': 'refused',
    });
  });

  it('is only what changed', () => {
    const before = filledWith({ fever: true, days: 3, kidsCount: 0 });
    expect(keysFor(before, filledWith({ fever: true, days: 3 }))).toEqual({});
    expect(keysFor(before, filledWith({ fever: true, days: 4 }))).toEqual({ 'answers.days': 4 });
  });

  it('sets a saved answer that is hidden now to null, and leaves a hidden unsaved one out', () => {
    const typed = { fever: false, days: 3 };
    expect(
      keysFor(
        filledWith({ fever: true, days: 3, kidsCount: 0 }, { entered: { days: { value: 3 } } }),
        filledWith(typed),
      ),
    ).toEqual({
      'answers.fever': false,
      'answers.days': null,
      'entered.days': null,
    });
    expect(keysFor(EMPTY_FORM, filledWith(typed))).toEqual({ 'answers.fever': false, 'answers.kidsCount': 0 });
  });

  it('sets cleared answers, companions and removed rows to null', () => {
    const before = filledWith(
      { signs: ['other'], 'signs~other': 'itch', dx: { r1: { order: 1, text: 'Flu' }, gone: null }, kidsCount: 0 },
      { missing: { hiv: 'refused' } },
    );
    expect(keysFor(before, filledWith({ signs: ['cough'], hiv: true }))).toEqual({
      'answers.signs': ['cough'],
      'answers.signs~other': null,
      'answers.dx.r1': null,
      'answers.hiv': true,
      'missing.hiv': null,
    });
  });

  it('never touches answers to questions this form does not know', () => {
    expect(keysFor(filledWith({ removed: 'kept', kidsCount: 0 }), EMPTY_FORM)).toEqual({});
  });
});

const row = <Shape extends Record<string, fc.Arbitrary<unknown>>>(shape: Shape) =>
  fc.dictionary(fc.constantFrom('r1', 'r2', 'r3'), fc.record({ order: fc.nat(5), ...shape }));
const filled = fc.record({
  answers: fc.record(
    {
      fever: fc.boolean(),
      days: fc.nat(9),
      signs: fc.subarray(['rash', 'cough', 'other']),
      'signs~other': fc.constantFrom('itch', '', ' pain '),
      dx: row({ text: fc.constantFrom('Flu', 'Malaria') }),
      kids: row({ age: fc.nat(18) }),
      hiv: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  entered: fc.record({ days: fc.record({ value: fc.nat(9), unit: fc.constant('wk') }) }, { requiredKeys: [] }),
  missing: fc.record({ hiv: fc.constantFrom('refused', 'unknown') }, { requiredKeys: [] }),
}) as unknown as fc.Arbitrary<FilledForm>;

describe('keys and answers', () => {
  it('what is written onto what was saved gives what now counts, and a second save writes nothing', () => {
    fc.assert(
      fc.property(filled, filled, (earlier, later) => {
        const before = saved(earlier);
        const merged = keysToAnswers(keysFor(before, later), before);
        expect(merged).toEqual(saved(later));
        expect(keysFor(merged, later)).toEqual({});
      }),
      { numRuns: 500 },
    );
  });

  it('parallel saves to different rows both stand', () => {
    const base = filledWith({ kids: { a: { order: 1, age: 1 } }, kidsCount: 1 });
    const one = keysFor(base, filledWith({ kids: { a: { order: 1, age: 2 } } }));
    const two = keysFor(base, filledWith({ kids: { a: { order: 1, age: 1 }, b: { order: 2, age: 5 } } }));
    expect(keysToAnswers(two, keysToAnswers(one, base)).answers.kids).toEqual({
      a: { order: 1, age: 2 },
      b: { order: 2, age: 5 },
    });
  });
});
