import { describe, expect, it } from 'vitest';
import type { FieldOf } from '../../../lib/form/definition.ts';
import { type Draft, type DraftStep, fillDraft, startDraft } from '../../../lib/form/draft.ts';
import { evaluateForm } from '../../../lib/form/evaluate-form.ts';
import { EMPTY_FORM, rowsInOrder } from '../../../lib/form/filled-form.ts';
import { aForm, ask, onDay } from './a-form.ts';

const afterSteps = (steps: DraftStep[], draft: Draft = EMPTY_FORM) => steps.reduce(fillDraft, draft);
const temperature = ask({ id: 't', type: 'number', unit: 'Cel', units: ['[degF]'], decimals: 1 }) as FieldOf<'number'>;

describe('filling a form', () => {
  it('keeps what was typed in a question that is hidden, and brings it back', () => {
    const form = aForm([ask({ id: 'a', type: 'yes-no' }), ask({ id: 'b', type: 'text', showIf: { field: 'a' } })]);
    const answer = (path: string, value: boolean | string): DraftStep => ({ kind: 'answer', path, value });
    const hidden = afterSteps([answer('a', true), answer('b', 'typed'), answer('a', false)]);
    expect(evaluateForm(form, hidden.answers, onDay).values).toEqual({ a: false });
    const shown = fillDraft(hidden, answer('a', true));
    expect(evaluateForm(form, shown.answers, onDay).values).toEqual({ a: true, b: 'typed' });
  });

  it('stores a number in the unit of the question and remembers what was typed', () => {
    const typed = afterSteps([{ kind: 'number', path: 't', field: temperature, value: 102, unit: '[degF]' }]);
    expect(typed).toMatchObject({ answers: { t: 38.9 }, entered: { t: { value: 102, unit: '[degF]' } } });
    const confirmed = fillDraft(typed, { kind: 'confirm', path: 't', reason: 'twice' });
    expect(confirmed.entered.t).toEqual({ value: 102, unit: '[degF]', confirmed: 'twice' });
    const again = fillDraft(confirmed, { kind: 'number', path: 't', field: temperature, value: 37, unit: 'Cel' });
    expect(again).toEqual({ answers: { t: 37 }, entered: {}, missing: {} });
    expect(fillDraft(again, { kind: 'number', path: 't', field: temperature, value: 310, unit: 'K' })).toBe(again);
  });

  it('a reason for no answer takes the answer away, an answer the reason', () => {
    const refused = afterSteps([
      { kind: 'answer', path: 'q', value: 0 },
      { kind: 'missing', path: 'q', reason: 'refused' },
    ]);
    expect(refused).toEqual({ answers: {}, entered: {}, missing: { q: 'refused' } });
    expect(fillDraft(refused, { kind: 'answer', path: 'q', value: false })).toEqual({
      answers: { q: false },
      entered: {},
      missing: {},
    });
    expect(fillDraft(refused, { kind: 'clear', path: 'q' })).toEqual(EMPTY_FORM);
  });

  it('adds, fills, moves and removes rows', () => {
    const add = (rowId: string): DraftStep => ({ kind: 'add-row', fieldId: 'kids', rowId });
    const rows = afterSteps([
      add('a'),
      add('b'),
      add('c'),
      { kind: 'answer', path: 'kids.b.age', value: 0 },
      { kind: 'missing', path: 'kids.c.age', reason: 'unknown' },
      { kind: 'move-row', fieldId: 'kids', rowId: 'c', to: 0 },
      { kind: 'remove-row', fieldId: 'kids', rowId: 'a' },
    ]);
    expect(rowsInOrder(rows.answers.kids)).toEqual([
      ['c', { order: 1, 'age~missing': 'unknown' }],
      ['b', { order: 3, age: 0 }],
    ]);
    expect(fillDraft(rows, { kind: 'answer', path: 'kids.gone.age', value: 1 })).toEqual(rows);
    const diagnosed = afterSteps([
      { kind: 'add-row', fieldId: 'dx', rowId: 'r', row: { text: 'Flu' } },
      { kind: 'change-row', fieldId: 'dx', rowId: 'r', row: { text: 'Malaria' } },
    ]);
    expect(diagnosed.answers.dx).toEqual({ r: { order: 1, text: 'Malaria' } });
  });

  it('starts with the defaults', () => {
    const form = aForm([
      ask({ id: 'on', type: 'date', default: ['today'] }),
      ask({ id: 'pick', type: 'choices', codes: ['x'], default: 'x' }),
      ask({ id: 'plain', type: 'text' }),
    ]);
    const started = startDraft(form, onDay);
    expect(started.answers).toEqual({ on: '2026-11-21', pick: ['x'] });
  });
});
