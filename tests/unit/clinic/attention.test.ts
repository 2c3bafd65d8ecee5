import { describe, expect, it } from 'vitest';
import { attentionItems, itemHref, nameOfPatient } from '../../../app/(clinic)/attention/attention-items.ts';
import { conflictsAbout, conflictView, mayDecide, needsReason } from '../../../app/(clinic)/attention/conflict-view.ts';
import { correctionDraft } from '../../../app/(clinic)/attention/correction-draft.ts';
import {
  answersOfValue,
  decisionForm,
  questionsOf,
  valueOfAnswers,
} from '../../../app/(clinic)/attention/key-questions.ts';
import { type Reading, wordsOfFields, wordsOfKey } from '../../../app/(clinic)/attention/key-words.ts';
import { visitsOf } from '../../../app/(clinic)/patient/chart-view.ts';
import { skewText } from '../../../app/(clinic)/sync/skew-text.ts';
import { clockSkew } from '../../../app/device/clock-skew.ts';
import { tallyDay } from '../../../app/device/day-tally.ts';
import type { RefusedAction } from '../../../app/device/refused.ts';
import type { Actor, Flag } from '../../../lib/access/actor.ts';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import type { FormDefinition } from '../../../lib/form/definition.ts';
import type { Action } from '../../../lib/replication/change.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { isValidValue } from '../../../lib/replication/malformed.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { translate } from '../../../lib/text/translate.ts';

const t = translate.bind(null, 'en');
const CLINIC = '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b01';
const EVENT = '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b02';
const AT = '2026-11-21T08:00:00.000Z';

const record = (collection: string, id: string, values: Record<string, Json>): StoredRecord => ({
  ...{ collection, id, values, stamps: {} },
});
const side = (value: Json, at = AT) => ({ value, author: 'nora', at, origin: 'phone', stamp: 's' });
const conflict = (id: string, values: Record<string, Json>): StoredRecord =>
  record('conflicts', id, {
    ...{ status: 'open', kind: 'parallel-edit', collection: 'patients', recordId: 'p', key: 'phone' },
    ...{ kept: side('1'), lost: side('2') },
    ...values,
  });
const deleted = { deleted: { deletedAt: AT, deletedBy: 'nora', deletedReason: null } };

const form: FormDefinition = {
  format: 1,
  languages: ['en'],
  title: { en: 'Consultation' },
  pages: [
    {
      id: 'one',
      fields: [
        { id: 'cough', type: 'yes-no', label: { en: 'Cough' }, required: true },
        {
          ...{ id: 'colour', type: 'choice', label: { en: 'Colour' }, other: true },
          options: [{ code: 'red', label: { en: 'Red' } }],
        },
        {
          id: 'rows',
          type: 'repeat',
          label: { en: 'Children' },
          fields: [{ id: 'age', type: 'number', label: { en: 'Age' } }],
        },
      ],
    },
  ],
};
const reading = (definition: FormDefinition | null = null): Reading => ({
  ...{ t, language: 'en', timeZone: 'UTC', definition },
  nameOf: (_, id) => (id === 'nora' ? 'Nora' : null),
});
const said = (collection: string, key: string, value: Json, definition: FormDefinition | null = null) =>
  wordsOfKey(reading(definition), collection, key, value).map(({ label, text }) => [label, text]);

