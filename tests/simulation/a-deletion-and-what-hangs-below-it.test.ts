import { describe, expect, it } from 'vitest';
import type { Actor, Flag } from '../../lib/access/actor.ts';
import type { Command } from '../../lib/domain/command.ts';
import { resolveConflict } from '../../lib/domain/conflict/resolve-conflict.ts';
import { deleteRecord, restoreRecord } from '../../lib/domain/delete-record.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { isDeleted, type RecordRef, refKey } from '../../lib/replication/record.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { aSimulatedWorld, type SimulatedPhone } from '../scenario/simulated-world.ts';

const FLAGS: readonly Flag[] = [
  ...(['register-patients', 'view-history', 'edit-records'] as const),
  ...(['delete-records', 'delete-visits', 'delete-patients'] as const),
];

/** Two phones of one clinic that both hold a patient with a visit and vitals of it. */
async function twoPhones() {
  const world = aSimulatedWorld(37);
  const { newId, server, time } = world;
  const north = await world.aClinic('North');
  const nora = await world.aUser('provider', [north], FLAGS);
  const [one, two] = [world.aPhone(nora, [north]), world.aPhone(nora, [north])];
  const patient = { collection: 'patients', id: newId() };
  const visit = { collection: 'visits', id: newId() };
  const vitals = { collection: 'vitals', id: newId() };
  const measured = (id: string, pulsePerMin: number) =>
    someVitals(id, patient.id, north, nora, { visitId: visit.id, pulsePerMin });
  const save = ({ phone }: SimulatedPhone, ...edits: Edit[]) => {
    time.ms += 1000;
    expect(phone.commit(edits, { userId: nora, clinicId: north })).not.toBeNull();
  };
  const run = <I>(at: SimulatedPhone, command: Command<I>, input: I) => {
    const actor: Actor = { userId: nora, role: 'provider', active: true, flags: { [north]: FLAGS } };
    const day = { now: new Date(time.ms).toISOString(), today: '2026-11-21', timeZone: 'Asia/Beirut' };
    const read = (ref: RecordRef) => at.phone.shown(ref);
    const decided = command.decide(command.input.parse(input), { actor, clinicId: north, ...day, newId, read });
    if (!decided.ok) throw new Error(decided.refusal.kind);
    save(at, ...decided.edits);
  };
  const remove = (at: SimulatedPhone, ref: RecordRef) => run(at, deleteRecord, { ...ref, reason: 'entered in error' });
  const restore = (at: SimulatedPhone, ref: RecordRef) => run(at, restoreRecord, { ...ref, reason: 'not at all' });
  const conflicts = () =>
    [...server.records.values()]
      .filter((record) => record.collection === 'conflicts')
      .map(({ id, values }) => ({ ...values, id }) as Record<string, unknown> & { id: string })
      .sort((left, right) => (String(left.key) < String(right.key) ? -1 : 1));
  const decide = (at: SimulatedPhone, index: number, keep: 'kept' | 'lost') => {
    const { id, collection, recordId } = conflicts()[index] as { id: string; collection: string; recordId: string };
    run(at, resolveConflict, { conflictId: id, collection, recordId, decision: { keep }, reason: null });
  };
  /** Both send and read in this order, then read again what the other sent; then all three hold the same. */
  const meet = async (...order: SimulatedPhone[]) => {
    for (const phone of [...order, ...order]) await phone.exchange();
    for (const { phone } of [one, two]) {
      expect(phone.state.outbox.map(({ state }) => state).filter((state) => state !== 'confirmed')).toEqual([]);
      for (const { shown } of phone.state.records.values()) expect(shown).toEqual(server.records.get(refKey(shown)));
    }
    expect([...one.phone.state.records.keys()].sort()).toEqual([...two.phone.state.records.keys()].sort());
  };
  const at = ({ phone }: SimulatedPhone, ref: RecordRef) => phone.shown(ref)!;
  const changesOf = (ref: RecordRef) => server.log.filter(({ change }) => change.recordId === ref.id).length;
  save(one, ...registration(patient.id, north));
  save(one, aVisit(visit.id, patient.id, north), measured(vitals.id, 70));
  await meet(one, two);
  const ids = { patient, visit, vitals };
  return { ...ids, newId, one, two, measured, save, remove, restore, decide, meet, at, conflicts, changesOf };
}

