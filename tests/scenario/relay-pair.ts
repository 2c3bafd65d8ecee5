import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { addHub } from '../../app/server/add-hub.ts';
import { database as served } from '../../app/server/database.ts';
import { exchange } from '../../app/server/exchange.ts';
import { relayRound } from '../../app/server/relay-loop.ts';
import { witness } from '../../app/server/witness.ts';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { readHeads, readSnapshotOf } from '../../db/postgres/read-feed.ts';
import { postgresRelay } from '../../db/postgres/relay-store.ts';
import { hasUnconfirmed } from '../../db/postgres/relay-unconfirmed.ts';
import { relayWitness } from '../../db/postgres/relay-witness.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { markRestored } from '../../db/postgres/restored.ts';
import { becomeRelay, readUpstream } from '../../db/postgres/upstream.ts';
import { scopesOfHub } from '../../lib/access/scopes-held.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { bearWitness } from '../../lib/replication/witness.ts';
import { aHttpPhone } from './http-phone.ts';
import { recordsOfLines } from './passed-on-rows.ts';
import { aServedClinic, post } from './routes.ts';
import { aDatabase, type TestDatabase } from './test-database.ts';

export type RelayPair = Awaited<ReturnType<typeof aRelayPair>>;
export type PairPhone = Awaited<ReturnType<RelayPair['aPhone']>>;

const CLINICS = ['North', 'South'] as const;

/** The exchange route on a database that is not this process's own. */
export function lineInto(
  at: () => TestDatabase,
  bearer: string,
  route = exchange,
): (message: unknown) => Promise<unknown> {
  return async (message) => {
    const asked = post('/api/sync', message, { authorization: `Bearer ${bearer}` });
    const answer = await route(at().pool, asked);
    if (!answer.ok) throw new Error(`refused: ${answer.problem.code} ${answer.problem.field ?? ''}`);
    return answer.value.json();
  };
}

/** A server with two clinics and a hub of the first of them, each on a database of its own. */
export async function aRelayPair() {
  const root = { database: await aDatabase() };
  process.env.DATABASE_URL = root.database.url;
  const clinic = await aServedClinic(root.database);
  const clinics: { clinicId: string; userId: string }[] = [];
  for (const name of CLINICS) {
    const clinicId = await clinic.aClinic(name);
    clinics.push({ clinicId, userId: await clinic.aUser(name.toLowerCase(), clinicId) });
  }
  const hubKey = await addHub(root.database.pool, 'Box', [CLINICS[0]]);
  const hub = { database: await aDatabase() };
  const spare: TestDatabase[] = [];
  const refusedRows: string[] = [];
  const replacedRows: string[] = [];
  await becomeRelay(hub.database.pool);

  const newStore = () =>
    postgresRelay(hub.database.pool, {
      refused: (row, code) => refusedRows.push(`${refKey(row)} ${code}`),
      replaced: (row) => replacedRows.push(refKey(row)),
      repairs: () => undefined,
    });
  let store = newStore();

  return {
    root,
    hub,
    hubKey,
    clinic,
    clinics,
    refusedRows,
    replacedRows,
    lineOfHub: () => lineInto(() => root.database, hubKey.key),
    /** The relay's exchanges with the root until it is quiet, over its own line or another. */
    relay(over: Transport = lineInto(() => root.database, hubKey.key)) {
      return relayRound(store, over, () => false);
    },
    /** The hub's process is started again. */
    restartHub(): void {
      store = newStore();
    },
    /** The hub tells the root everything it holds; false when the root does not listen. */
    async bearWitness(): Promise<boolean> {
      const { replicaId } = await readIdentity(hub.database.pool);
      const line = lineInto(() => root.database, hubKey.key, witness);
      return bearWitness(relayWitness(hub.database.pool, replicaId), collectionNamed, line);
    },
    /** A backup of the root is put in its place, as the command does. */
    async restoreRoot(backup: TestDatabase): Promise<void> {
      spare.push(root.database);
      root.database = backup;
      await markRestored(backup.pool);
    },
    /** A phone that the root knows, and the hub from its next exchange. */
    async aPhone(place = 0) {
      const { clinicId, userId } = clinics[place]!;
      const device = await clinic.aDevice(clinicId, CLINICS[place]!.toLowerCase());
      const phone = aHttpPhone(device, userId, clinicId);
      const at = (one: { database: TestDatabase }) => lineInto(() => one.database, device.bearer);
      return {
        ...phone,
        bearer: device.bearer,
        clinicId,
        userId,
        lineTo: at,
        syncWith: (one: { database: TestDatabase }) => exchangeUntilQuiet(phone.phone, at(one), Date.now),
        state: (actionId: string) => phone.entry(actionId)?.state,
      };
    },
    /** An empty database in the hub's place. */
    async replaceHub(): Promise<void> {
      spare.push(hub.database);
      hub.database = await aDatabase();
      await becomeRelay(hub.database.pool);
      store = newStore();
    },
    async editAtRoot(edits: readonly Edit[], needs: readonly StoredRecord[] = []): Promise<void> {
      const author = { userId: clinic.founder, clinicId: null };
      const outcome = await authorEdits(root.database.pool, { author, needs, decide: () => edits });
      if (outcome?.result !== 'applied') throw new Error(`refused: ${JSON.stringify(outcome?.refusal)}`);
    },
    async dispose(): Promise<void> {
      await served().close();
      Reflect.deleteProperty(globalThis, Symbol.for('hikma.database'));
      for (const one of [root.database, hub.database, ...spare]) await one.drop();
    },
  };
}

