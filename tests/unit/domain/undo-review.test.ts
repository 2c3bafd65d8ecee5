import { describe, expect, it } from 'vitest';
import type { Flag } from '../../../lib/access/actor.ts';
import { resolveConflict } from '../../../lib/domain/conflict/resolve-conflict.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import { isDeleted, refKey } from '../../../lib/replication/record.ts';
import { aVisit, put, registration, someVitals } from '../../scenario/edits.ts';
import { aSimulatedWorld } from '../../scenario/simulated-world.ts';

type Input = Parameters<typeof resolveConflict.decide>[0];

/** A hub that applied what the root would refuse: Nora may only look, and Cara administers the clinic. */
async function aHubsClinic() {
  const world = aSimulatedWorld(77);
  const { server, newId, time } = world;
  const clinicId = await world.aClinic('North');
  const nora = await world.aUser('provider', [clinicId], ['view-history']);
  const cara = await world.aUser('provider', [clinicId], ['clinic-admin']);
  const { phone, exchange } = world.aPhone(nora, [clinicId]);
  const [patientId, vitalsId] = [newId(), newId()];
  await world.atServer(registration(patientId, clinicId, { phone: '0', village: 'Zahle' }));
  await world.atServer([someVitals(vitalsId, patientId, clinicId, cara, { pulsePerMin: 60 })]);
  const later = () => {
    time.ms += 1000;
  };
  /** Nora's edits, as her hub hands them in with its verdict. Returns the reviews that the root opened of them. */
  async function applied(...edits: Edit[]) {
    await exchange();
    later();
    phone.commit(edits, { userId: nora, clinicId });
    const { action } = phone.state.outbox.at(-1)!;
    const hub = world.worldFor({ kind: 'hub', clinicIds: [clinicId] });
    const judged = [{ actionId: action.id, result: 'applied' as const, refusal: null }];
    const [outcome] = await server.accept([action], judged, hub);
    expect(outcome?.result).toBe('applied');
    return action.changes.map(({ stamp }) => {
      const review = all('conflicts').find(({ values }) => (values.kept as { stamp: string }).stamp === stamp);
      expect(review?.values).toMatchObject({ kind: 'review', status: 'open' });
      return review!;
    });
  }
  const all = (collection: string) => [...server.records.values()].filter((one) => one.collection === collection);
  const at = (collection: string, id: string) => server.records.get(refKey({ collection, id }))!;
  /** A refusal, or null when it was applied. */
  async function decide(
    review: { id: string; values: Record<string, unknown> | object },
    keep: Input['decision'],
    { reason = null, userId = cara, flags = ['clinic-admin'] as Flag[] } = {} as {
      reason?: string | null;
      userId?: string;
      flags?: Flag[];
    },
  ) {
    later();
    const { collection, recordId } = review.values as { collection: string; recordId: string };
    const input = resolveConflict.input.parse({
      ...{ conflictId: review.id, collection, recordId },
      ...{ decision: keep, reason },
    });
    const actor = { userId, role: 'provider' as const, active: true, flags: { [clinicId]: flags } };
    const day = { now: new Date(time.ms).toISOString(), today: '2026-11-21', timeZone: 'Asia/Beirut' };
    const read = (ref: { collection: string; id: string }) => server.records.get(refKey(ref));
    const decided = resolveConflict.decide(input, { actor, clinicId, ...day, newId, read });
    if (!decided.ok) return decided.refusal;
    await world.atServer([...decided.edits], clinicId, userId);
    return null;
  }
  const states = () =>
    all('conflicts')
      .map(({ values }) => [values.kind, values.status, values.resolution ?? null].join(' '))
      .sort();
  return { world, clinicId, nora, cara, patientId, vitalsId, applied, at, decide, states, later, newId };
}

describe('a review that is left', () => {
  it('writes its status and nothing else', async () => {
    const { applied, at, decide, states, patientId, cara } = await aHubsClinic();
    const [review] = await applied(put('patients', patientId, { phone: '7' }));
    const before = at('patients', patientId);
    expect(await decide(review!, { keep: 'kept' })).toBeNull();
    expect(at('patients', patientId)).toEqual(before);
    expect(at('conflicts', review!.id).values).toMatchObject({ resolvedBy: cara, resolution: 'kept' });
    expect(states()).toEqual(['review resolved kept']);
  });
});