describe('a value in the words of the clinic', () => {
  it('a group is told by its members, a code by its word, a number with its unit', () => {
    expect(said('vitals', 'bp', { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: 'lying' })).toEqual([
      ['Blood pressure, systolic', '120 mmHg'],
      ['Blood pressure, diastolic', '80 mmHg'],
      ['Position at blood pressure', 'Lying'],
    ]);
    expect(said('patients', 'sex', 'female')).toEqual([['Sex', 'Female']]);
    expect(said('patients', 'birth', { birthDate: '1992', birthDateEstimated: true })).toEqual([
      ['Date of birth', 'about 1992'],
    ]);
    expect(said('visits', 'closing', { status: 'closed', closedAt: null })).toEqual([
      ['State', 'Closed'],
      ['Closed at', null],
    ]);
    expect(said('visits', 'providerId', 'nora')).toEqual([['Provider', 'Nora']]);
    expect(said('visits', 'deleted', { deletedAt: AT, deletedBy: 'nora', deletedReason: 'twice' })).toEqual([
      ['Deletion', 'Deleted'],
      ['Reason', 'twice'],
    ]);
  });

  it('an answer by its question; what "other" means, a row and a missing reason say what they belong to', () => {
    expect(said('events', 'answers.cough', false, form)).toEqual([['Cough', 'No']]);
    expect(said('events', 'answers.colour', 'red', form)).toEqual([['Colour', 'Red']]);
    expect(said('events', 'answers.colour~other', 'mauve', form)).toEqual([['Colour: Other', 'mauve']]);
    expect(said('events', 'answers.rows.r1', { age: 4 }, form)).toEqual([['Children', 'Age: 4']]);
    expect(said('events', 'missing.cough', 'refused', form)).toEqual([
      ['Cough: Why there is no answer', 'Did not want to answer'],
    ]);
  });

  it('ids say nothing; a key that nobody knows is shown as it is', () => {
    const fields = { patientId: 'p', clinicId: 'c', phone: '0790', village: null, strange: { a: 1, b: ['x'] } };
    expect(wordsOfFields(reading(), 'patients', fields).map(({ label, text }) => [label, text])).toEqual([
      ['Phone', '0790'],
      ['strange', '1 · x'],
    ]);
  });
});

it('a record is told in the order of its form, its day only where it has no time', () => {
  const fields = { 'answers.colour': 'red', 'answers.cough': true, occurredOn: '2026-11-21', occurredAt: AT };
  const told = wordsOfFields(reading(form), 'events', fields).map(({ label }) => label);
  expect(told).toEqual(['Date and time', 'Cough', 'Colour']);
  expect(wordsOfFields(reading(), 'events', { occurredOn: '2026-11-21' })).toHaveLength(1);
});

describe('a third value', () => {
  const roundTrip = (collection: string, key: string, value: Json) =>
    valueOfAnswers(collection, key, answersOfValue(collection, key, value), value);

  it('comes back as it went into the questions, and may stand under its key', () => {
    const values: [string, string, Json][] = [
      ['vitals', 'bp', { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: null }],
      ['vitals', 'pulsePerMin', 70],
      ['patients', 'birth', { birthDate: '1992-03', birthDateEstimated: true }],
      ['patients', 'birth', { birthDate: null, birthDateEstimated: false }],
      ['patients', 'guardian', { guardianName: 'Huda', guardianPhone: null, guardianRelation: 'mother' }],
      ['patients', 'phone', '0790'],
      ['visits', 'triage', 'red'],
      ['events', 'answers.cough', true],
    ];
    for (const [collection, key, value] of values) {
      expect(roundTrip(collection, key, value), key).toEqual(value);
      expect(isValidValue(collectionNamed(collection)!, key, roundTrip(collection, key, value)), key).toBe(true);
    }
  });

  it('a member that is not asked keeps what it is', () => {
    const death = { deceasedOn: '2026', deceasedCause: { system: 's', code: 'c', label: 'l' } };
    expect(valueOfAnswers('patients', 'death', { deceasedOn: '2025' }, death)).toEqual({
      ...death,
      deceasedOn: '2025',
    });
  });

  it('is asked freed from the rest of its form; what has rows or files is not asked', () => {
    const asked = decisionForm(reading(form), questionsOf(reading(form), 'events', 'answers.cough'));
    expect(asked?.pages[0]?.fields).toMatchObject([{ id: 'cough', required: false }]);
    expect(decisionForm(reading(form), questionsOf(reading(form), 'events', 'answers.rows'))).toBeNull();
    expect(decisionForm(reading(), questionsOf(reading(), 'visits', 'departmentId'))).toBeNull();
  });
});