/** The records of a scope by its feed, and its sums as they are kept and as they follow from the records. */
export async function scopeAt({ pool }: Pick<TestDatabase, 'pool'>, scope: string) {
  const { lines, head } = await readSnapshotOf(pool, async (reader) => ({
    lines: await reader.readFeed(scope, 0, 100_000),
    head: (await reader.heads([scope]))[0],
  }));
  const records = await recordsOfLines(pool, lines);
  const digest = records.reduce((sum, record) => sum ^ recordHash(record), 0n);
  const sums = { count: records.length, digest: String(digest) };
  expect({ count: head?.count ?? 0, digest: head?.digest ?? '0' }, `sums of ${scope}`).toEqual(sums);
  const byKey = records.map((record) => [refKey(record), record] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byKey);
}

/** Key by key and stamp by stamp, in everything that a hub of these clinics holds. */
export async function expectEqualFor(
  root: Pick<TestDatabase, 'pool'>,
  hub: Pick<TestDatabase, 'pool'>,
  clinicIds: readonly string[],
): Promise<number> {
  let count = 0;
  for (const scope of scopesOfHub(clinicIds)) {
    const held = await scopeAt(root, scope);
    expect(await scopeAt(hub, scope), scope).toEqual(held);
    count += Object.keys(held).length;
  }
  return count;
}

/** The relay between these databases has handed on everything, and read everything of these clinics. */
export async function untilQuiet(
  root: Pick<TestDatabase, 'pool'>,
  hub: Pick<TestDatabase, 'pool'>,
  clinicIds: readonly string[],
): Promise<void> {
  for (;;) {
    const [heads, { epoch, cursors }] = await Promise.all([
      readHeads(root.pool, scopesOfHub(clinicIds)),
      readUpstream(hub.pool),
    ]);
    const read = epoch === null ? {} : (cursors[epoch] ?? {});
    const behind = heads.some(({ scope, seq }) => (read[scope] ?? 0) < seq);
    if (!behind && !(await hasUnconfirmed(hub.pool))) return;
    await wait(100);
  }
}

/** The same, and a phone of the first clinic, of which the hub knows. */
export async function aRelayPairWithPhone() {
  const pair = await aRelayPair();
  const [north, south] = pair.clinics.map(({ clinicId }) => clinicId) as [string, string];
  const phone = await pair.aPhone();
  await pair.relay();
  return { pair, phone, north, south };
}
