import { describe, expect, it } from 'vitest';
import { recordView } from '../../../lib/domain/view/record-view.ts';
import { viewId } from '../../../lib/domain/view/view.ts';
import { aJudge } from '../../scenario/a-judge.ts';
import { aCommandWorld } from '../../scenario/command-world.ts';
import { put, registration } from '../../scenario/edits.ts';

describe('noting who looks at a chart', () => {
  function aPatient() {
    const world = aCommandWorld('2026-11-21T10:10:00.000Z');
    const patientId = world.newId();
    world.hold({ collection: 'patients', id: patientId, values: { givenName: 'Amina' }, stamps: {} });
    const look = (grantId: string | null = null) =>
      world.run(recordView, { patientId, screen: 'chart' as const, grantId });
    const idAt = (at: string, grantId: string | null = null) =>
      viewId({ userId: world.actor.userId, patientId, clinicId: world.clinicId, at, grantId })!;
    return { world, patientId, look, idAt };
  }

  it('counts once an hour, and again in the next', () => {
    const { world, look, idAt, patientId } = aPatient();
    expect(look()).toBeNull();
    const id = idAt('2026-11-21T10:59:59.999Z');
    const first = world.record('views', id)!;
    expect(first.values).toMatchObject({ patientId, userId: world.actor.userId, at: '2026-11-21T10:10:01.000Z' });
    world.time.ms += 10 * 60_000;
    expect(look()).toBeNull();
    expect(world.record('views', id)).toEqual(first);
    world.time.ms += 60 * 60_000;
    expect(look()).toBeNull();
    expect(world.record('views', idAt('2026-11-21T11:00:00.000Z'))).toBeDefined();
  });

  it('names the emergency opening it happened under, apart from a look without one', () => {
    const { world, look, idAt } = aPatient();
    const grantId = world.newId();
    expect(look()).toBeNull();
    expect(look(grantId)).toBeNull();
    expect(world.record('views', idAt('2026-11-21T10:00:00.000Z', grantId))?.values.grantId).toBe(grantId);
    expect(world.record('views', idAt('2026-11-21T10:00:00.000Z'))?.values.grantId).toBeNull();
  });

  it('is of a patient who is here', () => {
    const { world } = aPatient();
    const unknown = { patientId: world.newId(), grantId: null };
    expect(world.run(recordView, { ...unknown, screen: 'chart' as const })?.kind).toBe('not-found');
  });
});

describe('a look that arrives from a phone', () => {
  function aLook() {
    const judged = aJudge();
    const nora = judged.someone(judged.clinics.north, ['register-patients']);
    const patientId = judged.newId();
    const view = { patientId, clinicId: judged.clinics.north, userId: nora.userId, screen: 'chart', grantId: null };
    const at = '2026-11-21T08:15:00.000Z';
    expect(judged.does(nora, ...registration(patientId, judged.clinics.north))).toBe('applied');
    return { ...judged, nora, view: { ...view, at }, id: viewId({ ...view, at })! };
  }

  it('is taken from anyone, for himself alone, under the id it must have', () => {
    const { does, nora, someone, clinics, view, id, newId } = aLook();
    expect(does(someone(clinics.north), put('views', id, view))).toBe('forbidden');
    expect(does(nora, put('views', newId(), view))).toBe('invalid id');
    expect(does(nora, put('views', id, view))).toBe('applied');
  });

  it('is taken from a second phone of the same hour, too: nothing for a person to look into', () => {
    const { author, judge, nora, view, id, record } = aLook();
    const unseen = () => undefined;
    expect(judge(author(nora, [put('views', id, view)], unseen))).toBe('applied');
    const later = { ...view, at: '2026-11-21T08:40:00.000Z' };
    expect(judge(author(nora, [put('views', id, later)], unseen))).toBe('applied');
    expect(record('views', id)?.values.userId).toBe(nora.userId);
  });

  it('is moved to no other hour or patient, and deleted by nobody', () => {
    const { does, nora, someone, clinics, view, id, newId } = aLook();
    const admin = someone(clinics.north, [], { role: 'super_admin' });
    expect(does(nora, put('views', id, view))).toBe('applied');
    expect(does(nora, put('views', id, { at: '2026-11-20T08:15:00.000Z' }))).toBe('invalid id');
    expect(does(nora, put('views', id, { grantId: newId() }))).toBe('invalid id');
    expect(does(nora, put('views', id, { patientId: newId() }))).toBe('immutable patientId');
    const removal = { collection: 'views', id, kind: 'delete' as const, fields: {}, reason: 'none' };
    expect(does(nora, removal)).toBe('forbidden');
    expect(does(admin, removal)).toBe('forbidden');
  });
});