describe('a conflict', () => {
  it('says the record below a deleted one that it is about', () => {
    const below = conflict('c', {
      kind: 'edit-and-delete',
      collection: 'visits',
      recordId: 'v',
      key: `events.${EVENT}`,
    });
    expect(conflictView(below)?.below).toEqual({ collection: 'events', id: EVENT });
    const chart = { records: [below] };
    expect(conflictsAbout(chart, { collection: 'events', id: EVENT })).toHaveLength(1);
    expect(conflictsAbout(chart, { collection: 'visits', id: 'v' })).toHaveLength(1);
    expect(conflictsAbout(chart, { collection: 'visits', id: 'other' })).toHaveLength(0);
    expect(conflictView(conflict('d', { kind: 'edit-and-delete', key: 'deleted' }))?.below).toBeNull();
    expect(conflictView(conflict('e', { key: `attributes.${EVENT}` }))?.below).toBeNull();
  });

  it('that this version cannot read is none', () => {
    expect(conflictView(conflict('c', { kind: 'something new' }))).toBeNull();
    expect(conflictView(conflict('c', { kept: null }))).toBeNull();
  });

  const actor = (...flags: Flag[]): Actor => ({
    ...{ userId: 'nora', role: 'provider', active: true, flags: { [CLINIC]: flags } },
  });
  const may = (values: Record<string, Json>, about: StoredRecord, ...flags: Flag[]) =>
    mayDecide(conflictView(conflict('c', values))!, about, actor(...flags), CLINIC, AT);

  it('is decided by whoever may make that edit; a deletion by whoever may delete; a review by an administrator', () => {
    const patient = record('patients', 'p', { clinicId: CLINIC });
    const visit = record('visits', 'v', { clinicId: CLINIC });
    expect(may({}, patient, 'edit-records')).toBe(true);
    expect(may({}, patient, 'view-history')).toBe(false);
    const gone = { kind: 'edit-and-delete', key: 'deleted' };
    expect(may(gone, patient, 'edit-records')).toBe(false);
    expect(may(gone, patient, 'delete-patients')).toBe(true);
    expect(may({ ...gone, collection: 'visits', recordId: 'v' }, visit, 'delete-visits')).toBe(true);
    expect(may({ kind: 'review' }, patient, 'edit-records')).toBe(false);
    expect(may({ kind: 'review' }, patient, 'clinic-admin')).toBe(true);
  });

  it('about a fact is decided with a reason', () => {
    const of = (collection: string) => conflictView(conflict('c', { collection }))!;
    expect(needsReason(of('vitals'), record('vitals', 'v', {}))).toBe(true);
    expect(needsReason(of('events'), record('events', 'e', { status: 'completed' }))).toBe(true);
    expect(needsReason(of('events'), record('events', 'e', { status: 'in-progress' }))).toBe(false);
    expect(needsReason(of('patients'), record('patients', 'p', {}))).toBe(false);
  });
});

