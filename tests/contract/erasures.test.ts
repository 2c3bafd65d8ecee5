import { describe, expect, it } from 'vitest';
import { deviceStore } from '../../db/device/device-store.ts';
import { readDraft, saveDraft } from '../../db/device/drafts.ts';
import type { Sender } from '../../lib/domain/world.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeOnce, exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { refKey } from '../../lib/replication/record.ts';
import { aVisit, put, registration } from '../scenario/edits.ts';
import { aHubFor } from '../scenario/network/a-hub-for.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { aDevice, aMemoryStore, anIndexedDbStore, type MakePhoneStore } from '../scenario/phone-stores.ts';

/** A root, a hub and a phone of one clinic; on the phone a visit, made with an edit of the patient, and corrected. */
async function aCase(make: MakePhoneStore) {
  const net = await aNetwork(7);
  const { newId, time, server } = net;
  const north = net.clinics[0]!;
  const nora = await net.aUser(server.replica, [north]);
  const clock = () => time.ms;
  const phone = await make(newId(), clock, newId);
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
  const hub = aHubFor(net, [north], sender);
  const lines = { toHub: hub.forPhone, toRoot: net.lineTo(() => server.replica, sender) };
  const catchUp = hub.toRoot;
  await catchUp();
  const [patientId, visitId] = [newId(), newId()];
  const visit = { collection: 'visits', id: visitId };
  const save = (...edits: Edit[]) => phone.commit(edits, { userId: nora, clinicId: north });
  await save(...registration(patientId, north));
  const exchange = (line: Transport) => exchangeUntilQuiet(phone.store, line, clock);
  return {
    ...{ ...lines, phone, save, exchange, catchUp, visit, server, hub, patientId, newId, clock },
    /** As when a save falls between the request and its reply. */
    givingNothing: (line: Transport) =>
      exchangeOnce(phone.store, (request) => line({ ...request, actions: [] }), clock, MAX_REPLY_BYTES),
    make: () =>
      save(aVisit(visitId, patientId, north, { reason: 'cough' }), put('patients', patientId, { village: 'Kfar' })),
    correct: () => save(put('visits', visitId, { reason: 'fever' }, 'misheard')),
    erase: (at: Parameters<typeof net.editAt>[0]) =>
      net.editAt(at, [{ ...visit, kind: 'erase', fields: {}, reason: null }], north),
    numbers: async () =>
      (await phone.outbox()).flatMap(({ action, lastSeq, chain }) => [
        lastSeq,
        chain,
        ...action.changes.map(({ id }) => id),
      ]),
    async expectNothingLeft() {
      const kept = JSON.stringify([await phone.outbox(), await phone.held(), await phone.replaced()]);
      expect(kept).not.toMatch(/cough|fever|misheard/);
      expect(kept).toContain('Kfar');
    },
    async expectEqual() {
      const scopes = net.grantsOf(server.replica, sender).scopes;
      const heads = scopes.map((scope) => server.replica.head(scope));
      expect(await phone.digests(scopes)).toEqual(
        Object.fromEntries(heads.map(({ scope, count, digest }) => [scope, { count, digest }])),
      );
    },
  };
}

describe.each([
  ['memory', aMemoryStore],
  ['IndexedDB', anIndexedDbStore],
] as const)('what was erased, on a phone on %s', (_, make) => {
  it('is taken out of what was confirmed and of what is pending, which keep their numbers', async () => {
    const {
      toRoot,
      exchange,
      givingNothing,
      make: makeVisit,
      correct,
      erase,
      server,
      numbers,
      ...rest
    } = await aCase(make);
    await makeVisit();
    await exchange(toRoot);
    await correct();
    const before = await numbers();
    await erase(server.replica);
    await givingNothing(toRoot);
    expect((await rest.phone.outbox()).map(({ state }) => state)).toEqual(['confirmed', 'confirmed', 'pending']);
    await rest.expectNothingLeft();
    expect(await numbers()).toEqual(before);
    await exchange(toRoot);
    expect((await rest.phone.outbox()).map(({ state }) => state)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    await rest.expectNothingLeft();
    await rest.expectEqual();
  });

  it('is taken out of what was refused', async () => {
    const { toRoot, exchange, make: makeVisit, erase, server, phone, ...rest } = await aCase(make);
    await makeVisit();
    await exchange(toRoot);
    await rest.save(put('visits', rest.visit.id, { reason: 'fever', status: 'nonsense' }));
    await exchange(toRoot);
    expect((await phone.outbox()).at(-1)).toMatchObject({ state: 'refused', refusal: { code: 'unknown-field' } });
    await erase(server.replica);
    await exchange(toRoot);
    expect((await phone.outbox()).at(-1)?.state).toBe('refused');
    await rest.expectNothingLeft();
  });

  it('is not written into the outbox when somebody saves it afterwards', async () => {
    const { toRoot, exchange, make: makeVisit, correct, erase, server, ...rest } = await aCase(make);
    await makeVisit();
    await exchange(toRoot);
    await erase(server.replica);
    await exchange(toRoot);
    await correct();
    await rest.expectNothingLeft();
    await exchange(toRoot);
    await rest.expectEqual();
  });

  it('stays when only this phone erased it, for that may be refused', async () => {
    const { toRoot, exchange, make: makeVisit, visit, save, phone } = await aCase(make);
    await makeVisit();
    await save({ ...visit, kind: 'erase', fields: {}, reason: null });
    expect(JSON.stringify(await phone.outbox())).toContain('cough');
    await exchange(toRoot);
    expect((await phone.outbox()).at(-1)?.state).toBe('refused');
    expect((await phone.shown(visit))?.values.reason).toBe('cough');
  });

  it('is offered emptied to a root that does not know of it yet, and the same tombstone stands everywhere after', async () => {
    const { toHub, toRoot, exchange, make: makeVisit, erase, hub, server, ...rest } = await aCase(make);
    await makeVisit();
    await exchange(toHub);
    await erase(hub.relay);
    await exchange(toHub);
    await rest.expectNothingLeft();
    await exchange(toRoot);
    const patient = server.replica.records.get(`patients/${rest.patientId}`);
    expect(patient?.values.village).toBe('Kfar');
    expect(server.replica.records.has(refKey(rest.visit))).toBe(false);
    await rest.catchUp();
    const tombstone = server.replica.records.get(refKey(rest.visit));
    expect(tombstone).toEqual(hub.relay.records.get(refKey(rest.visit)));
    expect(tombstone?.values).toMatchObject({ erased: true, patientId: rest.patientId });
    await exchange(toRoot);
    await rest.expectEqual();
    expect(JSON.stringify([server.replica.log, hub.relay.log])).not.toContain('cough');
  });
});

it('takes the drafts of what was erased with it, whoever was filling them in', async () => {
  const { toRoot, newId, clock, patientId, server, erase, exchange, make, visit } = await aCase(aMemoryStore);
  await make();
  await exchange(toRoot);
  const { database, key } = await aDevice(newId(), clock, newId);
  const store = deviceStore(database, key, () => undefined, newId);
  await exchangeUntilQuiet(store, toRoot, clock);
  const draft = { author: 'nora', savedAtMs: 1, content: { reason: 'fever' } };
  for (const id of [visit.id, patientId]) await saveDraft(database, key, { ...draft, id });
  await erase(server.replica);
  await exchangeUntilQuiet(store, toRoot, clock);
  expect(await readDraft(database, key, visit.id, 'nora')).toBeNull();
  expect(await readDraft(database, key, patientId, 'nora')).not.toBeNull();
});
