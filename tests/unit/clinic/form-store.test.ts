import { expect, it } from 'vitest';
import { FormStore } from '../../../app/(clinic)/form/form-store.ts';
import type { FormDefinition, FormField } from '../../../lib/form/definition.ts';
import { EMPTY_FORM } from '../../../lib/form/filled-form.ts';

const label = { en: 'A question' };
const fields: FormField[] = [
  { id: 'name', type: 'text', label, required: true },
  { id: 'fever', type: 'yes-no', label },
  { id: 'days', type: 'number', label, softMax: 21, max: 365, showIf: ['=', { field: 'fever' }, true] },
  { id: 'double', type: 'calculated', label, calculate: ['*', { field: 'days' }, 2] },
  { id: 'siblings', type: 'repeat', label, fields: [{ id: 'age', type: 'number', label, max: 120 }] },
];
const definition: FormDefinition = { format: 1, languages: ['en'], title: label, pages: [{ id: 'p', fields }] };
const days = fields[2] as Extract<FormField, { type: 'number' }>;

function aStore() {
  return new FormStore(definition, { occurredOn: '2026-11-21' }, EMPTY_FORM);
}

it('a key press redraws the question that was typed in and what is worked out of it, nothing else', () => {
  const store = aStore();
  store.step({ kind: 'answer', path: 'fever', value: true });
  const before = ['name', 'fever', 'days', 'double', 'siblings'].map((path) => store.fieldState(path));
  store.step({ kind: 'number', path: 'days', field: days, value: 3, unit: null });
  const after = ['name', 'fever', 'days', 'double', 'siblings'].map((path) => store.fieldState(path));
  expect(after.map((state, index) => state !== before[index])).toEqual([false, false, true, true, false]);
  expect(after[3]?.value).toBe(6);
});

it('a question appears and goes with what it depends on, and comes back with what was typed', () => {
  const store = aStore();
  const shown = () => store.pages()[0]?.fields;
  expect(shown()).not.toContain('days');
  store.step({ kind: 'answer', path: 'fever', value: true });
  store.step({ kind: 'number', path: 'days', field: days, value: 3, unit: null });
  store.step({ kind: 'answer', path: 'fever', value: false });
  expect(shown()).not.toContain('days');
  store.step({ kind: 'answer', path: 'fever', value: true });
  expect(store.fieldState('days').value).toBe(3);
});

it('the pages are the same object while nothing on them comes or goes', () => {
  const store = aStore();
  const before = store.pages();
  store.step({ kind: 'answer', path: 'name', value: 'Amina' });
  expect(store.pages()).toBe(before);
});

it('a problem is said when the question was left, or when saving was tried', () => {
  const store = aStore();
  expect(store.fieldState('name').problem).toBeNull();
  store.touch('name');
  expect(store.fieldState('name').problem?.code).toBe('required');
  store.step({ kind: 'answer', path: 'name', value: 'Amina' });
  expect(store.fieldState('name').problem).toBeNull();
});

it('an unusual value asks for its reason, and is settled by one', () => {
  const store = aStore();
  store.step({ kind: 'answer', path: 'name', value: 'Amina' });
  store.step({ kind: 'answer', path: 'fever', value: true });
  store.step({ kind: 'number', path: 'days', field: days, value: 30, unit: null });
  expect(store.attempt().map(({ code, severity }) => [code, severity])).toEqual([['unusually-high', 'confirm']]);
  store.step({ kind: 'confirm', path: 'days', reason: 'relapsing' });
  expect(store.attempt()).toEqual([]);
});

it('what cannot be read as an answer keeps the form from being saved, until it can or is hidden', () => {
  const store = aStore();
  store.step({ kind: 'answer', path: 'name', value: 'Amina' });
  store.step({ kind: 'answer', path: 'fever', value: true });
  store.setUnreadable('days', true);
  expect(store.attempt().map(FormStore.pathOf)).toEqual(['days']);
  store.step({ kind: 'answer', path: 'fever', value: false });
  expect(store.attempt()).toEqual([]);
});

it('names the place of a problem inside a row, and a row draws without its neighbours', () => {
  const store = aStore();
  store.step({ kind: 'answer', path: 'name', value: 'Amina' });
  for (const rowId of ['r1', 'r2']) store.step({ kind: 'add-row', fieldId: 'siblings', rowId });
  const repeat = store.fieldState('siblings');
  const other = store.fieldState('siblings.r2.age');
  const age = { id: 'age', type: 'number' as const, label, max: 120 };
  store.step({ kind: 'number', path: 'siblings.r1.age', field: age, value: 300, unit: null });
  expect(store.attempt().map(FormStore.pathOf)).toEqual(['siblings.r1.age']);
  expect(store.fieldState('siblings.r2.age')).toBe(other);
  expect(store.fieldState('siblings')).toBe(repeat);
});

it('a refused question is marked until it is changed', () => {
  const store = aStore();
  store.refuse('name');
  expect(store.fieldState('name').refused).toBe(true);
  store.step({ kind: 'answer', path: 'name', value: 'A' });
  expect(store.fieldState('name').refused).toBe(false);
});
