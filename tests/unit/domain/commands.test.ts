import { describe, expect, it } from 'vitest';
import { correctEvent } from '../../../lib/domain/event/correct-event.ts';
import { recordEvent, vitalsOfEvent } from '../../../lib/domain/event/record-event.ts';
import { editPatient } from '../../../lib/domain/patient/edit-patient.ts';
import { registerPatient } from '../../../lib/domain/patient/register-patient.ts';
import { closeVisit } from '../../../lib/domain/visit/close-visit.ts';
import { startVisit } from '../../../lib/domain/visit/start-visit.ts';
import type { FilledForm } from '../../../lib/form/filled-form.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { aCommandWorld, type CommandWorld } from '../../scenario/command-world.ts';

const label = (en: string) => ({ en });
const filled = (answers: Record<string, Json>, entered: FilledForm['entered'] = {}) => ({
  answers,
  entered,
  missing: {},
});

function aVersion(world: CommandWorld, fields: Json[]): string {
  const id = world.newId();
  const definition = {
    format: 1,
    languages: ['en'],
    title: label('Form'),
    pages: [{ id: 'p1', title: label('Page'), fields }],
    scores: [],
  };
  world.hold({ collection: 'formVersions', id, values: { definition }, stamps: {} });
  return id;
}

const registrationFields: Json[] = [
  { id: 'given', type: 'text', label: label('Given name'), base: 'givenName', required: true },
  {
    id: 'sex',
    type: 'choice',
    label: label('Sex'),
    base: 'sex',
    required: true,
    options: ['female', 'male'].map((code) => ({ code, label: label(code) })),
  },
  { id: 'birth', type: 'date', label: label('Born'), base: 'birthDate', precision: 'year' },
  { id: 'guardian', type: 'text', label: label('Guardian'), base: 'guardianName' },
  { id: 'tent', type: 'text', label: label('Tent') },
];
const temperature: Json = {
  ...{ id: 'temp', type: 'number', label: label('Temperature'), record: 'vitals.temperatureCelsius' },
  ...{ unit: 'Cel', units: ['Cel', '[degF]'], decimals: 2, min: 20, max: 46 },
};

function aRegisteredPatient() {
  const world = aCommandWorld();
  const formVersionId = aVersion(world, registrationFields);
  const patientId = world.newId();
  const answers = {
    given: 'آمنة',
    sex: 'female',
    birth: { date: '1990', estimated: true },
    guardian: 'Huda',
    tent: 'B12',
  };
  expect(world.run(registerPatient, { patientId, formVersionId, filled: filled(answers) })).toBeNull();
  return { world, formVersionId, patientId, answers };
}

function aStartedVisit() {
  const registered = aRegisteredPatient();
  const { world, patientId } = registered;
  const visitId = world.newId();
  const visit = {
    visitId,
    patientId,
    kind: 'consultation' as const,
    reason: null,
    departmentId: null,
    triage: null,
    occurredAt: null,
  };
  expect(world.run(startVisit, visit)).toBeNull();
  return { ...registered, visitId, visit };
}

describe('registering a patient', () => {
  it('fills columns, groups and custom answers, and makes him a member of the clinic', () => {
    const { world, patientId, formVersionId } = aRegisteredPatient();
    const values = world.record('patients', patientId)?.values;
    expect(values).toMatchObject({
      givenName: 'آمنة',
      sex: 'female',
      homeClinicId: world.clinicId,
      registrationVersionId: formVersionId,
    });
    expect(values?.birth).toEqual({ birthDate: '1990', birthDateEstimated: true });
    expect(values?.['attributes.tent']).toBe('B12');
  });

  it('says which answer is missing, and saves nothing', () => {
    const world = aCommandWorld();
    const formVersionId = aVersion(world, registrationFields);
    const patientId = world.newId();
    const refusal = world.run(registerPatient, { patientId, formVersionId, filled: filled({ given: 'Amina' }) });
    expect(refusal?.problems).toMatchObject([{ fieldId: 'sex', code: 'required' }]);
    expect(world.record('patients', patientId)).toBeUndefined();
  });
});