describe('the list of what waits', () => {
  const refused = (id: string, at: string, settled: RefusedAction['settled'] = null): RefusedAction =>
    ({
      action: {
        id,
        changes: [
          {
            id: 'c1',
            collection: 'patients',
            recordId: 'p',
            kind: 'put',
            fields: { givenName: 'Amina' },
            at,
            author: 'nora',
          },
        ],
      },
      ...{ state: 'refused', refusal: { changeId: 'c1', key: null, code: 'forbidden' }, places: [], settled },
    }) as unknown as RefusedAction;
  const chart = {
    patientId: 'p',
    records: [conflict('k', { kept: side('1', '2026-11-21T09:00:00.000Z') })],
    unsent: new Set<string>(),
  };

  it('is the newest first, without what was dealt with', () => {
    const settled = { how: 'discarded', by: 'nora', atMs: 1 } as const;
    const all = [refused('old', AT), refused('new', '2026-11-22T08:00:00.000Z'), refused('done', AT, settled)];
    const lost = { patientId: 'q', atMs: Date.parse('2026-11-20T08:00:00.000Z'), records: [], rows: [] };
    expect(attentionItems(all, [chart], [lost]).map(itemHref)).toEqual([
      '/c/sync/attention/refused/new',
      '/c/sync/attention/conflict/p/k',
      '/c/sync/attention/refused/old',
      '/c/sync/attention/replaced/q',
    ]);
  });

  it('names the patient of a registration that was refused', () => {
    expect(nameOfPatient('p', new Map(), [refused('r', AT)])).toBe('Amina');
    expect(nameOfPatient('p', new Map(), [])).toBeNull();
    const held = { ...chart, records: [record('patients', 'p', { givenName: 'Amina', familyName: 'H', ...deleted })] };
    expect(nameOfPatient('p', new Map([['p', held]]), [])).toBe('Amina H');
  });
});

describe('what was refused, as a draft of its form', () => {
  const registration: FormDefinition = {
    ...{ format: 1, languages: ['en'], title: { en: 'Registration' } },
    pages: [
      {
        id: 'p',
        fields: [
          { id: 'n', type: 'text', label: { en: 'Name' }, base: 'givenName' },
          { id: 'ph', type: 'text', label: { en: 'Phone' }, base: 'phone' },
        ],
      },
    ],
  };
  const versions: Record<string, { formId: string; definition: FormDefinition }> = {
    reg: { formId: 'f1', definition: registration },
    v1: { formId: 'f2', definition: form },
  };
  const draftOf = (records: StoredRecord[] | null, ...changes: object[]) =>
    correctionDraft({
      action: {
        id: 'a',
        changes: changes.map((one) => ({ kind: 'put', reason: null, replaced: {}, ...one })),
      } as unknown as Action,
      chart: records && { patientId: 'p', records, unsent: new Set() },
      versionOf: (id) => versions[id] ?? null,
      registrationVersionId: 'reg',
    });
  const patient = record('patients', 'p', { givenName: 'Amina', phone: '1' });
  const event = record('events', 'e', {
    ...{ patientId: 'p', visitId: 'v', formId: 'f2', formVersionId: 'v1' },
    'answers.cough': true,
  });

  it('a registration is registered anew, an edit is laid over what stands', () => {
    const fields = { givenName: 'Amina', phone: '2' };
    expect(draftOf(null, { collection: 'patients', recordId: 'p', fields })).toMatchObject({
      ...{ kind: 'registration', recordId: 'p', resends: 'a', filled: { answers: { n: 'Amina', ph: '2' } } },
    });
    expect(draftOf([patient], { collection: 'patients', recordId: 'p', fields: { phone: '2' } })).toMatchObject({
      kind: 'patient',
      filled: { answers: { n: 'Amina', ph: '2' } },
      opened: { filled: { answers: { n: 'Amina', ph: '1' } } },
    });
  });

  it('a form is filled in anew when its visit is here, a correction keeps its reason', () => {
    const made = { collection: 'events', recordId: 'n', fields: { ...event.values, 'answers.cough': false } };
    expect(draftOf([patient], made)).toBeNull();
    expect(draftOf([patient, record('visits', 'v', {})], made)).toMatchObject({
      ...{ kind: 'event', recordId: 'n', visitId: 'v', formVersionId: 'v1', filled: { answers: { cough: false } } },
    });
    const corrected = {
      collection: 'events',
      recordId: 'e',
      fields: { 'answers.cough': false },
      reason: 'typing error',
    };
    expect(draftOf([patient, event], corrected)).toMatchObject({
      ...{
        kind: 'correction',
        filled: { answers: { cough: false } },
        opened: { filled: { answers: { cough: true } } },
      },
      reason: { code: 'other', words: 'typing error' },
    });
  });

  it('vitals are corrected through their form; what has no form has no draft', () => {
    const vitals = { collection: 'vitals', recordId: 'x', fields: { eventId: 'e', pulsePerMin: 70 } };
    expect(draftOf([patient, event], vitals)?.kind).toBe('correction');
    expect(draftOf([patient], vitals)).toBeNull();
    expect(draftOf([patient], { collection: 'visits', recordId: 'v', fields: { triage: 'red' } })).toBeNull();
    expect(draftOf([patient], { collection: 'patients', recordId: 'p', fields: {}, kind: 'delete' })).toBeNull();
  });
});

