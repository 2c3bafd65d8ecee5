import { describe, expect, it } from 'vitest';
import { FLAGS } from '../../lib/access/actor.ts';
import type { Sender } from '../../lib/domain/world.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeOnce, exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { refKey } from '../../lib/replication/record.ts';
import type { Upstream } from '../../workers/upstream.ts';
import { aVisit, membership, put, registration } from '../scenario/edits.ts';
import { aHubFor } from '../scenario/network/a-hub-for.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { anUpstream } from '../scenario/network/an-upstream.ts';
import { aMemoryStore, anIndexedDbStore, type MakePhoneStore } from '../scenario/phone-stores.ts';

const LEFT_AT = '2026-11-21T09:00:00.000Z';
/** So little that a reply brings a part of what there is. */
const A_LITTLE = 1024;

/** A root, hubs of the north, and a phone of the north that knows the root and holds one patient. */
async function aCase(make: MakePhoneStore) {
  const net = await aNetwork(9);
  const { newId, time, server } = net;
  const [north, south] = net.clinics as [string, string];
  const nora = await net.aUser(server.replica, [north, south]);
  const clock = () => time.ms;
  const phone = await make(newId(), clock, newId);
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
  const aHub = () => aHubFor(net, [north], sender);
  const { upstream: root } = anUpstream(net, () => server.replica, sender);
  const patientId = newId();
  await phone.commit(registration(patientId, north), { userId: nora, clinicId: north });
  await phone.round(root);
  return {
    ...{ net, newId, time, server, north, south, nora, phone, root, aHub, patientId },
    toRoot: root.exchange as Transport,
    patient: { collection: 'patients', id: patientId },
    exchange: (line: Transport) => exchangeUntilQuiet(phone.store, line, clock),
    once: (line: Transport, maxBytes = MAX_REPLY_BYTES) => exchangeOnce(phone.store, line, clock, maxBytes),
    save: (...edits: Edit[]) => phone.commit(edits, { userId: nora, clinicId: north }),
    move: () => net.editAt(server.replica, [membership(patientId, south), membership(patientId, north, LEFT_AT)]),
    village: async () => (await phone.shown({ collection: 'patients', id: patientId }))?.values.village ?? null,
    async equalToRoot() {
      const { scopes } = net.grantsOf(server.replica, sender);
      const heads = scopes.map((scope) => [scope, server.replica.head(scope)] as const);
      expect(await phone.digests(scopes)).toEqual(
        Object.fromEntries(heads.map(([scope, { count, digest }]) => [scope, { count, digest }])),
      );
    },
  };
}

/** The upstream, with its replies altered. */
function altered(line: Transport, alter: (reply: ExchangeReply) => Partial<ExchangeReply>): Transport {
  return async (request) => {
    const reply = (await line(request)) as ExchangeReply;
    return { ...reply, ...alter(reply) };
  };
}

/** As if the page had ended before them. */
function withoutMemberships({ pages }: ExchangeReply): Partial<ExchangeReply> {
  const cut = pages.map((page) => {
    const tables = page.tables.filter(({ collection }) => collection !== 'patientClinics');
    return { ...page, tables, count: tables.reduce((sum, table) => sum + table.records.length, page.left.length) };
  });
  return { pages: cut, digests: {}, more: true };
}