describe('editing a patient', () => {
  it('writes only what differs, so another edit of another field is not beaten', () => {
    const { world, patientId, formVersionId, answers } = aRegisteredPatient();
    const before = world.record('patients', patientId)!;
    expect(
      world.run(editPatient, { patientId, formVersionId, filled: filled({ ...answers, tent: 'C1' }), seen: undefined }),
    ).toBeNull();
    const after = world.record('patients', patientId)!;
    const rewritten = Object.keys(after.stamps).filter((key) => after.stamps[key] !== before.stamps[key]);
    expect(rewritten).toEqual(['attributes.tent']);
  });

  it('keeps the members of a group that the form does not ask', () => {
    const { world, patientId, formVersionId, answers } = aRegisteredPatient();
    const record = world.record('patients', patientId)!;
    const guardian = { guardianName: 'Huda', guardianPhone: '0700', guardianRelation: 'mother' };
    world.hold({ ...record, values: { ...record.values, guardian } });
    world.run(editPatient, {
      patientId,
      formVersionId,
      filled: filled({ ...answers, guardian: 'Hoda' }),
      seen: undefined,
    });
    expect(world.record('patients', patientId)?.values.guardian).toEqual({ ...guardian, guardianName: 'Hoda' });
  });

  it('clears an answer that was emptied', () => {
    const { world, patientId, formVersionId } = aRegisteredPatient();
    world.run(editPatient, {
      patientId,
      formVersionId,
      filled: filled({ given: 'آمنة', sex: 'female' }),
      seen: undefined,
    });
    const values = world.record('patients', patientId)?.values;
    expect(values?.['attributes.tent']).toBeNull();
    expect(values?.birth).toEqual({ birthDate: null, birthDateEstimated: false });
  });
});

describe('a form that was open while the patient was changed', () => {
  function anOpenForm() {
    const registered = aRegisteredPatient();
    const { world, formVersionId, patientId, answers } = registered;
    const opened = filled(answers);
    const seen = Object.fromEntries(
      Object.entries(world.record('patients', patientId)!.stamps).map(([key, stamp]) => [key, [stamp]]),
    );
    const edit = (changed: Record<string, Json>, about: object = { seen, opened }) =>
      world.run(editPatient, { patientId, formVersionId, filled: filled({ ...answers, ...changed }), ...about });
    return { ...registered, edit };
  }

  it('does not write back what its editor left alone', () => {
    const { world, patientId, edit } = anOpenForm();
    expect(edit({ given: 'Amina', tent: 'C7' }, {})).toBeNull();
    expect(edit({ guardian: 'Hoda' })).toBeNull();
    const values = world.record('patients', patientId)?.values;
    expect(values).toMatchObject({ givenName: 'Amina', 'attributes.tent': 'C7', guardian: { guardianName: 'Hoda' } });
  });

  it('still clears what its editor emptied, and no more', () => {
    const { world, patientId, formVersionId, answers } = anOpenForm();
    const { tent: _emptied, ...rest } = answers;
    world.run(editPatient, { patientId, formVersionId, filled: filled({ ...rest, given: 'Amina' }), seen: undefined });
    world.run(editPatient, { patientId, formVersionId, filled: filled(answers), seen: undefined });
    expect(
      world.run(editPatient, { patientId, formVersionId, filled: filled(rest), opened: filled(answers) }),
    ).toBeNull();
    expect(world.record('patients', patientId)?.values['attributes.tent']).toBeNull();
    expect(world.record('patients', patientId)?.values.givenName).toBe('آمنة');
  });

  it('leaves the answers that it does not ask', () => {
    const { world, patientId, edit } = anOpenForm();
    const record = world.record('patients', patientId)!;
    world.hold({ ...record, values: { ...record.values, 'attributes.ration': 'R-77' } });
    expect(edit({ tent: 'C1' })).toBeNull();
    expect(edit({ tent: 'C2' }, {})).toBeNull();
    expect(world.record('patients', patientId)?.values['attributes.ration']).toBe('R-77');
  });
});

describe('a visit', () => {
  it('happens on the day of the clinic, not of the server: 21:30 UTC is 23:30 in Beirut', () => {
    const { world, visitId } = aStartedVisit();
    expect(world.record('visits', visitId)?.values.occurredOn).toBe('2026-11-21');
    const later = aCommandWorld('2026-11-21T22:30:00.000Z');
    const formVersionId = aVersion(later, registrationFields);
    const patientId = later.newId();
    later.run(registerPatient, { patientId, formVersionId, filled: filled({ given: 'Amina', sex: 'female' }) });
    const id = later.newId();
    later.run(startVisit, {
      visitId: id,
      patientId,
      kind: 'child',
      reason: null,
      departmentId: null,
      triage: null,
      occurredAt: null,
    });
    expect(later.record('visits', id)?.values.occurredOn).toBe('2026-11-22');
  });

  it('may be in the past, never in the future', () => {
    const { world, visit } = aStartedVisit();
    const past = { ...visit, visitId: world.newId(), occurredAt: '2026-11-01T08:00:00.000Z' };
    expect(world.run(startVisit, past)).toBeNull();
    expect(world.record('visits', past.visitId)?.values.occurredOn).toBe('2026-11-01');
    const future = { ...visit, visitId: world.newId(), occurredAt: '2027-01-01T08:00:00.000Z' };
    expect(world.run(startVisit, future)).toMatchObject({ kind: 'invalid', field: 'occurredAt' });
  });

  it('stays closed as it was closed first', () => {
    const { world, visitId } = aStartedVisit();
    world.run(closeVisit, { visitId });
    const closed = world.record('visits', visitId)?.values.closing;
    world.run(closeVisit, { visitId });
    expect(world.record('visits', visitId)?.values.closing).toEqual(closed);
  });
});