describe('a chart with a deletion in question', () => {
  it('shows the visit and its forms until somebody decides', () => {
    const visit = record('visits', 'v', { occurredAt: AT, ...deleted });
    const event = record('events', 'e', { visitId: 'v' });
    const dispute = (status: string) =>
      conflict('c', { kind: 'edit-and-delete', collection: 'visits', recordId: 'v', key: `events.${EVENT}`, status });
    const seen = (...records: StoredRecord[]) => visitsOf({ patientId: 'p', records, unsent: new Set() });
    expect(seen(visit, event)).toHaveLength(0);
    expect(seen(visit, event, dispute('resolved'))).toHaveLength(0);
    const [view] = seen(visit, event, dispute('open'));
    expect(view?.events.map(({ id }) => id)).toEqual(['e']);
    expect(view).toMatchObject({ deleted: true, open: false });
  });
});

describe('the clock of this phone', () => {
  const MINUTE = 60_000;
  const wrong = (offsetMs: number) => {
    const skew = clockSkew(offsetMs);
    return skew && skewText(t, skew);
  };
  it('is said to be fast or slow from two minutes on, in minutes, hours and days', () => {
    expect(wrong(2 * MINUTE)).toBeNull();
    expect(wrong(-2 * MINUTE)).toBeNull();
    expect(wrong(-58 * MINUTE)).toBe('58 min fast');
    expect(wrong(58 * MINUTE)).toBe('58 min slow');
    expect(wrong(-59.6 * MINUTE)).toBe('1 h fast');
    expect(wrong(24 * 60 * MINUTE)).toBe('24 h slow');
    expect(wrong(-24.1 * 60 * MINUTE)).toBe('1 day fast');
    expect(wrong(3 * 24 * 60 * MINUTE)).toBe('3 days slow');
  });
});

describe('the tally of a day', () => {
  const row = (
    state: 'pending' | 'received' | 'confirmed' | 'refused',
    at: string,
    settled?: RefusedAction['settled'],
    kind: 'work' | 'trail' = 'work',
  ) => ({
    ...{ state, kind, madeAtMs: Date.parse(at) },
    ...(settled ? { settled } : {}),
  });
  it('counts what was made on the clinic’s day, by where it is', () => {
    const rows = [
      row('confirmed', '2026-11-21T08:00:00Z'),
      row('confirmed', '2026-11-20T22:30:00Z'),
      row('received', '2026-11-21T09:00:00Z'),
      row('pending', '2026-11-21T21:59:00Z'),
      row('pending', '2026-11-21T22:00:00Z'),
      row('confirmed', '2026-11-20T21:59:00Z'),
      row('refused', '2026-11-21T10:00:00Z'),
      row('refused', '2026-11-21T10:00:00Z', { how: 'sent-again', by: 'nora', atMs: 1 }),
      // That somebody looked is nothing that was recorded.
      row('pending', '2026-11-21T10:00:00Z', undefined, 'trail'),
    ];
    expect(tallyDay(rows, '2026-11-21', 'Asia/Beirut')).toEqual({
      ...{ made: 5, onServer: 2, onHub: 1, onlyHere: 1, refused: 1 },
    });
  });
});
