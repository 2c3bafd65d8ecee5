import type { MemoryPhone } from '../../../db/memory/memory-phone.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../../lib/domain/collections.ts';
import type { Sender } from '../../../lib/domain/world.ts';
import { acceptRows } from '../../../lib/replication/accept.ts';
import { exchangeUntilQuiet, type Transport } from '../../../lib/replication/exchange.ts';
import { ERASED } from '../../../lib/replication/key.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { bearWitness, type WitnessStore } from '../../../lib/replication/witness.ts';
import { badLines } from '../bad-lines.ts';
import { drawEdits, FLAGS } from '../clinic-edits.ts';
import { put } from '../edits.ts';
import { aNetwork, type Network, type NetworkHub, type NetworkPhone } from './a-network.ts';
import { expectHeard, expectProvisional } from './checks.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ERASABLE = ['vitals', 'visits', 'patients'];
const A_USER = { name: 'A user', role: 'provider', language: 'en' };
const allFlags = (on: boolean) => Object.fromEntries(FLAGS.map((flag) => [flag, on]));

/** What can happen, and how often it did, over all runs. */
export type Counts = Map<string, number>;

export function countIn(counts: Counts, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

type State = MemoryPhone['state'];
type Replica = Network['server']['replica'];

/** Everything that a run is made of: two clinics, a server, hubs, phones, and what was saved on them. */
export async function aRegion(seed: number, counts: Counts) {
  const network = await aNetwork(seed);
  const { random, time, newId, server, clinics } = network;
  const [north, south] = clinics as [string, string];
  const medicineId = newId();
  const count = (what: string) => countIn(counts, what);

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
  const formerRoots: Network['server']['replica'][] = [];
  let isLateHubAttached = false;
  const lines = badLines(random, count);

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

  function hubLine({ relay, applied }: NetworkHub, phone: NetworkPhone): Transport {
    const line = network.lineTo(() => relay, phone.sender);
    return async (request) => {
      const known = relay.log.length;
      const reply = await line(request);
      if (relay.log.length > known && (await expectProvisional({ relay })) > 0) count('provisional conflicts');
      for (const { outcome } of relay.log.slice(known))
        if (outcome.result !== 'held')
          (outcome.result === 'applied' ? applied : network.refusedByHubs).add(outcome.actionId);
      return reply;
    };
  }

  /** A server that was given up goes on answering whoever still finds it. */
  function upstreamDrawn(phone: NetworkPhone): Transport {
    const former = formerRoots.at(-1);
    if (former === undefined || alone.includes(phone) || random.chance(0.8)) return random.pick(upstreamsOf(phone));
    count('former root answered');
    return network.lineTo(() => former, phone.sender);
  }

  const exchangePhone = (phone: NetworkPhone) =>
    lines.exchange(upstreamDrawn(phone), { ...phone, meanwhile: () => save(phone) });
  /** A phone may hand work in while the hub waits for its root. */
  const exchangeHub = (hub: NetworkHub) => {
    const near = phones.filter((phone) => phone.clinicIds.some((id) => hub.clinicIds.includes(id)));
    const phone = random.pick(near);
    const meanwhile = () => lines.exchange(hubLine(hub, phone), { ...phone, meanwhile: () => save(phone) });
    return lines.exchange(hub.line, { store: hub.store, clock: () => time.ms, meanwhile });
  };

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
    network.harm.done = true;
    const before = server.replica;
    formerRoots.push(before);
    const next = network.aRoot();
    const { records, log, origins, backedUp, scopes } = last.taken;
    for (const [key, record] of records) next.records.set(key, record);
    next.log.push(...log);
    for (const [id, mark] of origins) next.origins.set(id, mark);
    for (const [id, seq] of backedUp) next.backedUp.set(id, seq);
    for (const [id, scope] of structuredClone(scopes)) next.scopes.set(id, scope);
    await reapplyErasures(before, next);
    next.who = { ...next.who, recovering: true };
    if (next.who.rootEpoch <= before.who.rootEpoch) throw new Error('a new life is not greater');
    server.replica = next;
    // Rights that were given after the backup are given again by hand, if anybody thinks of it.
    if (random.chance(0.7)) await grantAgain();
    excuse();
  }

  async function grantAgain(): Promise<void> {
    count('rights given again');
    for (const phone of phones)
      if (!alone.includes(phone))
        for (const clinicId of phone.clinicIds)
          for (const on of [false, true]) await network.grant(server.replica, phone.userId, clinicId, allFlags(on));
  }

  /** Ids of what was erased; and of what only a hub may know of. */
  const erased = new Set<string>();
  const erasedAtHubs = new Set<string>();

  /** The list of erasures, which no backup takes back. */
  async function reapplyErasures(before: Replica, next: Replica): Promise<void> {
    const tombstones = [...before.records.values()].filter(({ values }) => values[ERASED] === true);
    await acceptRows(next.store(), next.world(next.records), (scope) => next.carries(scope), tombstones);
  }

  function restorePhone(phone: NetworkPhone): void {
    const state = backups.at(-1)?.phones.get(phone);
    if (state === undefined) return;
    count('phone restored');
    network.harm.done = true;
    const kept = new Set(state.outbox.map((entry) => entry.action.id));
    for (const [id, holders] of saved) if (holders.has(phone) && !kept.has(id)) holders.delete(phone);
    phone.phone.state = state;
    lines.forget(phone.store);
    excuse();
  }

  function clonePhone(phone: NetworkPhone): void {
    if (phones.length > 6) return;
    count('phone cloned');
    network.harm.done = true;
    const copy = network.aPhone(phone.userId, phone.clinicIds, phone.schema);
    copy.phone.state = phone.phone.state;
    const twin = { ...copy, skew: { ms: phone.skew.ms } };
    for (const holders of saved.values()) if (holders.has(phone)) holders.add(twin);
    phones.push(twin);
  }

  /** The hub burns with everything on it; another one stands in its place. */
  function replaceHub(index: number): void {
    count('hub replaced');
    network.harm.done = true;
    lines.forget(hubs[index]!.store);
    network.burn(hubs[index]!.relay);
    hubs[index] = network.aHub(hubs[index]!.clinicIds, false);
    excuse();
  }

  /** What a phone that was set back no longer has, and no other node either, is lost with its disk: nobody promised more. */
  function excuse(): void {
    const logged = new Set(
      [
        server.replica,
        ...hubs.map((hub) => hub.relay),
        ...(lateHub === null || isLateHubAttached ? [] : [lateHub.relay]),
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
    const hub = random.chance(0.3) ? random.pick(hubs) : null;
    const replica = hub?.relay ?? server.replica;
    const all = [...replica.records.values()].filter((one) => ERASABLE.includes(one.collection));
    if (all.length === 0) return;
    const { collection, id } = random.pick(all);
    count(hub === null ? 'erased' : 'erased at a hub');
    (hub === null ? erased : erasedAtHubs).add(id);
    const edit = { collection, id, kind: 'erase' as const, fields: {}, reason: null };
    await network.editAt(replica, [edit], hub?.clinicIds[0]);
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
    [3, () => lines.lateReply()],
    [2, jumpClock],
    [1, changeRight],
    [0.5, eraseSome],
    [0.7, takeBackup],
    [0.5, restoreRoot],
    [0.4, () => restorePhone(random.pick(phones))],
    [0.3, () => clonePhone(random.pick(phones))],
    [0.4, () => replaceHub(random.below(hubs.length))],
    [0.3, letAMonthPass],
    [0.5, attachLateHub],
  ];
  const weights = steps.reduce((sum, [weight]) => sum + weight, 0);

  /** The users of a hub that ran alone are made known to the root by an administrator: no hub's word gives rights. */
  async function attachLateHub(): Promise<void> {
    if (lateHub === null || isLateHubAttached) return;
    isLateHubAttached = true;
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
      for (const hub of hubs) await exchangeUntilQuiet(hub.store, hub.line, () => time.ms);
      for (const phone of phones)
        for (const line of [...new Set(upstreamsOf(phone))].reverse())
          await exchangeUntilQuiet(phone.store, line, phone.clock);
      for (const hub of hubs) await exchangeUntilQuiet(hub.store, hub.line, () => time.ms);
      if (server.replica.who.recovering && round === 1) await witness();
    }
    // Twice: sums that differ are found by the first, and repaired by the second.
    for (const phone of [...phones, ...phones])
      await exchangeUntilQuiet(
        phone.store,
        network.lineTo(() => server.replica, phone.sender),
        phone.clock,
      );
  }

  async function hear(store: WitnessStore, sender: Sender): Promise<void> {
    const told: StoredRecord[] = [];
    for await (const chart of store.charts()) told.push(...chart);
    await bearWitness(store, collectionNamed, network.witnessLine(sender));
    expectHeard(server, sender, network.grantsOf(server.replica, sender).scopes, told, network.time.ms);
  }

  async function witness(): Promise<void> {
    count('witnesses heard');
    for (const { relay, sender } of hubs) await hear(relay.witness(), sender);
    for (const { phone, sender } of phones) await hear(phone.witness(), sender);
    server.replica.who = { ...server.replica.who, recovering: false };
  }

  /** What the hubs let go may leave their logs: a backup holds it, and a month is over. */
  async function aMonthAfterABackup(): Promise<void> {
    backup();
    time.ms += 31 * DAY_MS;
    for (const hub of hubs) await exchangeUntilQuiet(hub.store, hub.line, () => time.ms);
  }

  return { network, server, hubs, phones, saved, erased, erasedAtHubs, step, settle, aMonthAfterABackup };
}

export type Region = Awaited<ReturnType<typeof aRegion>>;