describe('an event', () => {
  function aFever() {
    const started = aStartedVisit();
    const { world, patientId, visitId } = started;
    const formVersionId = aVersion(world, [temperature, { id: 'cough', type: 'yes-no', label: label('Cough') }]);
    const eventId = world.newId();
    const about = { eventId, patientId, visitId, formVersionId };
    const entered = { temp: { value: 102, unit: '[degF]' } };
    const answers = { temp: 38.89, cough: false };
    expect(world.run(recordEvent, { ...about, formId: world.newId(), filled: filled(answers, entered) })).toBeNull();
    return { ...started, about, eventId };
  }

  it('keeps "no" as an answer, and records its measures as vitals in their own unit with what was typed', () => {
    const { world, eventId } = aFever();
    expect(world.record('events', eventId)?.values['answers.cough']).toBe(false);
    const vitals = world.record('vitals', vitalsOfEvent(eventId))?.values;
    expect(vitals?.temperatureCelsius).toBe(38.89);
    expect(vitals?.['entered.temperatureCelsius']).toEqual({ value: 102, unit: '[degF]' });
  });

  it('corrected with a reason corrects the vitals too, and forgets what was typed for the old value', () => {
    const { world, about, eventId } = aFever();
    const correction = {
      ...about,
      filled: filled({ temp: 37, cough: false }),
      reason: 'read the wrong line',
      seen: undefined,
    };
    expect(world.run(correctEvent, correction)).toBeNull();
    const vitals = world.record('vitals', vitalsOfEvent(eventId))?.values;
    expect(vitals?.temperatureCelsius).toBe(37);
    expect(vitals?.['entered.temperatureCelsius']).toBeNull();
  });

  it('corrected in a form opened before another correction keeps that correction, in its vitals too', () => {
    const { world, about, eventId } = aFever();
    const opened = filled({ temp: 38.89, cough: false }, { temp: { value: 102, unit: '[degF]' } });
    const correct = (answers: Record<string, Json>, entered: FilledForm['entered'] = {}, more = {}) =>
      world.run(correctEvent, { ...about, filled: filled(answers, entered), reason: 'read again', ...more });
    expect(correct({ temp: 37, cough: false })).toBeNull();
    expect(correct({ temp: 38.89, cough: true }, opened.entered, { opened })).toBeNull();
    expect(world.record('events', eventId)?.values).toMatchObject({ 'answers.temp': 37, 'answers.cough': true });
    const vitals = world.record('vitals', vitalsOfEvent(eventId))?.values;
    expect(vitals).toMatchObject({ temperatureCelsius: 37, 'entered.temperatureCelsius': null });
  });

  it('corrected calculates on what everybody corrected', () => {
    const { world, patientId, visitId } = aStartedVisit();
    const sum: Json = ['+', { field: 'first' }, { field: 'second' }];
    const score = (id: string): Json => ({ id, type: 'number', label: label(id) });
    const total: Json = { id: 'total', type: 'calculated', label: label('Total'), calculate: sum };
    const formVersionId = aVersion(world, [score('first'), score('second'), total]);
    const eventId = world.newId();
    const about = { eventId, patientId, visitId, formVersionId };
    const opened = filled({ first: 1, second: 2, total: 3 });
    world.run(recordEvent, { ...about, formId: world.newId(), filled: opened });
    const correct = (first: number, second: number) =>
      world.run(correctEvent, { ...about, filled: filled({ first, second }), opened, reason: 'counted again' });
    expect(correct(10, 2)).toBeNull();
    expect(correct(1, 20)).toBeNull();
    expect(world.record('events', eventId)?.values).toMatchObject({
      'answers.first': 10,
      'answers.second': 20,
      'answers.total': 30,
    });
  });

  it('is not corrected without a reason', () => {
    const { world, about } = aFever();
    const correction = { ...about, filled: filled({ temp: 37 }), reason: '', seen: undefined };
    expect(() => world.run(correctEvent, correction)).toThrow();
  });

  it('makes no vitals when nothing was measured', () => {
    const { world, patientId, visitId } = aStartedVisit();
    const formVersionId = aVersion(world, [temperature]);
    const eventId = world.newId();
    world.run(recordEvent, { eventId, patientId, visitId, formId: world.newId(), formVersionId, filled: filled({}) });
    expect(world.record('events', eventId)).toBeDefined();
    expect(world.record('vitals', vitalsOfEvent(eventId))).toBeUndefined();
  });
});
