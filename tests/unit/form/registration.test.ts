import { describe, expect, it } from 'vitest';
import { registrationForm } from '../../../lib/form/built-in/registration.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { publishProblems } from '../../../lib/form/publish.ts';
import { joinRegistrationAnswers, splitRegistrationAnswers } from '../../../lib/form/registration.ts';
import { validate } from '../../../lib/form/validation.ts';
import { aForm, ask, filledWith, onDay } from './a-form.ts';

const form = aForm([
  ask({ id: 'name', type: 'text', base: 'givenName' }),
  ask({ id: 'born', type: 'date', base: 'birthDate', precision: 'year' }),
  ask({ id: 'face', type: 'photo', base: 'photo' }),
  ask({ id: 'tribe', type: 'choice', codes: ['a'], other: true }),
  ask({ id: 'children', type: 'number' }),
  ask({ id: 'adult', type: 'calculated', calculate: ['>=', ['yearsBetween', { field: 'born' }, ['today']], 18] }),
]);

describe('registration answers', () => {
  const answers = {
    name: 'Amina',
    born: { date: '1996', estimated: true },
    face: ['p1'],
    tribe: 'other',
    'tribe~other': 'B',
    children: 0,
    adult: true,
  };
  const parts = {
    base: { givenName: 'Amina', birthDate: '1996', birthDateEstimated: true, photo: 'p1' },
    attributes: { tribe: 'other', 'tribe~other': 'B', children: 0, adult: true },
  };

  it('divide into columns and attributes and come back whole', () => {
    expect(evaluateForm(form, answers, onDay).values).toEqual(answers);
    expect(splitRegistrationAnswers(form, answers)).toEqual(parts);
    expect(joinRegistrationAnswers(form, parts)).toEqual(answers);
  });

  it('clear what has no answer', () => {
    expect(splitRegistrationAnswers(form, { name: 'Amina' })).toEqual({
      base: { givenName: 'Amina', birthDate: null, birthDateEstimated: false, photo: null },
      attributes: { tribe: null, 'tribe~other': null, children: null, adult: null },
    });
  });

  it('keep the value of a question that is not shown on the screen', () => {
    const hidden = aForm([ask({ id: 'name', type: 'text', base: 'givenName', visible: false })]);
    const { visible, values } = evaluateForm(hidden, { name: 'Amina' }, onDay);
    expect([visible.size, values]).toEqual([0, { name: 'Amina' }]);
  });
});

describe('the built-in registration form', () => {
  it('asks a given name and the sex, nothing more', () => {
    expect(validate(registrationForm, filledWith({}), onDay).map(({ fieldId }) => fieldId)).toEqual([
      'givenName',
      'sex',
    ]);
    expect(validate(registrationForm, filledWith({ givenName: 'ن', sex: 'female' }), onDay)).toEqual([]);
  });

  it('refuses a birth in the future', () => {
    const answers = { givenName: 'A', sex: 'male', birthDate: { date: '2026-12', estimated: false } };
    expect(validate(registrationForm, filledWith(answers), onDay)).toMatchObject([{ code: 'date-too-late' }]);
  });
});

describe('publishing a registration form refuses', () => {
  const codes = (fields: Parameters<typeof aForm>[0]) =>
    publishProblems(aForm(fields), [], 'registration').map(({ code }) => code);
  const name = ask({ id: 'name', type: 'text', base: 'givenName' });
  it.each([
    ['no name', [ask({ id: 'a', type: 'text' })], ['name-missing']],
    ['a column of another type', [name, ask({ id: 'a', type: 'number', base: 'phone' })], ['base-type']],
    ['an unknown column', [name, ask({ id: 'a', type: 'text', base: 'shoeSize' })], ['unknown-base']],
    ['a column twice', [name, ask({ id: 'a', type: 'text', base: 'givenName' })], ['base-twice']],
    ['foreign codes', [name, ask({ id: 'a', type: 'choice', base: 'sex', codes: ['f'] })], ['base-codes']],
    ['rows', [name, ask({ id: 'a', type: 'diagnosis' })], ['type-not-in-registration']],
    [
      'nothing of a clinic list without options',
      [name, ask({ id: 'a', type: 'choice', base: 'homeClinicId', codes: [] })],
      [],
    ],
  ])('%s', (_, fields, expected) => {
    expect(codes(fields)).toEqual(expected);
  });
});