describe.each([
  ['memory', aMemoryStore],
  ['IndexedDB', anIndexedDbStore],
] as const)('a phone on %s that reads a life of a feed from its beginning', (_, make) => {
  it('gets back what it let go because a hub was behind, as soon as it reads the root again', async () => {
    const { net, server, newId, north, aHub, toRoot, exchange, phone, equalToRoot } = await aCase(make);
    const behind = aHub();
    await behind.toRoot();
    const later = { collection: 'patients', id: newId() };
    await net.editAt(server.replica, registration(later.id, north), north);
    await exchange(toRoot);
    await exchange(behind.forPhone);
    await exchange(toRoot);
    expect(await phone.shown(later)).toBeDefined();
    await equalToRoot();
  });

  it('lets go of a record that it did not bring of a chart that it brought', async () => {
    const { net, server, newId, north, patientId, aHub, toRoot, exchange, phone, equalToRoot } = await aCase(make);
    const behind = aHub();
    await behind.toRoot();
    const visit = aVisit(newId(), patientId, north);
    await net.editAt(server.replica, [visit], north);
    await exchange(toRoot);
    expect(await phone.shown(visit)).toBeDefined();
    await exchange(behind.forPhone);
    expect(await phone.shown(visit)).toBeUndefined();
    await exchange(toRoot);
    expect(await phone.shown(visit)).toBeDefined();
    await equalToRoot();
  });

  it('goes on where it was when it asked another upstream in between', async () => {
    const { move, aHub, toRoot, exchange, once, phone, patient } = await aCase(make);
    await move();
    const hub = aHub();
    await hub.toRoot();
    // It is told where it is; then it reads a part.
    await once(hub.forPhone, A_LITTLE);
    expect((await once(hub.forPhone, A_LITTLE)).more).toBe(true);
    await once(
      altered(toRoot, ({ cursors }) => ({ pages: [], cursors })),
      A_LITTLE,
    );
    await exchange(hub.forPhone);
    expect(await phone.shown(patient)).toBeUndefined();
  });

  it('lets go of what was refused at its end, and never of what is unconfirmed', async () => {
    const { save, newId, north, patientId, aHub, exchange, once, phone } = await aCase(make);
    const first = aHub();
    await first.toRoot();
    await exchange(first.forPhone);
    const [kept, refused] = [aVisit(newId(), patientId, north), aVisit(newId(), patientId, north)];
    await save(kept);
    await save(refused);
    await exchange(first.forPhone);
    const { action } = (await phone.outbox()).at(-1)!;
    const refusal = { changeId: action.changes[0]!.id, key: null, code: 'forbidden' as const };
    const decided = { actionId: action.id, changeIds: action.changes.map((change) => change.id) };
    const outcome = { ...decided, result: 'refused' as const, duplicate: false, confirmed: true, refusal };
    const second = aHub();
    await second.toRoot();
    const pulling: Transport = (request) => second.forPhone({ ...request, actions: [] });
    await once(pulling);
    await once(altered(pulling, () => ({ outcomes: [outcome] })));
    expect(await phone.shown(refused)).toBeUndefined();
    expect(await phone.shown(kept)).toBeDefined();
  });
});

