import { describe, expect, it } from 'vitest';
import { viewId } from '../../lib/domain/view/view.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { refKey } from '../../lib/replication/record.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { aMemoryStore, anIndexedDbStore, type MakePhoneStore } from '../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../scenario/simulated-world.ts';

const ENDED = '2026-11-21T09:00:00.000Z';

/** A patient of South with a visit and vitals, and a phone in each of two clinics. */
async function aCase(make: MakePhoneStore) {
  const world = aSimulatedWorld(17);
  const { newId, time, server } = world;
  const [north, south] = [await world.aClinic('North'), await world.aClinic('South')];
  const [nora, sami] = [await world.aUser('provider', [north]), await world.aUser('provider', [south])];
  const aPhone = async (userId: string, clinicId: string) => {
    const phone = await make(newId(), () => time.ms, newId);
    const connected = world.connect(phone.store, userId, [clinicId], () => time.ms);
    await connected.exchange();
    return { ...phone, ...connected, save: (...edits: Edit[]) => phone.commit(edits, { userId, clinicId }) };
  };
  const [phoneN, phoneS] = [await aPhone(nora, north), await aPhone(sami, south)];
  const [patientId, visitId, vitalsId] = [newId(), newId(), newId()];
  await phoneS.save(
    ...registration(patientId, south),
    aVisit(visitId, patientId, south),
    someVitals(vitalsId, patientId, south, sami, { weightKg: 61 }),
  );
  await phoneS.exchange();
  await phoneN.exchange();
  const refs = [`patients/${patientId}`, `visits/${visitId}`, `vitals/${vitalsId}`];
  const heldOn = async (phone: typeof phoneN) => (await phone.held()).map(({ shown }) => refKey(shown));
  const equal = async (phone: typeof phoneN) => {
    const { scopes } = await phone.grants();
    const heads = scopes.map((scope) => [
      scope,
      { count: server.head(scope).count, digest: server.head(scope).digest },
    ]);
    expect(await phone.digests(scopes)).toEqual(Object.fromEntries(heads));
  };
  const grantId = newId();
  const opening = put('accessGrants', grantId, {
    ...{ patientId, clinicId: north, userId: nora, reason: 'Unconscious', endedAt: null },
    ...{ from: new Date(time.ms).toISOString(), until: new Date(time.ms + 12 * 3_600_000).toISOString() },
  });
  const end = () => put('accessGrants', grantId, { endedAt: ENDED });
  const view = { patientId, clinicId: south, userId: sami, screen: 'chart', at: ENDED, grantId: null };
  const look = put('views', viewId(view)!, view);
  return {
    ...{ world, server, north, south, nora, sami, phoneN, phoneS, aPhone, patientId, refs },
    heldOn,
    equal,
    opening,
    end,
    look,
  };
}

describe.each([
  ['memory', aMemoryStore],
  ['IndexedDB', anIndexedDbStore],
] as const)('a phone on %s', (_, make) => {
  it('holds a chart while an opening of its clinic lasts, whole, and nothing of it afterwards', async () => {
    const { phoneN, phoneS, opening, end, refs, heldOn, equal } = await aCase(make);
    expect((await heldOn(phoneN)).filter((one) => refs.includes(one))).toEqual([]);
    await phoneN.save(opening);
    await phoneN.exchange();
    expect(await heldOn(phoneN)).toEqual(expect.arrayContaining([...refs, refKey(opening)]));
    await equal(phoneN);
    await phoneN.save(end());
    await phoneN.exchange();
    expect((await heldOn(phoneN)).filter((one) => [...refs, refKey(opening)].includes(one))).toEqual([]);
    await equal(phoneN);
    await phoneS.exchange();
    expect(await heldOn(phoneS)).toEqual(expect.arrayContaining(refs));
    await equal(phoneS);
  });

  it('lets a chart go that the server ended, after its own work in it has arrived', async () => {
    const { world, server, phoneN, opening, end, patientId, north, nora, refs, heldOn, equal } = await aCase(make);
    await phoneN.save(opening);
    await phoneN.exchange();
    const visit = aVisit(world.newId(), patientId, north, { reason: 'unconscious', providerId: nora });
    await phoneN.save(visit);
    await world.atServer([end()]);
    await phoneN.exchange();
    await phoneN.exchange();
    expect(server.records.get(refKey(visit))?.values.reason).toBe('unconscious');
    expect((await heldOn(phoneN)).filter((one) => [...refs, refKey(visit)].includes(one))).toEqual([]);
    await equal(phoneN);
  });

  it('sends that somebody looked, and keeps nothing of it', async () => {
    const { server, phoneS, look, heldOn, equal } = await aCase(make);
    await phoneS.save(look);
    expect(await heldOn(phoneS)).toContain(refKey(look));
    await phoneS.exchange();
    await phoneS.exchange();
    expect(server.records.get(refKey(look))?.values.screen).toBe('chart');
    expect(await heldOn(phoneS)).not.toContain(refKey(look));
    await equal(phoneS);
  });

  it('tells of a look that another phone has told of: nothing for anybody to see to', async () => {
    const { phoneS, aPhone, sami, south, look } = await aCase(make);
    const second = await aPhone(sami, south);
    for (const phone of [phoneS, second]) {
      await phone.save(look);
      await phone.exchange();
      expect((await phone.outbox()).filter(({ state }) => state !== 'confirmed')).toEqual([]);
    }
  });
});
