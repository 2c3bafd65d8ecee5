import { describe, expect, it } from 'vitest';
import { resolveConflict } from '../../../lib/domain/conflict/resolve-conflict.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { refKey } from '../../../lib/replication/record.ts';
import { put, registration, someVitals } from '../../scenario/edits.ts';
import { aSimulatedWorld } from '../../scenario/simulated-world.ts';

const FLAGS = ['register-patients', 'view-history', 'edit-records', 'delete-records', 'delete-patients'] as const;
type Input = Parameters<typeof resolveConflict.decide>[0];

/** A phone whose user edited what the administrator edited, too: it holds the patient, his vitals and the conflict. */
async function aConflict(atPhone: (ids: { patientId: string; vitalsId: string }) => Edit, atServer: typeof atPhone) {
  const world = aSimulatedWorld(31);
  const { server, newId, time } = world;
  const clinicId = await world.aClinic('North');
  const nora = await world.aUser('provider', [clinicId], FLAGS);
  const { phone, exchange } = world.aPhone(nora, [clinicId]);
  const ids = { patientId: newId(), vitalsId: newId() };
  const save = (...edits: Edit[]) => {
    time.ms += 1000;
    return phone.commit(edits, { userId: nora, clinicId });
  };
  save(...registration(ids.patientId, clinicId, { phone: '0' }));
  save(someVitals(ids.vitalsId, ids.patientId, clinicId, nora, { pulsePerMin: 60 }));
  await exchange();
  save(atPhone(ids));
  time.ms += 1000;
  await world.atServer([atServer(ids)]);
  await exchange();
  const all = [...server.records.values()].filter((record) => record.collection === 'conflicts');
  expect(all).toHaveLength(1);
  const id = all[0]!.id;
  const run = async (decision: Input['decision'], more: Partial<Input> = {}, flags: readonly string[] = FLAGS) => {
    const { collection, recordId } = all[0]!.values as { collection: string; recordId: string };
    const given = { conflictId: id, collection, recordId, decision, reason: null, ...more };
    const input = resolveConflict.input.parse(given);
    const actor = {
      userId: nora,
      role: 'provider' as const,
      active: true,
      flags: { [clinicId]: flags as typeof FLAGS },
    };
    const day = { now: new Date(time.ms).toISOString(), today: '2026-11-21', timeZone: 'Asia/Beirut' };
    const read = (ref: { collection: string; id: string }) => phone.shown(ref);
    const decided = resolveConflict.decide(input, { actor, clinicId, ...day, newId, read });
    if (!decided.ok) return decided.refusal;
    save(...decided.edits);
    const shown = phone.shown({ collection: 'conflicts', id })?.values.status;
    await exchange();
    expect(phone.state.outbox.map(({ state }) => state)).not.toContain('refused');
    return shown;
  };
  const at = (collection: string, recordId: string) => server.records.get(refKey({ collection, id: recordId }))?.values;
  const conflicts = () =>
    [...server.records.values()]
      .filter((record) => record.collection === 'conflicts')
      .map(({ values }) => [values.status, values.resolution, values.resolvedBy]);
  const conflictStamp = (side: 'kept' | 'lost') => (all[0]!.values[side] as { stamp: string }).stamp;
  return { ...ids, nora, run, conflictStamp, at, conflicts, phone, save, exchange, world };
}

const phoneNumbers = () =>
  aConflict(
    ({ patientId }) => put('patients', patientId, { phone: '1' }),
    ({ patientId }) => put('patients', patientId, { phone: '2' }),
  );