describe.each([
  ['memory', aMemoryStore],
  ['IndexedDB', anIndexedDbStore],
] as const)('a phone on %s that holds what the root never got', (_, make) => {
  /** A colleague's work that this phone read from a hub; then he was set back, and the hub burned. */
  async function aLoss() {
    const one = await aCase(make);
    const { net, newId, north, patientId, aHub, exchange } = one;
    const hub = aHub();
    await hub.toRoot();
    await exchange(hub.forPhone);
    const visit = aVisit(newId(), patientId, north, { reason: 'cough' });
    await net.editAt(hub.relay, [put('patients', patientId, { village: 'Kfar' }), visit], north);
    await exchange(hub.forPhone);
    expect(await one.village()).toBe('Kfar');
    return { ...one, visit, hub };
  }

  it('shows what the root has, and keeps the rest for a person', async () => {
    const { phone, root, village, visit, patient, equalToRoot } = await aLoss();
    await phone.round(root);
    expect(await village()).toBeNull();
    expect(await phone.shown(visit)).toBeUndefined();
    await equalToRoot();
    const kept = new Map((await phone.replaced()).map((record) => [refKey(record), record.values]));
    expect(kept.get(refKey(patient))?.village).toBe('Kfar');
    expect(kept.get(refKey(visit))?.reason).toBe('cough');
    const listed = (await phone.replaced()).length;
    await phone.round(root);
    expect((await phone.replaced()).length).toBe(listed);
  });

  it('keeps half a chart for a person as well, whose other half burned before it was read', async () => {
    const { net, newId, north, aHub, once, phone, root } = await aCase(make);
    const hub = aHub();
    await hub.toRoot();
    const id = newId();
    const [half, rest] = registration(id, north) as [Edit, Edit];
    await net.editAt(hub.relay, [half, rest], north);
    await once(hub.forPhone);
    await once(altered(hub.forPhone, withoutMemberships));
    expect(await phone.shown(half)).toBeDefined();
    expect(await phone.shown(rest)).toBeUndefined();
    await phone.round(root);
    expect(await phone.shown(half)).toBeUndefined();
    expect((await phone.replaced()).map(refKey)).toEqual([refKey(half)]);
  });

  it('lists nothing that it holds again', async () => {
    const { phone, root, exchange, village, visit, hub } = await aLoss();
    await phone.round(root);
    expect((await phone.replaced()).length).toBeGreaterThan(0);
    await exchange(hub.forPhone);
    expect(await village()).toBe('Kfar');
    expect(await phone.shown(visit)).toBeDefined();
    expect(await phone.replaced()).toEqual([]);
  });

  it('keeps nothing of a patient who left since', async () => {
    const { phone, root, move, toRoot, exchange } = await aLoss();
    await phone.round(root);
    expect((await phone.replaced()).length).toBeGreaterThan(0);
    await move();
    await exchange(toRoot);
    expect(await phone.replaced()).toEqual([]);
  });

  it('keeps nothing that its users may hold no more', async () => {
    const { phone, root, net, server, nora, north, toRoot, exchange } = await aLoss();
    await phone.round(root);
    expect((await phone.replaced()).length).toBeGreaterThan(0);
    await net.grant(server.replica, nora, north, Object.fromEntries(FLAGS.map((flag) => [flag, false])));
    await exchange(toRoot);
    expect(await phone.replaced()).toEqual([]);
  });

  it('goes on keeping it when another patient leaves', async () => {
    const { phone, root, net, server, newId, north, south, toRoot, exchange } = await aLoss();
    const other = newId();
    await net.editAt(server.replica, registration(other, north), north);
    await phone.round(root);
    const kept = (await phone.replaced()).length;
    await net.editAt(server.replica, [membership(other, south), membership(other, north, LEFT_AT)]);
    await exchange(toRoot);
    expect(await phone.shown({ collection: 'patients', id: other })).toBeUndefined();
    expect((await phone.replaced()).length).toBe(kept);
  });

  it('shows its own unconfirmed work over what the root has', async () => {
    const { phone, root, save, patientId, village, hub, exchange } = await aLoss();
    await save(put('patients', patientId, { village: 'Saida' }));
    await exchange(hub.forPhone);
    await phone.round(root);
    await phone.round(root);
    expect(await village()).toBe('Saida');
  });

  it('replaces nothing while the root recovers: then it is the root that has lost it', async () => {
    const { phone, root, village } = await aLoss();
    const recovering: Upstream = {
      ...root,
      exchange: altered(root.exchange as Transport, () => ({ recovering: true })) as Upstream['exchange'],
      witness: async () => ({ recovering: false, wanted: [], gone: [] }),
    };
    await phone.round(recovering);
    expect(await village()).toBe('Kfar');
    expect(await phone.replaced()).toEqual([]);
  });

  it('stops replacing when the root recovers meanwhile', async () => {
    const { phone, root, village } = await aLoss();
    const line = root.exchange as Transport;
    let isAnew = false;
    const failing: Transport = async (request) => {
      // The repair reads everything anew: it begins, and then the root is restored.
      isAnew ||= Object.keys(request.cursors).length === 0 && request.epoch !== null;
      return isAnew ? altered(line, () => ({ recovering: true }))(request) : line(request);
    };
    await phone.round({ ...root, exchange: failing as Upstream['exchange'] });
    expect(isAnew).toBe(true);
    expect(await village()).toBe('Kfar');
    expect(await phone.replaced()).toEqual([]);
  });
});