describe('a review that is undone', () => {
  it('writes back what stood, a cleared key and an empty group too', async () => {
    const { applied, at, decide, states, patientId } = await aHubsClinic();
    const guardian = { guardianName: 'Rana', guardianPhone: null, guardianRelation: null };
    const [review] = await applied(put('patients', patientId, { phone: '7', otherNames: 'Um Ali', guardian }));
    expect(await decide(review!, { keep: 'lost' })).toBeNull();
    const { values } = at('patients', patientId);
    expect([values.phone, values.otherNames, values.village]).toEqual(['0', null, 'Zahle']);
    expect(values.guardian).toEqual({ guardianName: null, guardianPhone: null, guardianRelation: null });
    expect(states()).toEqual(['review resolved lost']);
  });

  it('leaves alone what somebody has written since, and is refused when that is everything', async () => {
    const { applied, at, decide, states, patientId, world, later } = await aHubsClinic();
    const [review] = await applied(put('patients', patientId, { phone: '7', village: 'Saida' }));
    later();
    await world.atServer([put('patients', patientId, { phone: '8' })]);
    expect(await decide(review!, { keep: 'lost' })).toBeNull();
    expect(at('patients', patientId).values).toMatchObject({ phone: '8', village: 'Zahle' });
    const [second] = await applied(put('patients', patientId, { phone: '9' }));
    later();
    await world.atServer([put('patients', patientId, { phone: '10' })]);
    expect(await decide(second!, { keep: 'lost' })).toMatchObject({ kind: 'invalid', field: 'decision' });
    expect(await decide(second!, { keep: 'kept' })).toBeNull();
    expect(states()).toEqual(['review resolved kept', 'review resolved lost']);
  });

  it('corrects a fact with a reason only', async () => {
    const { applied, at, decide, vitalsId } = await aHubsClinic();
    const [review] = await applied(put('vitals', vitalsId, { pulsePerMin: 200 }, 'misread'));
    expect(await decide(review!, { keep: 'lost' })).toMatchObject({ kind: 'invalid', field: 'reason' });
    expect(await decide(review!, { keep: 'lost' }, { reason: 'was 60' })).toBeNull();
    expect(at('vitals', vitalsId).values.pulsePerMin).toBe(60);
  });

  it.each(['delete', 'restore'] as const)('turns a %s round, unless somebody did so already', async (kind) => {
    const { applied, at, decide, vitalsId, world, later } = await aHubsClinic();
    const turn = (of: 'delete' | 'restore'): Edit => ({
      ...{ collection: 'vitals', id: vitalsId, fields: {} },
      ...{ kind: of, reason: 'because' },
    });
    if (kind === 'restore') await world.atServer([turn('delete')]);
    const [review] = await applied(turn(kind));
    expect(isDeleted(at('vitals', vitalsId))).toBe(kind === 'delete');
    if (kind === 'restore')
      expect(await decide(review!, { keep: 'lost' })).toMatchObject({ kind: 'invalid', field: 'reason' });
    expect(await decide(review!, { keep: 'lost' }, { reason: 'not so' })).toBeNull();
    expect(isDeleted(at('vitals', vitalsId))).toBe(kind === 'restore');
    const [again] = await applied(turn(kind));
    later();
    await world.atServer([turn(kind === 'delete' ? 'restore' : 'delete')]);
    expect(await decide(again!, { keep: 'lost' }, { reason: 'not so' })).toMatchObject({ field: 'decision' });
  });

  it('deletes a record that the change made, with a reason; what others wrote to it since waits for a decision', async () => {
    const { applied, at, decide, states, patientId, clinicId, newId, world, later } = await aHubsClinic();
    const [plain, edited] = [newId(), newId()];
    const [first, second] = await applied(
      aVisit(plain, patientId, clinicId),
      aVisit(edited, patientId, clinicId, { reason: 'fever' }),
    );
    later();
    await world.atServer([put('visits', edited, { reason: 'cough' })]);
    expect(await decide(first!, { keep: 'lost' })).toMatchObject({ kind: 'invalid', field: 'reason' });
    expect(await decide(first!, { keep: 'lost' }, { reason: 'never happened' })).toBeNull();
    expect(isDeleted(at('visits', plain))).toBe(true);
    expect(states()).toEqual(['review open ', 'review resolved lost']);
    expect(await decide(second!, { keep: 'lost' }, { reason: 'never happened' })).toBeNull();
    expect(isDeleted(at('visits', edited))).toBe(true);
    expect(states()).toEqual(['edit-and-delete open ', 'review resolved lost', 'review resolved lost']);
  });

  it('is no third value, and nobody’s who does not administer the clinic', async () => {
    const { applied, decide, states, patientId, nora, world } = await aHubsClinic();
    const [review] = await applied(put('patients', patientId, { phone: '7' }));
    expect(await decide(review!, { keep: 'edited', value: 'x' })).toMatchObject({ field: 'decision' });
    const all: Flag[] = ['edit-records', 'delete-records', 'delete-patients', 'register-patients'];
    for (const keep of ['kept', 'lost'] as const)
      expect(await decide(review!, { keep }, { userId: nora, flags: all })).toMatchObject({ kind: 'forbidden' });
    await world.grant(nora, String(review!.values.clinicId), { 'edit-records': true });
    const close = put('conflicts', review!.id, { status: 'resolved' });
    await expect(world.atServer([close], String(review!.values.clinicId), nora)).rejects.toThrow('forbidden');
    expect(states()).toEqual(['review open ']);
  });
});
