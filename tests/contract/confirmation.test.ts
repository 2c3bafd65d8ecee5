import { describe, expect, it } from 'vitest';
import type { MemoryFeedReplica } from '../../db/memory/memory-feed-replica.ts';
import type { Actor } from '../../lib/access/actor.ts';
import type { Sender } from '../../lib/domain/world.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { RETENTION_MS } from '../../lib/replication/confirmation.ts';
import { exchangeOnce, exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { refKey } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration } from '../scenario/edits.ts';
import { aHubFor } from '../scenario/network/a-hub-for.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { aMemoryStore, anIndexedDbStore, type MakePhoneStore } from '../scenario/phone-stores.ts';

// More than 300 lines: one suite, in one file, so that no store can leave out a part of it.

const LEFT_AT = '2026-11-21T09:00:00.000Z';
const AN_OLDER_LIFE = '01000000-0000-7000-8000-000000000000';
const EVERYTHING = { maxChanges: 200, maxBytes: 1e6 };

/** A root, a hub of the north, and a phone of the north that can reach both. */
async function aCase(make: MakePhoneStore) {
  const net = await aNetwork(7);
  const { newId, time, server } = net;
  const [north, south] = net.clinics as [string, string];
  const nora = await net.aUser(server.replica, [north, south]);
  const clock = () => time.ms;
  const [deviceId, patientId] = [newId(), newId()];
  const phone = await make(deviceId, clock, newId);
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
  const aHub = () => aHubFor(net, [north], sender);
  const hub = aHub();
  await hub.toRoot();
  const toRoot = net.lineTo(() => server.replica, sender);
  const once = (line: Transport, again = false) => exchangeOnce(phone.store, line, clock, MAX_REPLY_BYTES, again);
  return {
    ...{ net, newId, time, server, north, south, nora, phone, deviceId, patientId, hub, aHub, toRoot, sender, once },
    patient: { collection: 'patients', id: patientId },
    exchange: (line: Transport) => exchangeUntilQuiet(phone.store, line, clock),
    save: (...edits: Edit[]) => phone.commit(edits, { userId: nora, clinicId: north }),
    register: (id = patientId) =>
      phone.commit(registration(id, north), { userId: nora, clinicId: north }) as Promise<string>,
    states: async () => (await phone.outbox()).map((entry) => entry.state),
    outgoing: (again = false) => phone.store.readOutgoing({ ...EVERYTHING, again }),
    /** A root restored from a backup: it knows the first of the changes only, and lives anew. */
    async restoreRoot(changes: number) {
      time.ms += 1000;
      const restored: MemoryFeedReplica<Actor> = net.aRoot();
      const kept = server.replica.log.slice(0, changes).map(({ change }) => change);
      for (const id of new Set(kept.map((change) => change.actionId)))
        await restored.accept([{ id, changes: kept.filter((change) => change.actionId === id) }]);
      server.replica = restored;
    },
  };
}

/** The line, with its replies altered. */
function altered(line: Transport, alter: (reply: ExchangeReply) => Partial<ExchangeReply>): Transport {
  return async (request) => {
    const reply = (await line(request)) as ExchangeReply;
    return { ...reply, ...alter(reply) };
  };
}

/** The line, cut after the upstream has heard. */
function withoutReply(line: Transport): Transport {
  return async (request) => {
    await line(request);
    throw new TypeError('cut');
  };
}

/** The line, with nothing given: as when a save falls between the request and its reply. */
function givingNothing(line: Transport): Transport {
  return (request) => line({ ...request, actions: [] });
}

/** The line, with work in a collection that no upstream knows yet. */
function asOfANewerVersion(line: Transport): Transport {
  return (request) => {
    const actions = request.actions.map(({ id, changes }) => ({
      id,
      changes: changes.map((change) => ({ ...change, collection: 'spaceships', schema: 99 })),
    }));
    return line({ ...request, actions });
  };
}