describe('a deletion of a visit or a patient', () => {
  it.each(['visit', 'patient'] as const)(
    'reaches the other phone without a change of what hangs below: %s',
    async (top) => {
      const clinic = await twoPhones();
      const { one, two, visit, vitals, remove, restore, meet, at, conflicts, changesOf } = clinic;
      const before = [at(two, vitals), top === 'patient' ? at(two, visit) : null];
      remove(one, clinic[top]);
      await meet(one, two);
      expect(isDeleted(at(two, clinic[top]))).toBe(true);
      restore(two, clinic[top]);
      await meet(two, one);
      expect(isDeleted(at(one, clinic[top]))).toBe(false);
      expect([at(one, vitals), top === 'patient' ? at(one, visit) : null]).toEqual(before);
      expect([changesOf(vitals), changesOf(clinic[top])]).toEqual([1, 3]);
      expect(conflicts()).toEqual([]);
    },
  );
});

describe('vitals recorded on another phone below a visit deleted meanwhile', () => {
  it.each([
    ['the deletion is sent first', 0, 'visit'],
    ['the vitals are sent first', 1, 'visit'],
    ['the patient is deleted, and that sent first', 0, 'patient'],
    ['the patient is deleted, and the vitals sent first', 1, 'patient'],
  ] as const)('%s: a conflict of what was deleted, with the vitals in it', async (_, first, top) => {
    const clinic = await twoPhones();
    const { newId, one, two, measured, save, remove, meet, conflicts } = clinic;
    const id = newId();
    remove(one, clinic[top]);
    save(two, measured(id, 99));
    await meet(...(first === 0 ? [one, two] : [two, one]));
    expect(conflicts()).toMatchObject([
      {
        ...{ collection: clinic[top].collection, recordId: clinic[top].id, key: `vitals.${id}` },
        ...{ kind: 'edit-and-delete', status: 'open', patientId: clinic.patient.id },
        lost: { value: { pulsePerMin: 99, visitId: clinic.visit.id } },
        kept: { value: { deletedReason: 'entered in error' } },
      },
    ]);
  });

  it('and a correction of older ones, too; but nothing that the deletion had seen', async () => {
    const { one, two, visit, vitals, save, remove, meet, conflicts } = await twoPhones();
    remove(one, visit);
    save(two, put('vitals', vitals.id, { pulsePerMin: 71 }, 'misread'));
    await meet(one, two);
    expect(conflicts().map(({ key, lost }) => [key, (lost as { value: unknown }).value])).toEqual([
      [`vitals.${vitals.id}`, { pulsePerMin: 71 }],
    ]);
  });

  it.each([
    ['restored, everything stands again', 'lost', false],
    ['deleted again, having seen it', 'kept', true],
  ] as const)('decided: %s, everywhere', async (_, keep, deleted) => {
    const { newId, one, two, visit, measured, save, remove, decide, meet, at, conflicts } = await twoPhones();
    const id = newId();
    remove(one, visit);
    save(two, measured(id, 99));
    await meet(one, two);
    decide(two, 0, keep);
    await meet(two, one);
    expect(isDeleted(at(one, visit))).toBe(deleted);
    expect(at(one, { collection: 'vitals', id }).values.pulsePerMin).toBe(99);
    expect(conflicts().map(({ status, resolution }) => [status, resolution])).toEqual([['resolved', keep]]);
  });

  it('decided one by one: what was not decided about stays open', async () => {
    const { newId, one, two, visit, measured, save, remove, decide, meet, conflicts } = await twoPhones();
    remove(one, visit);
    save(two, measured(newId(), 98));
    save(two, measured(newId(), 99));
    await meet(one, two);
    decide(two, 0, 'kept');
    await meet(two, one);
    expect(conflicts().map(({ status }) => status)).toEqual(['resolved', 'open']);
    decide(one, 1, 'kept');
    await meet(one, two);
    expect(conflicts().map(({ status, resolution }) => [status, resolution])).toEqual([
      ['resolved', 'kept'],
      ['resolved', 'kept'],
    ]);
  });
});
