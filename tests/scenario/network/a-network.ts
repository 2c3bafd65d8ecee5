import { MemoryFeedReplica } from '../../../db/memory/memory-feed-replica.ts';
import { MemoryPhone } from '../../../db/memory/memory-phone.ts';
import { MemoryRelay } from '../../../db/memory/memory-relay.ts';
import type { Actor, Flag } from '../../../lib/access/actor.ts';
import { actorsOf } from '../../../lib/access/actor-of.ts';
import { grantsVersion } from '../../../lib/access/grants-version.ts';
import { scopesHeld, scopesOfHub } from '../../../lib/access/scopes-held.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../../lib/domain/collections.ts';
import { createIdSource, deterministicId } from '../../../lib/domain/identity.ts';
import { isBelieved, type Sender, worldOf } from '../../../lib/domain/world.ts';
import { answerExchange, type Grants } from '../../../lib/replication/answer-exchange.ts';
import { recordsOf } from '../../../lib/replication/apply-reply.ts';
import { authorAction, type Edit, type Origin } from '../../../lib/replication/author-action.ts';
import { NEW_CLOCK } from '../../../lib/replication/clock.ts';
import type { Transport } from '../../../lib/replication/exchange.ts';
import { refOf } from '../../../lib/replication/merge.ts';
import { exchangeReplySchema } from '../../../lib/replication/protocol/exchange-reply.ts';
import { exchangeRequestSchema } from '../../../lib/replication/protocol/exchange-request.ts';
import { witnessRequestSchema } from '../../../lib/replication/protocol/witness.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { hearWitness, type WitnessTransport } from '../../../lib/replication/witness.ts';
import { FLAGS } from '../clinic-edits.ts';
import { put } from '../edits.ts';
import { aRandom } from '../random.ts';
import { watchedPhone, watchedRelay } from './watched.ts';

type Replica = MemoryFeedReplica<Actor>;

