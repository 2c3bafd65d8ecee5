import { describe, expect, it } from 'vitest';
import { entriesOfAnswer } from '../../../app/(clinic)/event/answer-history.ts';
import { eventForms, previousEntry } from '../../../app/(clinic)/event/form-choices.ts';
import { answerText } from '../../../app/(clinic)/form/answer-text.ts';
import { draftHref } from '../../../app/(clinic)/form/saved-form.ts';
import { ageInWords, ageShort } from '../../../app/(clinic)/patient/age-text.ts';
import { lastMeasures, visitsOf } from '../../../app/(clinic)/patient/chart-view.ts';
import { duplicateCandidate, REASON_LABELS } from '../../../app/(clinic)/patient/duplicate-candidate.ts';
import { initials, patientName } from '../../../app/(clinic)/patient/patient-name.ts';
import { registrationForm } from '../../../app/(clinic)/patient/registration-version.ts';
import { noonOf } from '../../../app/(clinic)/visit/noon.ts';
import { type HistoryEntry, joinHistories } from '../../../app/device/history.ts';
import { calendarDayIn } from '../../../lib/domain/calendar-date.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import type { FormDefinition, FormField } from '../../../lib/form/definition.ts';
import type { Json } from '../../../lib/replication/json.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { DUPLICATE_REASONS } from '../../../lib/search/duplicate-points.ts';
import { translate } from '../../../lib/text/translate.ts';

const t = translate.bind(null, 'en');
const record = (collection: string, id: string, values: Record<string, Json>): StoredRecord => ({
  ...{ collection, id, values, stamps: {} },
});
const deleted = { deleted: { deletedAt: '2026-11-21T08:00:00.000Z', deletedBy: 'u', deletedReason: null } };

describe('the age of a patient', () => {
  const today = '2026-11-21';
  const born = (birthDate: string | null, birthDateEstimated = false) => ({ birthDate, birthDateEstimated });
  it('is exact only when the day of birth is known', () => {
    expect(ageShort(t, born('1992-11-21'), today)).toBe('34 y');
    expect(ageShort(t, born('1992-11-22'), today)).toBe('33 y');
    expect(ageShort(t, born('1992'), today)).toBe('~34 y');
    expect(ageShort(t, born('1992-11-21', true), today)).toBe('~34 y');
    expect(ageShort(t, born(null), today)).toBeNull();
  });
  it('is told in days, weeks and months for the smallest', () => {
    expect(ageInWords(t, born('2026-11-20'), today)).toBe('1 day old');
    expect(ageInWords(t, born('2026-11-01'), today)).toBe('2 weeks old');
    expect(ageInWords(t, born('2025-11-21'), today)).toBe('12 months old');
    expect(ageInWords(t, born(null), today)).toBe('Age unknown');
  });
});

it('a patient without a name has none, rather than an empty one', () => {
  expect(patientName({ givenName: 'Amina', familyName: null })).toBe('Amina');
  expect(patientName({ givenName: null, familyName: null })).toBeNull();
  expect(initials('Amina Al Haddad')).toBe('A\u200cH');
  expect(initials('')).toBe('');
});

describe('the registration form of a clinic', () => {
  const form = (id: string, values: Record<string, Json> = {}) =>
    record('forms', id, { kind: 'registration', status: 'published', currentVersionId: `${id}-v`, ...values });
  const builtIn = form(deterministicId('forms', 'registration'));
  it('is its own, else the one of no clinic, else the built-in one', () => {
    const other = form('b', { 'clinicIds.c9': true });
    expect(registrationForm([builtIn, form('a'), other], 'b')?.formId).toBe('b');
    expect(registrationForm([builtIn, form('a'), other], null)?.formId).toBe('a');
    expect(registrationForm([builtIn, other], null)?.formId).toBe(builtIn.id);
    expect(registrationForm([other, record('forms', 'e', { kind: 'event' })], null)).toBeNull();
  });
  it('is never a deleted or unpublished one that is not the clinic’s', () => {
    expect(registrationForm([form('a', deleted), form('d', { status: 'draft' })], null)).toBeNull();
  });
});

it('only forms for this clinic and department are offered in a visit', () => {
  const form = (id: string, values: Record<string, Json> = {}) =>
    record('forms', id, { kind: 'event', status: 'published', currentVersionId: 'v', ...values });
  const forms = [
    form('all'),
    form('here', { 'clinicIds.c1': true }),
    form('elsewhere', { 'clinicIds.c2': true }),
    form('taken-away', { 'clinicIds.c2': true, 'clinicIds.c1': false }),
    form('lab', { 'departmentIds.d2': true }),
    form('draft', { status: 'draft' }),
    form('gone', deleted),
  ];
  expect(eventForms(forms, 'c1', 'd1').map(({ id }) => id)).toEqual(['all', 'here']);
  expect(eventForms(forms, 'c1', null).map(({ id }) => id)).toContain('lab');
});

