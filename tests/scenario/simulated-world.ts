import { MemoryFeedReplica } from '../../db/memory/memory-feed-replica.ts';
import { MemoryPhone } from '../../db/memory/memory-phone.ts';
import { type Actor, type Flag, ROLE_TEMPLATES, type Role } from '../../lib/access/actor.ts';
import { actorsOf } from '../../lib/access/actor-of.ts';
import { scopesHeld } from '../../lib/access/scopes-held.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { createIdSource, deterministicId } from '../../lib/domain/identity.ts';
import { type Sender, worldOf } from '../../lib/domain/world.ts';
import { answerExchange } from '../../lib/replication/answer-exchange.ts';
import { authorAction, type Edit } from '../../lib/replication/author-action.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import { type DownstreamStore, exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import type { Json } from '../../lib/replication/json.ts';
import { exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import { exchangeRequestSchema } from '../../lib/replication/protocol/exchange-request.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { aRandom } from './random.ts';

/** A server, users, clinics and phones in memory, with one clock and one source of randomness. */
export function aSimulatedWorld(seed: number) {
  const random = aRandom(seed);
  const time = { ms: Date.UTC(2026, 10, 21, 8) };
  const deviceMs = () => time.ms;
  const newId = createIdSource({ now: deviceMs, random: random.bytes });
  const ids = { server: newId(), epoch: newId(), rootEpoch: newId(), admin: newId() };
  const identity = { replicaId: ids.server, epoch: ids.epoch, rootEpoch: ids.rootEpoch, root: true, recovering: false };
  const actors = (records: ReadonlyMap<string, StoredRecord>) => {
    const all = [...records.values()];
    const users = all.filter((one) => one.collection === 'users');
    return actorsOf(
      users,
      all.filter((one) => one.collection === 'permissions'),
    );
  };
  const root = new Map([[ids.admin, { userId: ids.admin, role: 'super_admin' as const, active: true, flags: {} }]]);
  const worldFor = (sender: Sender) => worldOf(new Map([...root, ...actors(server.records)]), sender);
  const server: MemoryFeedReplica<Actor> = new MemoryFeedReplica(identity, () => worldFor({ kind: 'server' }));
  let origin = { replicaId: ids.server, seq: 0, clock: NEW_CLOCK };

  /** An edit by the administrator at the server, as the portal makes them. */
  async function atServer(edits: Edit[], clinicId: string | null = null, userId = ids.admin) {
    const held = (ref: { collection: string; id: string }) => server.records.get(`${ref.collection}/${ref.id}`);
    const now = { deviceMs: deviceMs(), at: new Date(deviceMs()).toISOString(), schema: SCHEMA_VERSION };
    // The server numbers the conflicts that it notices as well.
    const numbered = { ...origin, seq: Math.max(origin.seq, server.ownSeq()) };
    const below = (record: StoredRecord) => recordsBelow(collectionNamed, record, server.records.values());
    const authored = authorAction(edits, held, { userId, clinicId }, numbered, now, newId, below);
    if (authored === null) return;
    origin = authored.origin;
    const [outcome] = await server.accept([authored.action]);
    if (outcome?.result !== 'applied') throw new Error(`refused at the server: ${JSON.stringify(outcome?.refusal)}`);
  }

  const put = (collection: string, id: string, fields: Record<string, Json>): Edit => ({
    collection,
    id,
    kind: 'put',
    fields,
    reason: null,
  });

  /** A downstream store as a device of these clinics, on which one user signed in. */
  function connect(store: DownstreamStore, userId: string, clinicIds: string[], clock = deviceMs) {
    const sender: Sender = { kind: 'device', clinicIds, signedIn: [userId] };
    const grants = async () => {
      const actor = actors(server.records).get(userId);
      return { version: server.log.length, scopes: actor === undefined ? [] : scopesHeld([actor], clinicIds) };
    };
    /** Messages pass through JSON and the schemas, as on the wire. */
    const transport: Transport = async (request) => {
      const parsed = exchangeRequestSchema.parse(JSON.parse(JSON.stringify(request)));
      const scoped = server.judgedBy(() => worldFor(sender));
      const reply = await answerExchange(scoped, collectionNamed, grants, deviceMs(), parsed);
      return exchangeReplySchema.parse(JSON.parse(JSON.stringify(reply)));
    };
    const exchange = (through: Transport = transport) => exchangeUntilQuiet(store, through, clock);
    return { userId, clinicIds, transport, exchange, grants };
  }

  return {
    random,
    time,
    newId,
    server,
    atServer,
    put,
    worldFor,
    async aClinic(name: string) {
      const id = newId();
      const fields = { name, code: name.slice(0, 12), timeZone: 'Asia/Beirut' };
      await atServer([put('clinics', id, fields)]);
      return id;
    },
    async aUser(role: Role, clinicIds: string[], flags: readonly Flag[] = ROLE_TEMPLATES[role]) {
      const id = newId();
      const granted = Object.fromEntries(flags.map((flag) => [`flags.${flag}`, true]));
      const rows = clinicIds.map((clinicId) =>
        put('permissions', deterministicId('permissions', id, clinicId), { userId: id, clinicId, ...granted }),
      );
      await atServer([put('users', id, { name: 'A user', role, language: 'en' }), ...rows]);
      return id;
    },
    async grant(userId: string, clinicId: string, flags: Partial<Record<Flag, boolean>>) {
      const id = deterministicId('permissions', userId, clinicId);
      const fields = Object.fromEntries(Object.entries(flags).map(([flag, given]) => [`flags.${flag}`, given]));
      await atServer([put('permissions', id, { userId, clinicId, ...fields })]);
    },
    connect,
    aPhone(userId: string, clinicIds: string[], clock = deviceMs) {
      const phone = new MemoryPhone(newId(), collectionNamed, SCHEMA_VERSION, clock, newId);
      return { phone, ...connect(phone, userId, clinicIds, clock) };
    },
  };
}

export type SimulatedWorld = ReturnType<typeof aSimulatedWorld>;
export type SimulatedPhone = ReturnType<SimulatedWorld['aPhone']>;
