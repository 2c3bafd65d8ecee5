import { describe, expect, it } from 'vitest';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { Json } from '../../lib/replication/json.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { aSimulatedWorld, type SimulatedPhone } from '../scenario/simulated-world.ts';

/** Two phones of one clinic that both hold a patient; then the second phone's clock jumps by `skewMs`. */
async function twoPhones(skewMs = 0) {
  const clock = { skewMs: 0 };
  const world = aSimulatedWorld(23);
  const north = await world.aClinic('North');
  const flags = ['register-patients', 'view-history', 'edit-records', 'delete-patients', 'delete-records'] as const;
  const nora = await world.aUser('provider', [north], flags);
  const one = world.aPhone(nora, [north]);
  const two = world.aPhone(nora, [north], () => world.time.ms + clock.skewMs);
  const patientId = world.newId();
  const patient = { collection: 'patients', id: patientId };
  const save = ({ phone }: SimulatedPhone, ...edits: Edit[]) => {
    world.time.ms += 1000;
    expect(phone.commit(edits, { userId: nora, clinicId: north })).not.toBeNull();
  };
  const edit = (phone: SimulatedPhone, fields: Record<string, Json>) => save(phone, put('patients', patientId, fields));
  const remove = (phone: SimulatedPhone, kind: 'delete' | 'restore') =>
    save(phone, { ...patient, kind, fields: {}, reason: 'entered in error' });
  /** Both send and read in this order, then read again what the other sent. */
  const meet = async (...order: SimulatedPhone[]) => {
    for (const phone of [...order, ...order]) await phone.exchange();
  };
  /** The record that all three hold, key by key and stamp by stamp. */
  const agreed = (ref = patient) => {
    const held = world.server.records.get(`${ref.collection}/${ref.id}`);
    for (const { phone } of [one, two]) expect(phone.shown(ref)).toEqual(held);
    for (const { phone } of [one, two]) {
      expect(phone.state.outbox.map(({ state }) => state).filter((state) => state !== 'confirmed')).toEqual([]);
    }
    return held;
  };
  save(one, ...registration(patientId, north, { phone: '1', village: 'Saida' }));
  await meet(one, two);
  clock.skewMs = skewMs;
  return { clock, world, north, nora, one, two, patientId, patient, save, edit, remove, meet, agreed };
}

describe('different fields edited on two devices in either order', () => {
  it.each([
    ['the first sends first', 0],
    ['the second sends first', 1],
  ])('%s: both edits stand, everywhere', async (_, first) => {
    const { one, two, edit, meet, agreed } = await twoPhones();
    edit(one, { phone: '22' });
    edit(two, { village: 'Tyre', birth: { birthDate: '1990', birthDateEstimated: true } });
    await meet(...(first === 0 ? [one, two] : [two, one]));
    expect(agreed()?.values).toMatchObject({ phone: '22', village: 'Tyre', birth: { birthDate: '1990' } });
  });
});

describe("a slow clock's correction of a value it has seen", () => {
  it.each([
    ['an hour behind', -3_600_000],
    ['a day behind', -86_400_000],
    ['back in 1970', -Date.UTC(2026, 10, 21)],
  ])('wins over it, though the clock is %s', async (_, skewMs) => {
    const { clock, one, two, edit, meet, agreed } = await twoPhones(skewMs);
    edit(one, { phone: '22' });
    await one.exchange();
    // Its clock is measured at this exchange, and jumps again at once.
    await two.exchange();
    clock.skewMs = 2 * skewMs;
    edit(two, { phone: '333' });
    await meet(two, one);
    expect(agreed()?.values.phone).toBe('333');
  });

  it('wins before its next contact with anyone whose clock is right, too', async () => {
    const { one, two, edit, meet, agreed } = await twoPhones(-86_400_000);
    edit(two, { phone: '4' });
    edit(two, { phone: '55' });
    await meet(two, one);
    expect(agreed()?.values.phone).toBe('55');
  });
});

describe('false and 0 stored', () => {
  it('are values like any other, told from what was not asked and from what was cleared', async () => {
    const { world, north, nora, one, two, patientId, save, edit, meet, agreed } = await twoPhones();
    const id = world.newId();
    const measured = { oedema: false, painScore: 0, weightKg: 60 };
    save(one, someVitals(id, patientId, north, nora, measured));
    edit(one, { 'attributes.smokes': false, 'attributes.children': 0, 'attributes.none': '' });
    await meet(one, two);
    save(two, put('vitals', id, { weightKg: null }, 'wrong patient on the scale'));
    await meet(two, one);
    const vitals = agreed({ collection: 'vitals', id })!;
    expect(vitals.values).toMatchObject({ oedema: false, painScore: 0, weightKg: null });
    expect('onOxygen' in vitals.stamps).toBe(false);
    expect(agreed()?.values).toMatchObject({ 'attributes.smokes': false, 'attributes.children': 0 });
  });
});

describe('a child without a parent', () => {
  it('is kept, shown to nobody until its patient comes, and then in his chart everywhere', async () => {
    const { world, north, one, two, save, meet, agreed } = await twoPhones();
    const [patientId, visitId] = [world.newId(), world.newId()];
    const visit = { collection: 'visits', id: visitId };
    save(one, aVisit(visitId, patientId, north));
    await meet(one, two);
    expect(world.server.records.get(`visits/${visitId}`)).toBeDefined();
    expect(two.phone.shown(visit)).toBeUndefined();
    save(two, ...registration(patientId, north));
    await meet(two, one);
    expect(agreed(visit)?.values.patientId).toBe(patientId);
  });
});

describe('a delete then an edit', () => {
  it.each([
    ['the deletion is sent first', 0],
    ['the edit is sent first', 1],
  ])('of a phone that had not heard of it, %s: deleted everywhere, nothing of the edit lost', async (_, first) => {
    const { one, two, edit, remove, meet, agreed } = await twoPhones();
    remove(one, 'delete');
    edit(two, { phone: '22' });
    await meet(...(first === 0 ? [one, two] : [two, one]));
    const deleted = agreed();
    expect(deleted?.values.deleted).toMatchObject({ deletedReason: 'entered in error' });
    expect(deleted?.values.phone).toBe('22');
    remove(two, 'restore');
    await meet(two, one);
    expect(agreed()?.values).toMatchObject({ deleted: { deletedAt: null }, phone: '22', village: 'Saida' });
  });
});

describe('an edit of what was refused', () => {
  it('is refused, too, and stays on the phone with its content', async () => {
    const { world, north, one, save, meet } = await twoPhones();
    const patientId = world.newId();
    save(one, ...registration(patientId, north, { sex: 'unsure' }));
    save(one, put('patients', patientId, { phone: '77' }));
    await meet(one);
    const states = one.phone.state.outbox.slice(-2);
    expect(states.map(({ state }) => state)).toEqual(['refused', 'refused']);
    expect(states[1]!.action.changes[0]!.fields).toEqual({ phone: '77' });
    expect(world.server.records.get(`patients/${patientId}`)).toBeUndefined();
  });
});