/** A server and what hangs on it, in memory: one clock, one source of randomness, messages through JSON and schemas. */
export async function aNetwork(seed: number) {
  const random = aRandom(seed);
  const time = { ms: Date.UTC(2026, 10, 21, 8) };
  const newId = createIdSource({ now: () => time.ms, random: random.bytes });
  const admin = newId();
  const founders = new Map([[admin, { userId: admin, role: 'super_admin' as const, active: true, flags: {} }]]);
  const wire = <T>(message: T): unknown => JSON.parse(JSON.stringify(message));

  const actorsAt = (records: ReadonlyMap<string, StoredRecord>) => {
    const of = (name: string) => [...records.values()].filter((one) => one.collection === name);
    return actorsOf(of('users'), of('permissions'));
  };
  const worldAt = (records: ReadonlyMap<string, StoredRecord>, sender: Sender) =>
    worldOf(new Map([...founders, ...actorsAt(records)]), sender);
  const identity = (root: boolean) => {
    const [replicaId, epoch, rootEpoch] = [newId(), newId(), newId()];
    return { replicaId, epoch, rootEpoch, root, recovering: false };
  };
  /** Whoever is a root, or was one. */
  const roots: Replica[] = [];
  const aRoot = (): Replica => {
    const made: Replica = new MemoryFeedReplica(identity(true), (records) => worldAt(records, { kind: 'server' }));
    made.newLife = newId;
    roots.push(made);
    return made;
  };
  const isAtRoot = (actionId: string, among: readonly Replica[] = roots) =>
    among.some(({ log }) => log.some(({ change, outcome }) => change.actionId === actionId && outcome.confirmed));
  const server = { replica: aRoot() };
  const origins = new Map<string, Origin>();

  /** An edit made at a feed replica itself, as its portal makes them. */
  async function editAt(replica: Replica, edits: Edit[], clinicId: string | null = null): Promise<void> {
    const id = replica.who.replicaId;
    const own = origins.get(id) ?? { replicaId: id, seq: 0, clock: NEW_CLOCK };
    const held = (ref: { collection: string; id: string }) => replica.records.get(`${ref.collection}/${ref.id}`);
    const now = { deviceMs: time.ms, at: new Date(time.ms).toISOString(), schema: SCHEMA_VERSION };
    // A root numbers the conflicts that it notices as well.
    const numbered = { ...own, seq: Math.max(own.seq, replica.ownSeq()) };
    const authored = authorAction(edits, held, { userId: admin, clinicId }, numbered, now, newId);
    if (authored === null) return;
    origins.set(id, authored.origin);
    await replica.accept([authored.action]);
  }

  function grantsOf(replica: Replica, sender: Sender): Grants {
    if (sender.kind !== 'device')
      return { version: 1, scopes: scopesOfHub(sender.kind === 'hub' ? sender.clinicIds : []) };
    const actors = actorsAt(replica.records);
    const own = sender.signedIn.flatMap((userId) => actors.get(userId) ?? []);
    const rows = [...replica.records.values()].filter(
      (one) => sender.signedIn.includes(one.id) || sender.signedIn.includes(String(one.values.userId)),
    );
    const rights = rows.filter((one) => one.collection === 'users' || one.collection === 'permissions');
    const scopes = scopesHeld(own, sender.clinicIds);
    return {
      version: grantsVersion(rights.flatMap((one) => Object.values(one.stamps))),
      scopes: scopes.filter((scope) => replica.carries(scope)),
      elsewhere: scopes.filter((scope) => !replica.carries(scope)),
    };
  }

  /** Conflicts travel only where a root has noted them. */
  function expectOfRoots(refs: readonly RecordRef[]): void {
    for (const ref of refs)
      if (ref.collection === 'conflicts' && !roots.some(({ records }) => records.has(refKey(ref))))
        throw new Error(`conflict ${ref.id} left the hub that noticed it`);
  }

  /** The line from a sender to a replica. */
  function lineTo(replica: () => Replica, sender: Sender): Transport {
    return async (request) => {
      const parsed = exchangeRequestSchema.parse(wire(request));
      const at = replica();
      const grants = async () => grantsOf(at, sender);
      const reply = await answerExchange(
        at.judgedBy(() => worldAt(at.records, sender)),
        collectionNamed,
        grants,
        time.ms,
        parsed,
        sender.kind === 'hub',
      );
      const told = exchangeReplySchema.parse(wire(reply));
      const rows = told.pages.flatMap((page) => recordsOf(page.tables));
      const written = parsed.actions.flatMap(({ changes }) => changes.map(refOf));
      expectOfRoots([...rows, ...(sender.kind === 'hub' ? written : [])]);
      return told;
    };
  }

  /** Was something set back, doubled or burnt? Until then nothing is lost anywhere, and nothing is to be healed. */
  const harm = { done: false };
  /** The actions of which a phone was told that a root has applied them. */
  const confirmed = new Set<string>();
  /** What only a hub that ran alone had confirmed burns with it: by then rights may be others, and it is judged anew. */
  function burn(burnt: Replica): void {
    const others = roots.filter((root) => root !== burnt);
    if (others.length === roots.length) return;
    for (const id of confirmed) if (!isAtRoot(id, others)) confirmed.delete(id);
  }
  /** A hub that was replaced may be asked before it has caught up: what it refused, in full, stays refused. */
  const refusedByHubs = new Set<string>();
  /** What was brought back by witnesses. */
  const witnessed: string[] = [];

  function witnessLine(sender: Sender): WitnessTransport {
    return async (request) => {
      const { replica } = server;
      if (!replica.who.recovering) return { recovering: false, wanted: [], gone: [] };
      const { scopes } = grantsOf(replica, sender);
      const parsed = witnessRequestSchema.parse(wire(request));
      const witness = { scopes, isBelieved: (name: string) => isBelieved(sender, name), nowMs: time.ms };
      const heard = await hearWitness(replica.store(), worldAt(replica.records, sender), witness, parsed);
      witnessed.push(...heard.taken.map(({ collection, id }) => `${collection}/${id}`));
      return wire(heard.reply);
    };
  }

  const clinics: string[] = [];
  for (const name of ['North', 'South']) {
    const id = newId();
    clinics.push(id);
    await editAt(server.replica, [put('clinics', id, { name, code: name, timeZone: 'Asia/Beirut' })]);
  }

  /** `applied`: the actions that it was the first to receive and decided for. */
  function aHub(clinicIds: string[], root: boolean) {
    const world = (records: ReadonlyMap<string, StoredRecord>) => worldAt(records, { kind: 'server' });
    const relay: MemoryRelay<Actor> = new MemoryRelay(identity(root), world, SCHEMA_VERSION);
    relay.newLife = newId;
    if (root) roots.push(relay);
    const sender: Sender = { kind: 'hub', clinicIds };
    const store = watchedRelay(relay);
    return {
      relay,
      ranAlone: root,
      store,
      clinicIds,
      sender,
      applied: new Set<string>(),
      line: lineTo(() => server.replica, sender),
    };
  }

  async function grant(at: Replica, userId: string, clinicId: string, flags: Partial<Record<Flag, boolean>>) {
    const id = deterministicId('permissions', userId, clinicId);
    const given = Object.fromEntries(Object.entries(flags).map(([flag, on]) => [`flags.${flag}`, on]));
    await editAt(at, [put('permissions', id, { userId, clinicId, ...given })]);
  }

  async function aUser(at: Replica, clinicIds: readonly string[]) {
    const id = newId();
    await editAt(at, [put('users', id, { name: 'A user', role: 'provider', language: 'en' })]);
    for (const clinicId of clinicIds)
      await grant(at, id, clinicId, Object.fromEntries(FLAGS.map((flag) => [flag, true])));
    return id;
  }

  function aPhone(userId: string, clinicIds: readonly string[], schema = SCHEMA_VERSION) {
    const skew = { ms: 0 };
    const clock = () => Math.max(0, time.ms + skew.ms);
    const phone = new MemoryPhone(newId(), collectionNamed, schema, clock, newId);
    const sender: Sender = { kind: 'device', clinicIds, signedIn: [userId] };
    return { phone, store: watchedPhone(phone, confirmed, isAtRoot), userId, clinicIds, skew, clock, schema, sender };
  }

  return {
    ...{ random, time, newId, server, clinics, witnessed, confirmed, refusedByHubs, harm, admin },
    ...{ aRoot, aHub, aUser, aPhone, grant, editAt, lineTo, witnessLine, grantsOf, identity, burn },
  };
}

export type Network = Awaited<ReturnType<typeof aNetwork>>;
export type NetworkPhone = ReturnType<Network['aPhone']>;
export type NetworkHub = ReturnType<Network['aHub']>;