describe.each([
  ['memory', aMemoryStore],
  ['IndexedDB', anIndexedDbStore],
] as const)('what a phone on %s believes of its work', (_, make) => {
  it('is received at a hub, and confirmed when the hub passes down the watermark of the root', async () => {
    const { hub, exchange, register, states, phone } = await aCase(make);
    await register();
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['received']);
    expect((await phone.outbox())[0]?.receivedBy).toBe(hub.relay.who.epoch);
    await hub.toRoot();
    await exchange(altered(hub.forPhone, () => ({ outcomes: [] })));
    expect(await states()).toEqual(['confirmed']);
  });

  it('is not settled by a watermark with another chain at that number', async () => {
    const { hub, exchange, register, states, deviceId } = await aCase(make);
    await register();
    await exchange(hub.forPhone);
    await hub.toRoot();
    const anotherChain = altered(hub.forPhone, ({ origins }) => {
      const mine = origins[deviceId]!;
      return { origins: { [deviceId]: { ...mine, confirmed: { seq: mine.received.seq, chain: 'another' } } } };
    });
    await exchange(anotherChain);
    expect(await states()).toEqual(['received']);
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed']);
  });

  it('is not settled by a watermark below its last change', async () => {
    const { hub, exchange, register, save, states, patientId } = await aCase(make);
    await register();
    await exchange(hub.forPhone);
    await hub.toRoot();
    await save(put('patients', patientId, { phone: '0700' }));
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed', 'received']);
  });

  describe.each([
    ['numbers beyond its own', (seq: number) => ({ seq: seq + 5, chain: 'another' })],
    ['other changes under its numbers', (seq: number) => ({ seq, chain: 'another' })],
  ])('an upstream knows %s', (_what, mark) => {
    async function aFork() {
      const one = await aCase(make);
      await one.register();
      await one.exchange(one.hub.forPhone);
      await one.save(put('patients', one.patientId, { phone: '0700' }));
      const made = (await one.phone.outbox()).map((entry) => entry.action);
      const seq = await one.phone.originSeq();
      const forking = altered(givingNothing(one.hub.forPhone), () => ({
        origins: { [one.deviceId]: { received: mark(seq), confirmed: mark(seq) } },
      }));
      await one.once(forking);
      return { ...one, made, forking };
    }

    it('then it numbers on as another replica and offers everything unconfirmed again, unaltered', async () => {
      const { made, outgoing, save, states, patientId, phone, deviceId } = await aFork();
      expect(await states()).toEqual(['pending', 'pending']);
      const { replicaId, origins, actions } = await outgoing();
      expect(replicaId).not.toBe(deviceId);
      // The former one is asked about as well: its work may still be decided otherwise.
      expect(origins).toEqual({ [replicaId]: { seq: 0, chain: '' }, [deviceId]: { seq: 0, chain: '' } });
      expect(actions).toEqual(made);
      await save(put('patients', patientId, { village: 'Kfar' }));
      const { action } = (await phone.outbox()).at(-1)!;
      expect(action.changes.map(({ origin, originSeq }) => [origin, originSeq])).toEqual([[replicaId, 1]]);
    });

    it('then the old numbers settle nothing: only an outcome does, which is asked for again', async () => {
      const { forking, hub, once, exchange, outgoing, made, states } = await aFork();
      await once(forking);
      expect(await states()).toEqual(['pending', 'pending']);
      await exchange(hub.forPhone);
      expect(await states()).toEqual(['received', 'received']);
      await hub.toRoot();
      expect((await outgoing()).actions).toEqual([]);
      expect((await outgoing(true)).actions).toEqual(made);
      await exchange(hub.forPhone);
      expect(await states()).toEqual(['confirmed', 'confirmed']);
    });
  });

  it('offers what a hub received to the hub that replaces it, and what is confirmed to nobody', async () => {
    const { hub, aHub, exchange, register, save, states, patientId } = await aCase(make);
    const confirmed = await register();
    await exchange(hub.forPhone);
    await hub.toRoot();
    await exchange(hub.forPhone);
    const received = await save(put('patients', patientId, { phone: '0700' }));
    await exchange(hub.forPhone);
    const other = aHub();
    await other.toRoot();
    const given: string[] = [];
    await exchange(async (request) => {
      given.push(...request.actions.map((action) => action.id));
      return other.forPhone(request);
    });
    expect(given).toEqual([received]);
    expect(given).not.toContain(confirmed);
    expect(await states()).toEqual(['confirmed', 'received']);
  });

  it('is judged with what came before it, where only a hub has that', async () => {
    const { server, hub, toRoot, exchange, register, save, states, patientId } = await aCase(make);
    await register();
    await exchange(hub.forPhone);
    await save(put('patients', patientId, { phone: '0700' }));
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed', 'confirmed']);
    expect(server.replica.records.get(refKey({ collection: 'patients', id: patientId }))?.values.phone).toBe('0700');
  });

  it('is offered in its order, whichever of two hubs has which part of it', async () => {
    const { aHub, hub, toRoot, once, exchange, register, save, patientId, phone } = await aCase(make);
    const made = await register();
    for (const village of ['Kfar', 'Saida', 'Tyre']) await save(put('patients', patientId, { village }));
    const other = aHub();
    await other.toRoot();
    const hubs = [hub, other].sort((left, right) => (left.relay.who.epoch < right.relay.who.epoch ? -1 : 1));
    const [all, some] = hubs.map(({ forPhone }) => forPhone) as [Transport, Transport];
    const onlyTheFirst: Transport = (request) => some({ ...request, actions: request.actions.slice(0, 1) });
    await exchange(all);
    await once(some);
    await once(onlyTheFirst);
    await once(givingNothing(toRoot));
    const { actions } = await phone.store.readOutgoing({ ...EVERYTHING, maxChanges: 2 });
    expect(actions.map(({ id }) => id)).toEqual([made]);
  });

  it('is passed on unjudged by a hub that does not have the record yet', async () => {
    const { server, hub, toRoot, exchange, register, save, states, patient } = await aCase(make);
    await register();
    await exchange(toRoot);
    await save(put('patients', patient.id, { phone: '0700' }));
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed', 'received']);
    expect(hub.relay.records.has(refKey(patient))).toBe(false);
    await hub.toRoot();
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed', 'confirmed']);
    expect(server.replica.records.get(refKey(patient))?.values.phone).toBe('0700');
    expect(hub.relay.records.get(refKey(patient))?.values.phone).toBe('0700');
  });

  it('is not confirmed by the watermark of a hub that could not judge it: the root may have refused it', async () => {
    const { hub, newId, time, toRoot, exchange, once, register, save, states } = await aCase(make);
    await register();
    await exchange(hub.forPhone);
    const elsewhere = newId();
    await register(elsewhere);
    await exchange(toRoot);
    await save(put('patients', elsewhere, { sex: 'nonsense' }));
    await expect(once(withoutReply(toRoot))).rejects.toThrow('cut');
    // The hub hears how far the root is, and no rows yet.
    const withoutRows: Transport = (request) =>
      altered(hub.line, () => ({ pages: [], cursors: request.cursors, digests: {}, more: true }))(request);
    await exchangeOnce(hub.relay, withoutRows, () => time.ms, MAX_REPLY_BYTES);
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed', 'confirmed', 'received']);
    await hub.toRoot();
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed', 'confirmed', 'refused']);
  });

  it('is confirmed where the root cannot judge it either: it is kept there for a newer version', async () => {
    const { hub, exchange, register, states } = await aCase(make);
    await register();
    await exchange(asOfANewerVersion(hub.forPhone));
    await hub.toRoot();
    expect(hub.relay.log.at(-1)?.outcome).toMatchObject({ result: 'held', confirmed: true });
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed']);
  });

  it('waits for an upstream that takes what it follows: the making of the record in another clinic', async () => {
    const { net, hub, nora, north, south, phone, exchange, states, patientId, save } = await aCase(make);
    await net.grant(net.server.replica, nora, south, { 'register-patients': true });
    const sender: Sender = { kind: 'device', clinicIds: [north, south], signedIn: [nora] };
    const toHub = net.lineTo(() => hub.relay, sender);
    await phone.commit(registration(patientId, south), { userId: nora, clinicId: south });
    await save(put('patients', patientId, { phone: '0700' }));
    await exchange(toHub);
    expect(await states()).toEqual(['pending', 'pending']);
    await exchange(net.lineTo(() => net.server.replica, sender));
    expect(await states()).toEqual(['confirmed', 'confirmed']);
  });

  it('forgets what a root confirmed that was restored since, and gives it again', async () => {
    const { server, toRoot, exchange, once, register, restoreRoot, states, patient } = await aCase(make);
    const before = server.replica.log.length;
    await register();
    await exchange(toRoot);
    await restoreRoot(before);
    expect(server.replica.records.has(refKey(patient))).toBe(false);
    await once(toRoot);
    expect(await states()).toEqual(['pending']);
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed']);
    expect(server.replica.records.has(refKey(patient))).toBe(true);
  });

  it('gives a hub that tells of a new life of the root all of it again in the same round', async () => {
    const { hub, server, exchange, register, restoreRoot, states } = await aCase(make);
    const before = server.replica.log.length;
    const made = await register();
    await exchange(hub.forPhone);
    await hub.toRoot();
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed']);
    await restoreRoot(before);
    const { rootEpoch } = server.replica.who;
    const given: string[] = [];
    await exchange(async (request) => {
      given.push(...request.actions.map((action) => action.id));
      return altered(hub.forPhone, () => ({ rootEpoch }))(request);
    });
    expect(given).toEqual([made]);
  });

  it('is applied by a root in recovery whose backup does not know the right any more by which it was done', async () => {
    const { net, server, north, nora, toRoot, exchange, register, restoreRoot, states, patient } = await aCase(make);
    await net.grant(server.replica, nora, north, { 'register-patients': false });
    const before = server.replica.log.length;
    await net.grant(server.replica, nora, north, { 'register-patients': true });
    await register();
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed']);
    await restoreRoot(before);
    server.replica.who = { ...server.replica.who, recovering: true };
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed']);
    expect(server.replica.records.has(refKey(patient))).toBe(true);
  });

  it('is applied by a root in recovery, too, that has lost the record and hears of it by a hub', async () => {
    const { net, server, aHub, north, toRoot, exchange, save, restoreRoot, states, patient } = await aCase(make);
    const before = server.replica.log.length;
    await net.editAt(server.replica, registration(patient.id, north), north);
    await exchange(toRoot);
    await save(put('patients', patient.id, { phone: '0700' }));
    await exchange(toRoot);
    await restoreRoot(before);
    server.replica.who = { ...server.replica.who, recovering: true };
    const hub = aHub();
    await hub.toRoot();
    await exchange(hub.forPhone);
    expect(hub.relay.log.at(-1)?.outcome.result).toBe('held');
    await hub.toRoot();
    await exchange(hub.forPhone);
    expect(await states()).toEqual(['confirmed']);
  });

  it('does not believe a root that was given up: its word is that of any other upstream', async () => {
    const { server, toRoot, exchange, register, save, states, patientId } = await aCase(make);
    await register();
    await exchange(toRoot);
    await save(put('patients', patientId, { phone: '0700' }));
    const given = altered(toRoot, () => ({ rootEpoch: '0' }));
    await exchange(given);
    expect(await states()).toEqual(['confirmed', 'received']);
    // The greatest life is remembered: the true root is not taken for a new one.
    await exchange(altered(toRoot, () => ({ outcomes: [], origins: {} })));
    expect(await states()).toEqual(['confirmed', 'received']);
    expect(server.replica.who.rootEpoch > '0').toBe(true);
  });

  it('takes a root of an older life for its own when it was connected again: its hub burned that was a root alone', async () => {
    const { server, phone, toRoot, exchange, register, save, restoreRoot, states, patient } = await aCase(make);
    const before = server.replica.log.length;
    await register();
    await exchange(toRoot);
    await restoreRoot(before);
    server.replica.who = { ...server.replica.who, rootEpoch: AN_OLDER_LIFE };
    await exchange(toRoot);
    expect(server.replica.records.has(refKey(patient))).toBe(false);
    await save(put('patients', patient.id, { phone: '0700' }));
    await phone.connectedAgain();
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed', 'confirmed']);
    expect(server.replica.records.get(refKey(patient))?.values.phone).toBe('0700');
  });

  it('obeys no rights of a root that was given up, however many it knows of, and those of the true one afterwards', async () => {
    const { net, server, north, nora, toRoot, exchange, once, register, phone, patient } = await aCase(make);
    await register();
    await exchange(toRoot);
    const nothing = { cursors: {}, pages: [], digests: {} };
    await once(altered(toRoot, ({ grants }) => ({ ...nothing, rootEpoch: '0', grants: grants * 2 })));
    expect(await phone.shown(patient)).toBeDefined();
    await net.grant(server.replica, nora, north, { 'view-history': false });
    await exchange(toRoot);
    const { cursors } = await phone.store.readOutgoing(EVERYTHING);
    expect(Object.keys(cursors)).not.toContain(`${north}:record`);
  });

  it('follows an outcome that became a refusal, and keeps the content', async () => {
    const { hub, server, exchange, register, phone, states } = await aCase(make);
    await register();
    await exchange(hub.forPhone);
    const { action } = (await phone.outbox())[0]!;
    const refusal = { changeId: action.changes[0]!.id, key: 'sex', code: 'invalid' as const };
    const decided = { actionId: action.id, changeIds: action.changes.map((change) => change.id) };
    const outcome = { ...decided, result: 'refused' as const, duplicate: false, confirmed: true, refusal };
    await exchange(altered(hub.forPhone, () => ({ outcomes: [outcome] })));
    expect(await states()).toEqual(['refused']);
    expect((await phone.outbox())[0]).toMatchObject({ refusal, action });
    expect(server.replica.log.length).toBeGreaterThan(0);
  });

  it('follows a refusal that an administrator took back, and shows the work again', async () => {
    const { server, toRoot, exchange, register, save, states, phone, patient, patientId } = await aCase(make);
    await register();
    await exchange(toRoot);
    await save(put('patients', patientId, { sex: 'nonsense' }));
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed', 'refused']);
    expect((await phone.shown(patient))?.values.sex).toBe('female');
    const { change, outcome } = server.replica.log.at(-1)!;
    server.replica.revise(change.id, { ...outcome, result: 'applied', refusal: null });
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed', 'confirmed']);
    expect((await phone.shown(patient))?.values.sex).toBe('nonsense');
    expect((await phone.outbox()).at(-1)?.refusal).toBeNull();
  });

  it('leaves out a reply that comes after a later one', async () => {
    const { net, server, toRoot, exchange, once, register, outgoing, phone, patient, patientId } = await aCase(make);
    await register();
    await exchange(toRoot);
    let arrived = { cursors: {} as Readonly<Record<string, number>> };
    const late: Transport = async (request) => {
      const reply = await toRoot(request);
      await net.editAt(server.replica, [put('patients', patientId, { village: 'Kfar' })]);
      await once(toRoot);
      arrived = await outgoing();
      return reply;
    };
    await once(late);
    expect((await phone.shown(patient))?.values.village).toBe('Kfar');
    expect((await outgoing()).cursors).toEqual(arrived.cursors);
  });

  it('lets nothing go by rights of an older version, and takes nothing in that they would allow', async () => {
    const { net, server, north, south, nora, newId, toRoot, exchange, once, register, phone, patient } =
      await aCase(make);
    await register();
    await exchange(toRoot);
    await once(altered(toRoot, () => ({ grants: 0, cursors: {}, pages: [], digests: {} })));
    expect(await phone.shown(patient)).toBeDefined();
    const stranger = { collection: 'patients', id: newId() };
    await net.editAt(server.replica, registration(stranger.id, south), south);
    const both: Sender = { kind: 'device', clinicIds: [north, south], signedIn: [nora] };
    const wide = net.lineTo(() => server.replica, both);
    await once(altered(wide, () => ({ grants: 0 })));
    expect(await phone.shown(stranger)).toBeUndefined();
    await exchange(wide);
    expect(await phone.shown(stranger)).toBeDefined();
  });

  it('reads nothing twice while it changes between a hub and the root', async () => {
    const { net, server, hub, toRoot, exchange, once, register, phone, patient, patientId } = await aCase(make);
    await register();
    await exchange(toRoot);
    await hub.toRoot();
    await exchange(hub.forPhone);
    let received = 0;
    for (const line of [toRoot, hub.forPhone, toRoot, hub.forPhone]) {
      for (let more = true; more; ) {
        const progress = await once(line);
        received += progress.received;
        more = progress.more;
      }
    }
    expect(received).toBe(0);
    await net.editAt(server.replica, [put('patients', patientId, { village: 'Kfar' })]);
    await exchange(toRoot);
    expect((await phone.shown(patient))?.values.village).toBe('Kfar');
  });

  it('gets no rows for cursors of another life, and asks again with its own', async () => {
    const { hub, toRoot, exchange, once, register, outgoing } = await aCase(make);
    await register();
    await exchange(toRoot);
    await hub.toRoot();
    const { cursors } = await outgoing();
    let rows = -1;
    const counted = altered(hub.forPhone, (reply) => {
      rows = reply.pages.length;
      return {};
    });
    expect((await once(counted)).more).toBe(true);
    expect(rows).toBe(0);
    expect((await outgoing()).cursors).toEqual({});
    await exchange(hub.forPhone);
    await once(toRoot);
    expect((await outgoing()).cursors).toEqual(cursors);
  });

  it('lets go of what a new life of the feed does not bring, but never of what is unconfirmed', async () => {
    const { net, server, north, south, hub, aHub, newId, exchange, once, register, phone, patient, patientId } =
      await aCase(make);
    await register();
    await exchange(hub.forPhone);
    await hub.toRoot();
    await exchange(hub.forPhone);
    const own = { collection: 'patients', id: newId() };
    await register(own.id);
    await exchange(hub.forPhone);
    const moved = [membership(patientId, south), membership(patientId, north, LEFT_AT)];
    await net.editAt(server.replica, moved);
    const other = aHub();
    await other.toRoot();
    for (let more = true; more; ) more = (await once(givingNothing(other.forPhone))).more;
    expect(await phone.shown(patient)).toBeUndefined();
    expect(await phone.shown(own)).toBeDefined();
    await exchange(other.forPhone);
    expect(await phone.shown(own)).toBeDefined();
  });

  it('lets nothing go for a new life of the root: it may be the root that has lost it', async () => {
    const { net, server, newId, north, toRoot, exchange, restoreRoot, phone } = await aCase(make);
    const before = server.replica.log.length;
    const others = { collection: 'patients', id: newId() };
    await net.editAt(server.replica, registration(others.id, north), north);
    await exchange(toRoot);
    expect(await phone.shown(others)).toBeDefined();
    await restoreRoot(before);
    await exchange(toRoot);
    expect(server.replica.records.has(refKey(others))).toBe(false);
    expect(await phone.shown(others)).toBeDefined();
  });

  it('lets nothing go while a root recovers, of whose new life a hub told first', async () => {
    const { net, server, newId, north, hub, toRoot, exchange, restoreRoot, phone } = await aCase(make);
    const before = server.replica.log.length;
    const others = { collection: 'patients', id: newId() };
    await net.editAt(server.replica, registration(others.id, north), north);
    await exchange(toRoot);
    await hub.toRoot();
    await exchange(hub.forPhone);
    await restoreRoot(before);
    server.replica.who = { ...server.replica.who, recovering: true };
    await hub.toRoot();
    await exchange(hub.forPhone);
    await exchange(toRoot);
    expect(server.replica.records.has(refKey(others))).toBe(false);
    expect(await phone.shown(others)).toBeDefined();
  });

  it('keeps what is confirmed for thirty days, and until a backup of the root holds it', async () => {
    const { server, time, toRoot, exchange, register, states, deviceId, phone, patient } = await aCase(make);
    await register();
    await exchange(toRoot);
    const seq = await phone.originSeq();
    server.replica.backedUp.set(deviceId, seq);
    time.ms += RETENTION_MS - 60_000;
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed']);
    server.replica.backedUp.set(deviceId, seq - 1);
    time.ms += 120_000;
    await exchange(toRoot);
    expect(await states()).toEqual(['confirmed']);
    server.replica.backedUp.set(deviceId, seq);
    await exchange(toRoot);
    expect(await states()).toEqual([]);
    expect(await phone.shown(patient)).toBeDefined();
  });

  it('moves nothing for a page that announced another count', async () => {
    const { net, server, north, newId, toRoot, exchange, register, states, outgoing, phone } = await aCase(make);
    await exchange(toRoot);
    const { cursors } = await outgoing();
    await register();
    const others = newId();
    await net.editAt(server.replica, registration(others, north), north);
    const short = altered(toRoot, ({ pages }) => ({ pages: pages.map((one) => ({ ...one, count: one.count + 1 })) }));
    await expect(exchange(short)).rejects.toThrow('announced');
    expect((await outgoing()).cursors).toEqual(cursors);
    expect(await states()).toEqual(['pending']);
    expect(await phone.shown({ collection: 'patients', id: others })).toBeUndefined();
  });

  it('gives a visit made under a former identity once, whoever asks', async () => {
    const { server, toRoot, exchange, once, register, save, north, newId, patientId, deviceId, states } =
      await aCase(make);
    await register();
    await exchange(toRoot);
    const visitId = newId();
    await save(aVisit(visitId, patientId, north));
    const forked = { origins: { [deviceId]: { received: { seq: 99, chain: 'another' } } } };
    await once(altered(givingNothing(toRoot), () => forked));
    await exchange(toRoot);
    const logged = server.replica.log.length;
    await exchange(toRoot);
    expect(server.replica.log.length).toBe(logged);
    expect(server.replica.records.has(refKey({ collection: 'visits', id: visitId }))).toBe(true);
    expect(await states()).toEqual(['confirmed', 'confirmed']);
  });
});
