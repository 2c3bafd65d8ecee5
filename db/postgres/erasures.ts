import type pg from 'pg';
import { worldOf } from '../../lib/domain/world.ts';
import { acceptRows } from '../../lib/replication/accept.ts';
import { ERASED } from '../../lib/replication/key.ts';
import type { RecordRef, StoredRecord } from '../../lib/replication/record.ts';
import { BEGIN_PUSH } from './accept-changes.ts';
import { AcceptanceTransaction } from './acceptance-store.ts';
import { noteWitnessed } from './hear-witness.ts';
import { type Queryable, readByIds } from './record-statements.ts';
import { inTransaction, readIdentity } from './replica-identity.ts';
import { noteMoved } from './tell-hints.ts';
import { writeFeedAndLog } from './write-feed.ts';

/** Rows of one transaction. */
const AT_ONCE = 200;

/** The tombstones of all that was erased here, by the log. None at a relay: its root keeps them. */
export async function readErasures(client: Queryable): Promise<StoredRecord[]> {
  if (!(await readIdentity(client)).root) return [];
  const found = await client.query<RecordRef>({
    name: 'read erasures',
    text: `select distinct collection, record_id as id from changes where kind = 'erase' and result = 'applied'`,
  });
  const records = await readByIds(client, found.rows);
  return records.filter(({ values }) => values[ERASED] === true);
}

/**
 * Erases again what a root has back from a backup, or has lost and might be told again: tombstones are merged like rows,
 * with the stamps that devices know them by, and the log is emptied. Those that changed something.
 */
export async function reapplyErasures(pool: pg.Pool, tombstones: readonly StoredRecord[]): Promise<number> {
  let count = 0;
  for (let from = 0; from < tombstones.length; from += AT_ONCE) {
    const rows = tombstones.slice(from, from + AT_ONCE);
    count += await inTransaction(pool, BEGIN_PUSH, (client) => reapplyWithin(client, rows));
  }
  return count;
}

async function reapplyWithin(client: Queryable, tombstones: readonly StoredRecord[]): Promise<number> {
  const { replicaId } = await readIdentity(client);
  const store = new AcceptanceTransaction(client);
  await store.loadRows(tombstones, []);
  const world = worldOf(new Map(), { kind: 'server' });
  const erased = await acceptRows(store.storeFor(null), world, () => true, tombstones);
  await store.flushRows();
  // Their changes may be lost with what was made since the backup: the log cannot say who erased them.
  await noteWitnessed(client, replicaId, erased);
  noteMoved(client, await writeFeedAndLog(client, store, replicaId));
  return erased.length;
}
