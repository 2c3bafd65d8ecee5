import type pg from 'pg';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { type Sender, worldOf } from '../../lib/domain/world.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import type { AcceptanceStore } from '../../lib/replication/feed-store.ts';
import type { WitnessReply, WitnessRequest } from '../../lib/replication/protocol/witness.ts';
import { tablesOf } from '../../lib/replication/read-pages.ts';
import type { RecordRef } from '../../lib/replication/record.ts';
import { hearWitness, type Witness } from '../../lib/replication/witness.ts';
import { BEGIN_PUSH } from './accept-changes.ts';
import { AcceptanceTransaction, InsertRaced } from './acceptance-store.ts';
import { isDataFault, isRerunnable } from './faults.ts';
import type { Queryable } from './record-statements.ts';
import { inTransaction, readIdentity } from './replica-identity.ts';
import { noteMoved } from './tell-hints.ts';
import { writeFeedAndLog } from './write-feed.ts';

const ATTEMPTS = 5;
/** To whoever comes while this root is not in recovery. */
export const NOT_RECOVERING: WitnessReply = { recovering: false, wanted: [], gone: [] };

/**
 * Hears a witness in one transaction, locked like a push, and notes what came from which device. Nothing is taken when
 * this root is not in recovery. A row that PostgreSQL refuses takes no other with it.
 */
export async function hearWitnessOn(
  pool: pg.Pool,
  deviceId: string,
  sender: Sender,
  witness: Witness,
  request: WitnessRequest,
): Promise<WitnessReply> {
  const world = worldOf(new Map(), sender);
  const hear = (store: AcceptanceStore, asked: WitnessRequest) => hearWitness(store, world, witness, asked);
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, BEGIN_PUSH, (client) => hearWithin(client, deviceId, request, hear));
    } catch (fault) {
      const again = isRerunnable(fault) || fault instanceof InsertRaced;
      if (!again || attempt === ATTEMPTS) throw fault;
    }
  }
}

type Hear = (store: AcceptanceStore, asked: WitnessRequest) => ReturnType<typeof hearWitness>;

async function hearWithin(
  client: pg.PoolClient,
  deviceId: string,
  request: WitnessRequest,
  hear: Hear,
): Promise<WitnessReply> {
  const identity = await readIdentity(client);
  if (!identity.recovering) return NOT_RECOVERING;
  const store = new AcceptanceTransaction(client);
  const rows = recordsOf(request.tables).filter(({ collection }) => collectionNamed(collection));
  await store.loadRows(rows, []);
  const { reply, taken } = await heard(client, store, request, hear);
  await noteWitnessed(client, deviceId, taken);
  if (store.feed.size > 0) noteMoved(client, await writeFeedAndLog(client, store, identity.replicaId));
  return reply;
}

/** All rows at once; when PostgreSQL refuses one, row by row without it. */
async function heard(
  client: Queryable,
  store: AcceptanceTransaction,
  request: WitnessRequest,
  hear: Hear,
): ReturnType<typeof hearWitness> {
  const port = store.storeFor(null);
  // Rows of which only hashes came are not locked: they are only looked at.
  const looking = { ...port, readRecords: port.readUnlocked };
  await client.query('savepoint rows');
  try {
    const all = await hear(looking, request);
    await store.flushRows();
    await client.query('release savepoint rows');
    return all;
  } catch (fault) {
    await client.query('rollback to savepoint rows');
    store.discardDraft();
    if (!isDataFault(fault)) throw fault;
  }
  const rows = recordsOf(request.tables);
  const none = { reply: { recovering: true, wanted: [], gone: [] }, taken: [] };
  if (rows.length === 1) return none;
  const taken: RecordRef[] = [];
  for (const row of rows) {
    const alone = { ...request, hashes: [], tables: tablesOf(collectionNamed, [row]) };
    taken.push(...(await heard(client, store, alone, hear)).taken);
  }
  return { reply: (await hear(looking, { ...request, tables: [] })).reply, taken };
}

/** Notes that these rows did not come as changes: from a device, or from this replica's own list of erasures. */
export async function noteWitnessed(client: Queryable, deviceId: string, taken: readonly RecordRef[]): Promise<void> {
  if (taken.length === 0) return;
  await client.query({
    name: 'witnessed',
    text: `insert into witnessed (collection, record_id, device_id)
           select collection, id, $3 from unnest($1::text[], $2::uuid[]) t(collection, id) on conflict do nothing`,
    values: [taken.map(({ collection }) => collection), taken.map(({ id }) => id), deviceId],
  });
}