describe('a chart', () => {
  const visit = (id: string, occurredAt: string, status = 'closed') =>
    record('visits', id, { occurredAt, closing: { status, closedAt: null } });
  const chart = {
    patientId: 'p',
    records: [
      visit('v1', '2026-01-01T08:00:00.000Z'),
      visit('v2', '2026-02-01T08:00:00.000Z', 'open'),
      record('visits', 'v3', { occurredAt: '2026-03-01T08:00:00.000Z', ...deleted }),
      record('events', 'e1', { visitId: 'v1', formId: 'f', occurredAt: '2026-01-01T08:00:00.000Z' }),
      record('events', 'e2', { visitId: 'v2', formId: 'f', occurredAt: '2026-02-01T08:00:00.000Z' }),
      record('vitals', 'w1', {
        occurredAt: '2026-01-01T08:00:00.000Z',
        occurredOn: '2026-01-01',
        weightKg: 9,
        pulsePerMin: 90,
      }),
      record('vitals', 'w2', {
        ...{ occurredAt: '2026-02-01T08:00:00.000Z', occurredOn: '2026-02-01', weightKg: 10 },
        bp: { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: null },
      }),
    ],
    unsent: new Set(['events/e1']),
  };
  it('lists visits newest first with what was recorded, and where each is', () => {
    const views = visitsOf(chart);
    expect(views.map((view) => [view.visit.id, view.open, view.events.length, view.unsent])).toEqual([
      ['v2', true, 1, false],
      ['v1', false, 1, true],
    ]);
  });
  it('shows the newest value of each measure, groups opened', () => {
    const found = Object.fromEntries(lastMeasures(chart).map(({ measure, value, on }) => [measure, [value, on]]));
    expect(found).toEqual({
      weightKg: [10, '2026-02-01'],
      pulsePerMin: [90, '2026-01-01'],
      systolicMmHg: [120, '2026-02-01'],
      diastolicMmHg: [80, '2026-02-01'],
    });
  });
  it('finds the last answers to a form, never those being given', () => {
    expect(previousEntry(chart.records, 'f', 'e2')?.id).toBe('e1');
    expect(previousEntry(chart.records, 'f', 'new')?.id).toBe('e2');
    expect(previousEntry(chart.records, 'other', 'new')).toBeNull();
  });
});

it('a visit of an earlier day lies on that day in every time zone, and not in the future', () => {
  const now = Date.parse('2026-11-21T00:30:00.000Z');
  for (const zone of [
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Asia/Beirut',
    'UTC',
    'America/Bogota',
    'Asia/Kathmandu',
  ]) {
    const today = calendarDayIn(new Date(now).toISOString(), zone);
    const yesterday = new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    const noon = noonOf(yesterday, zone);
    expect(calendarDayIn(noon, zone), zone).toBe(yesterday);
    expect(Date.parse(noon), zone).toBeLessThanOrEqual(now);
  }
});

it('duplicates are compared by the columns that the form fills; every reason has words', () => {
  const candidate = duplicateCandidate(
    {
      givenName: 'Amina',
      familyName: ' ',
      birthDate: '1990',
      birthDateEstimated: true,
      phone: '123',
      guardianPhone: '456',
    },
    'p1',
  );
  expect(candidate).toMatchObject({ id: 'p1', familyName: null, sex: 'unknown', phones: ['123', '456'], ids: [] });
  expect(DUPLICATE_REASONS.every((reason) => REASON_LABELS[reason] !== undefined)).toBe(true);
});

describe('a saved answer in words', () => {
  const label = { en: 'Q' };
  const definition: FormDefinition = { format: 1, languages: ['en'], title: label, pages: [{ id: 'p', fields: [] }] };
  const text = (field: FormField, value: Json, other?: Json) =>
    answerText({ t, language: 'en', definition }, field, value, other);
  const options = [
    { code: 'a', label: { en: 'Cough' } },
    { code: 'b', label: { en: 'Rash' }, retired: true },
  ];
  it('shows labels, units and what "other" means; a code without a label as it is', () => {
    expect(text({ id: 'n', type: 'number', label, unit: 'Cel' }, 38.9)).toBe('38.9 °C');
    expect(text({ id: 'c', type: 'choices', label, options, other: true }, ['a', 'b', 'other'], 'itching')).toBe(
      'Cough, Rash, itching',
    );
    expect(text({ id: 'c', type: 'choice', label, options }, 'gone')).toBe('gone');
    expect(text({ id: 'd', type: 'date', label }, { date: '1990', estimated: true })).toBe('about 1990');
  });
  it('"no" and 0 are answers; nothing is none', () => {
    expect(text({ id: 'y', type: 'yes-no', label }, false)).toBe('No');
    expect(text({ id: 'n', type: 'number', label }, 0)).toBe('0');
    expect(text({ id: 'n', type: 'number', label }, null)).toBeNull();
  });
});

it('the history joins this phone and the server, each change once, and gives one answer’s entries', () => {
  const entry = (id: string, at: string, fields: Record<string, Json>, sent = true): HistoryEntry => ({
    ...{ id, at, author: 'u', reason: null, fields, sent },
  });
  const own = [entry('c2', '2026-02', { 'answers.a': 2 }, false)];
  const server = [
    entry('c1', '2026-01', { 'answers.a': 1, 'answers.ab': 1 }),
    entry('c2', '2026-02', { 'answers.a': 2 }),
    entry('c3', '2026-03', { 'answers.ab': 2, 'missing.a': null }),
    entry('c4', '2026-04', { 'answers.ab': 3 }),
  ];
  const joined = joinHistories(own, server);
  expect(joined.map(({ id }) => id)).toEqual(['c1', 'c2', 'c3', 'c4']);
  expect(entriesOfAnswer(joined, 'a').map(({ id }) => id)).toEqual(['c3', 'c2', 'c1']);
});

it('a draft leads back to the screen where it was typed', () => {
  const about = { recordId: 'r', patientId: 'p', visitId: 'v', formId: 'f', formVersionId: 'x' };
  expect(draftHref({ kind: 'registration', ...about })).toBe('/c/register/r');
  expect(draftHref({ kind: 'patient', ...about })).toBe('/c/patients/p/edit');
  expect(draftHref({ kind: 'event', ...about })).toBe('/c/patients/p/visits/v/forms/f/r');
  expect(draftHref({ kind: 'correction', ...about })).toBe('/c/patients/p/events/r/correct');
});
