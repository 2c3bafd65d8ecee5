import type { MemoryPhone } from '../../../db/memory/memory-phone.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../../lib/domain/collections.ts';
import {
  type DownstreamStore,
  exchangeOnce,
  exchangeUntilQuiet,
  type Transport,
} from '../../../lib/replication/exchange.ts';
import { bearWitness } from '../../../lib/replication/witness.ts';
import { put } from '../edits.ts';
import { aNetwork, FLAGS, type NetworkHub, type NetworkPhone } from './a-network.ts';
import { drawEdits } from './clinic-edits.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const A_USER = { name: 'A user', role: 'provider', language: 'en' };
const allFlags = (on: boolean) => Object.fromEntries(FLAGS.map((flag) => [flag, on]));

/** What can happen, and how often it did, over all runs. */
export type Counts = Map<string, number>;

type State = MemoryPhone['state'];

/** Everything that a run is made of: two clinics, a server, hubs, phones, and what was saved on them. */
export async function aRegion(seed: number, counts: Counts) {
  const network = await aNetwork(seed);
  const { random, time, newId, server, clinics } = network;
  const [north, south] = clinics as [string, string];
  const medicineId = newId();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

  const hubs: NetworkHub[] = [network.aHub([north], false)];
  const lateHub = random.chance(0.3) ? network.aHub([south], true) : null;
  const phones: NetworkPhone[] = [];
  const newer = random.chance(0.3) ? SCHEMA_VERSION + 1 : SCHEMA_VERSION;
  for (const [clinicIds, schema] of [
    [[north], SCHEMA_VERSION],
    [[north], newer],
    [[south], SCHEMA_VERSION],
    [[north, south], SCHEMA_VERSION],
  ] as const) {
    const userId = await network.aUser(server.replica, clinicIds);
    phones.push(network.aPhone(userId, clinicIds, schema));
  }
  if (lateHub !== null) {
    const userId = await network.aUser(lateHub.relay, [south]);
    phones.push({ ...network.aPhone(userId, [south]) });
  }
  /** Phones that know only the hub that runs alone. */
  const alone = lateHub === null ? [] : [phones.at(-1)!];
  /** By saved action, the phone that has it in its outbox; and those that no living node retains any more. */
  const saved = new Map<string, Set<NetworkPhone>>();
  const backups: { taken: ReturnType<typeof backup>; phones: Map<NetworkPhone, State> }[] = [];
  const cutOff = new Set<object>();
  const restored = { root: false, lateHub: false };

  function save(phone: NetworkPhone): void {
    const shown = [...phone.phone.state.records.values()].map((held) => held.shown);
    const clinicId = random.pick(phone.clinicIds);
    const edits = drawEdits({ random, newId, clinics, medicineId }, shown, clinicId, phone.userId, phone.schema);
    if (edits === null) return;
    const id = phone.phone.commit(edits, { userId: phone.userId, clinicId });
    if (id !== null) saved.set(id, new Set([phone]));
  }

  /** The upstreams that a phone can reach: the server, and the hub of its clinic. */
  function upstreamsOf(phone: NetworkPhone) {
    if (alone.includes(phone) && lateHub !== null) return [hubLine(lateHub, phone)];
    const near = hubs.filter((hub) => phone.clinicIds.some((id) => hub.clinicIds.includes(id)));
    return [
      network.lineTo(() => server.replica, phone.sender),
      ...near.flatMap((hub) => [hubLine(hub, phone), hubLine(hub, phone)]),
    ];
  }

  function hubLine(hub: NetworkHub, phone: NetworkPhone): Transport {
    if (phone.sender.kind !== 'device') throw new Error('a phone is a device');
    return network.lineTo(() => hub.relay, phone.sender);
  }

  const lost = () => Promise.reject(new TypeError('cut'));

  /** One exchange over a bad line: through, cut before or after, twice, too late, or overtaken by a save. */
  function overBadLine(line: Transport, store: DownstreamStore, clock: () => number, meanwhile: () => void): Transport {
    const [name, made] = random.pick<[string, Transport]>([
      ['through', line],
      ['through', line],
      ['through', line],
      ['request cut', lost],
      ['reply cut', async (request) => line(request).then(lost)],
      ['request twice', async (request) => line(request).then(() => line(request))],
      ['save meanwhile', async (request) => line(request).then((reply) => (meanwhile(), reply))],
      [
        'reply late',
        async (request) => {
          const { version } = await store.readOutgoing({ maxChanges: 1, maxBytes: 1 });
          const first = await line(request);
          const reply = await line(request);
          await store.applyReply(reply as never, { sentMs: clock(), receivedMs: clock(), version });
          return first;
        },
      ],
    ]);
    if (name !== 'through') count(name);
    return made;
  }

  async function exchange(store: DownstreamStore, line: Transport, clock: () => number, meanwhile: () => void) {
    const before = await store.readOutgoing({ maxChanges: 1, maxBytes: 1 });
    const bad = overBadLine(line, store, clock, meanwhile);
    await exchangeOnce(store, bad, clock, random.pick([1024, 4096, 32_768]), random.chance(0.3)).catch((fault) => {
      if (!(fault instanceof TypeError && fault.message === 'cut')) throw fault;
    });
    const after = await store.readOutgoing({ maxChanges: 1, maxBytes: 1 });
    if (before.epoch !== after.epoch) return;
    for (const [scope, seq] of Object.entries(after.cursors))
      if ((before.cursors[scope] ?? 0) > seq) throw new Error(`the cursor of ${scope} went back`);
  }

  const exchangePhone = (phone: NetworkPhone) =>
    exchange(phone.phone, random.pick(upstreamsOf(phone)), phone.clock, () => save(phone));
  const exchangeHub = (hub: NetworkHub) =>
    exchange(
      hub.relay,
      hub.line,
      () => time.ms,
      () => undefined,
    );

  function backup() {
    const { replica } = server;
    for (const [origin, { seq }] of replica.origins) replica.backedUp.set(origin, seq);
    return {
      records: new Map(replica.records),
      log: [...replica.log],
      origins: new Map(replica.origins),
      backedUp: new Map(replica.backedUp),
      scopes: structuredClone(replica.scopes),
    };
  }

  /** The server burns; another takes its last backup over, and asks for what is missing. */
  async function restoreRoot(): Promise<void> {
    const last = backups.at(-1);
    if (last === undefined) return;
    count('root restored');
    restored.root = true;
    const before = server.replica;
    const next = network.aRoot();
    const { records, log, origins, backedUp, scopes } = last.taken;
    for (const [key, record] of records) next.records.set(key, record);
    next.log.push(...log);
    for (const [id, mark] of origins) next.origins.set(id, mark);
    for (const [id, seq] of backedUp) next.backedUp.set(id, seq);
    for (const [id, scope] of structuredClone(scopes)) next.scopes.set(id, scope);
    next.who = { ...next.who, recovering: true };
    if (next.who.rootEpoch <= before.who.rootEpoch) throw new Error('a new life is not greater');
    server.replica = next;
    // Rights that were given after the backup are given again by hand.
    for (const phone of phones)
      if (!alone.includes(phone))
        for (const clinicId of phone.clinicIds)
          for (const on of [false, true]) await network.grant(next, phone.userId, clinicId, allFlags(on));
    for (const [id, kept] of erased) await erase(kept.collection, id);
    excuse();
  }

  const erased = new Map<string, { collection: string }>();

  async function erase(collection: string, id: string): Promise<void> {
    if (!server.replica.records.has(`${collection}/${id}`)) return;
    erased.set(id, { collection });
    await network.editAt(server.replica, [{ collection, id, kind: 'erase', fields: {}, reason: null }]);
  }

  function restorePhone(phone: NetworkPhone): void {
    const state = backups.at(-1)?.phones.get(phone);
    if (state === undefined) return;
    count('phone restored');
    const kept = new Set(state.outbox.map((entry) => entry.action.id));
    for (const [id, holders] of saved) if (holders.has(phone) && !kept.has(id)) holders.delete(phone);
    phone.phone.state = state;
    excuse();
  }

  function clonePhone(phone: NetworkPhone): void {
    if (phones.length > 6) return;
    count('phone cloned');
    const copy = network.aPhone(phone.userId, phone.clinicIds, phone.schema);
    copy.phone.state = phone.phone.state;
    const twin = { ...copy, skew: { ms: phone.skew.ms } };
    for (const holders of saved.values()) if (holders.has(phone)) holders.add(twin);
    phones.push(twin);
  }

  /** The hub burns with everything on it; another one stands in its place. */
  function replaceHub(index: number): void {
    count('hub replaced');
    hubs[index] = network.aHub(hubs[index]!.clinicIds, false);
    excuse();
  }

  /** What a phone that was set back no longer has, and no other node either, is lost with its disk: nobody promised more. */
  function excuse(): void {
    const logged = new Set(
      [
        server.replica,
        ...hubs.map((hub) => hub.relay),
        ...(lateHub === null || restored.lateHub ? [] : [lateHub.relay]),
      ].flatMap(({ log }) => log.map(({ change }) => change.actionId)),
    );
    for (const [id, holders] of saved) if (holders.size === 0 && !logged.has(id)) saved.delete(id);
  }

  /** Toggles a line; a phone's way to the server is cut more seldom than it comes back. */
  function cut(name: string, line: object, chance: number): void {
    count(name);
    if (cutOff.has(line)) cutOff.delete(line);
    else if (random.chance(chance)) cutOff.add(line);
  }

  function jumpClock(): void {
    count('clock jumped');
    random.pick(phones).skew.ms = random.pick([-DAY_MS, 0, 0, DAY_MS, -time.ms]);
  }

  async function changeRight(): Promise<void> {
    count('right changed');
    const phone = random.pick(phones.filter((one) => !alone.includes(one)));
    const flags = { [random.pick(['view-history', 'edit-records', 'register-patients'])]: random.chance(0.5) };
    await network.grant(server.replica, phone.userId, random.pick(phone.clinicIds), flags);
  }

  async function eraseSome(): Promise<void> {
    const all = [...server.replica.records.values()].filter((one) => one.collection === 'vitals');
    if (all.length === 0) return;
    count('erased');
    await erase('vitals', random.pick(all).id);
  }

  function takeBackup(): void {
    count('backup');
    backups.push({ taken: backup(), phones: new Map(phones.map((phone) => [phone, phone.phone.state])) });
  }

  function letAMonthPass(): void {
    count('a month passed');
    time.ms += 31 * DAY_MS;
  }

  const steps: [weight: number, act: () => unknown][] = [
    [46, () => save(random.pick(phones))],
    [34, () => !cutOff.has(server) && exchangePhone(random.pick(phones))],
    [12, () => !cutOff.has(hubs) && exchangeHub(random.pick(hubs))],
    [1, () => cut('partition', server, 0.3)],
    [1, () => cut('hub without internet', hubs, 1)],
    [2, jumpClock],
    [1, changeRight],
    [0.5, eraseSome],
    [0.7, takeBackup],
    [0.3, restoreRoot],
    [0.4, () => restorePhone(random.pick(phones))],
    [0.3, () => clonePhone(random.pick(phones))],
    [0.4, () => replaceHub(random.below(hubs.length))],
    [0.3, letAMonthPass],
    [0.5, attachLateHub],
  ];
  const weights = steps.reduce((sum, [weight]) => sum + weight, 0);

  /** The users of a hub that ran alone are made known to the root by an administrator: no hub's word gives rights. */
  async function attachLateHub(): Promise<void> {
    if (lateHub === null || restored.lateHub) return;
    restored.lateHub = true;
    count('hub attached late');
    for (const phone of alone) {
      await network.editAt(server.replica, [put('users', phone.userId, A_USER)]);
      for (const clinicId of phone.clinicIds)
        await network.grant(server.replica, phone.userId, clinicId, allFlags(true));
    }
    lateHub.relay.attach();
    hubs.push(lateHub);
    alone.length = 0;
  }

  async function step(): Promise<void> {
    const drawn = random.next() * weights;
    let reached = 0;
    for (const [weight, act] of steps) {
      reached += weight;
      if (drawn >= reached) continue;
      await act();
      break;
    }
    time.ms += random.below(600_000);
  }

  /** Everyone meets everyone until nothing moves. */
  async function settle(): Promise<void> {
    await attachLateHub();
    cutOff.clear();
    for (const phone of phones) phone.skew.ms = 0;
    for (let round = 0; round < 4; round++) {
      for (const hub of hubs) await exchangeUntilQuiet(hub.relay, hub.line, () => time.ms);
      for (const phone of phones)
        for (const line of [...new Set(upstreamsOf(phone))].reverse())
          await exchangeUntilQuiet(phone.phone, line, phone.clock);
      for (const hub of hubs) await exchangeUntilQuiet(hub.relay, hub.line, () => time.ms);
      if (server.replica.who.recovering && round === 1) await witness();
    }
    // Twice: sums that differ are found by the first, and repaired by the second.
    for (const phone of [...phones, ...phones])
      await exchangeUntilQuiet(
        phone.phone,
        network.lineTo(() => server.replica, phone.sender),
        phone.clock,
      );
  }

  async function witness(): Promise<void> {
    count('witnesses heard');
    for (const hub of hubs) await bearWitness(hub.relay.witness(), collectionNamed, network.witnessLine(hub.sender));
    for (const phone of phones)
      await bearWitness(phone.phone.witness(), collectionNamed, network.witnessLine(phone.sender));
    server.replica.who = { ...server.replica.who, recovering: false };
  }

  return { network, server, hubs, phones, saved, restored, erased, step, settle };
}

export type Region = Awaited<ReturnType<typeof aRegion>>;