describe('resolveConflict', () => {
  it.each<[string, Input['decision'], Json]>([
    ['keeps what stands', { keep: 'kept' }, '2'],
    ['takes what lost', { keep: 'lost' }, '1'],
    ['takes another value', { keep: 'edited', value: '3' }, '3'],
  ])('%s, marked at once on the phone, and everywhere when it is applied', async (_, decision, expected) => {
    const { run, at, conflicts, patientId, nora, phone } = await phoneNumbers();
    expect(await run(decision)).toBe('resolved');
    expect(at('patients', patientId)?.phone).toBe(expected);
    expect(phone.shown({ collection: 'patients', id: patientId })?.values.phone).toBe(expected);
    expect(conflicts()).toEqual([['resolved', decision.keep, nora]]);
  });

  it('names both stamps, so that a decision and an edit that has seen neither are decided again', async () => {
    const { run, at, conflicts, patientId, world } = await phoneNumbers();
    await world.atServer([put('patients', patientId, { phone: '9' })]);
    await run({ keep: 'lost' });
    expect(at('patients', patientId)?.phone).toBe('1');
    expect(
      conflicts()
        .map(([status]) => status)
        .sort(),
    ).toEqual(['open', 'resolved']);
  });

  it('is closed by the root for somebody who may not write conflicts', async () => {
    const { run, conflicts, nora } = await phoneNumbers();
    expect(await run({ keep: 'lost' }, {}, ['view-history'])).toBe('open');
    expect(conflicts()).toEqual([['resolved', 'lost', nora]]);
  });

  it('refuses an impossible value, another record, and what is decided already', async () => {
    const { run, vitalsId } = await phoneNumbers();
    expect(await run({ keep: 'edited', value: 7 })).toMatchObject({ kind: 'invalid', field: 'decision' });
    expect(await run({ keep: 'kept' }, { collection: 'vitals', recordId: vitalsId })).toMatchObject({
      kind: 'not-found',
      field: 'recordId',
    });
    expect(await run({ keep: 'kept' })).toBe('resolved');
    expect(await run({ keep: 'lost' })).toMatchObject({ kind: 'conflict', field: 'conflictId' });
    expect(await run({ keep: 'lost' }, { conflictId: vitalsId })).toMatchObject({ kind: 'not-found' });
  });

  it('refuses to decide about another value than the one that was looked at', async () => {
    const { run, conflictStamp } = await phoneNumbers();
    expect(await run({ keep: 'lost' }, { keptStamp: conflictStamp('lost') })).toMatchObject({ kind: 'conflict' });
    expect(await run({ keep: 'lost' }, { keptStamp: conflictStamp('kept') })).toBe('resolved');
  });

  it('corrects a fact with a reason only', async () => {
    const { run, at, vitalsId, conflicts } = await aConflict(
      (ids) => put('vitals', ids.vitalsId, { pulsePerMin: 61 }, 'misread'),
      (ids) => put('vitals', ids.vitalsId, { pulsePerMin: 62 }, 'misread'),
    );
    expect(await run({ keep: 'lost' })).toMatchObject({ kind: 'invalid', field: 'reason' });
    expect(await run({ keep: 'lost' }, { reason: 'counted again' })).toBe('resolved');
    expect(at('vitals', vitalsId)?.pulsePerMin).toBe(61);
    expect(conflicts().map(([status]) => status)).toEqual(['resolved']);
  });

  it.each([
    ['deletes again, having seen the edit', 'kept', false],
    ['restores, and the edit stands', 'lost', true],
  ] as const)('of a deletion and an edit: %s', async (_, keep, alive) => {
    const { run, at, conflicts, patientId, nora } = await aConflict(
      ({ patientId: id }) => put('patients', id, { phone: '1' }),
      ({ patientId: id }) => ({ collection: 'patients', id, kind: 'delete', fields: {}, reason: 'twice' }),
    );
    expect(await run({ keep: 'edited', value: 'x' })).toMatchObject({ kind: 'invalid', field: 'decision' });
    expect(await run({ keep })).toBe('resolved');
    const { deleted, phone } = at('patients', patientId) as { deleted: { deletedAt: string | null }; phone: string };
    expect([deleted.deletedAt === null, phone]).toEqual([alive, '1']);
    expect(conflicts()).toEqual([['resolved', keep, nora]]);
  });
});
