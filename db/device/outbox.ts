import type { Action } from '../../lib/replication/change.ts';
import type { OutboxEntry } from '../../lib/replication/outbox.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import type { RowPlace } from './chart.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import { seal, unseal } from './seal.ts';

interface Inside {
  readonly action: Action;
  readonly refusal: ChangeRefusal | null;
  readonly places: readonly RowPlace[];
}

/** An outbox entry with the rows its changes stand in: a change to a record names its patient only when it made it. */
export interface PlacedEntry extends OutboxEntry {
  readonly places: readonly RowPlace[];
}

export async function outboxRow(key: CryptoKey, entry: PlacedEntry, madeAtMs: number): Promise<OutboxRow> {
  const { action, state, refusal, places } = entry;
  const first = action.changes[0]!;
  const inside: Inside = { action, refusal, places };
  const sealed = await seal(key, `outbox:${action.id}`, inside);
  return {
    id: action.id,
    seq: first.originSeq,
    state,
    changes: action.changes.length,
    author: first.author,
    madeAtMs,
    sealed,
  };
}

export async function openOutboxRow(key: CryptoKey, row: OutboxRow): Promise<PlacedEntry> {
  const { action, refusal, places } = await unseal<Inside>(key, `outbox:${row.id}`, row.sealed);
  return { action, state: row.state, refusal, places };
}

/** Rows that wait to be sent, oldest first; at most `limit`. */
export async function pendingRows(database: DeviceDatabase, limit = Number.POSITIVE_INFINITY): Promise<OutboxRow[]> {
  return database.outbox
    .where('[state+seq]')
    .between(['pending', 0], ['pending', Number.MAX_SAFE_INTEGER])
    .limit(limit)
    .toArray();
}

/** What waits to be sent, oldest first; at most `limit` actions. */
export async function pendingEntries(
  database: DeviceDatabase,
  key: CryptoKey,
  limit = Number.POSITIVE_INFINITY,
): Promise<PlacedEntry[]> {
  const rows = await pendingRows(database, limit);
  return Promise.all(rows.map((row) => openOutboxRow(key, row)));
}

export interface OutboxCounts {
  /** Actions that only this phone has. */
  readonly unsent: number;
  /** Refused, and not dealt with: waiting for a person. */
  readonly refused: number;
  /** At an upstream that is not the root. */
  readonly received: number;
}

export async function countOutbox(database: DeviceDatabase): Promise<OutboxCounts> {
  const count = (state: string) => database.outbox.where('state').equals(state).count();
  const waiting = database.outbox
    .where('state')
    .equals('refused')
    .filter((row) => row.settled === undefined);
  const [unsent, refused, received] = await Promise.all([count('pending'), waiting.count(), count('received')]);
  return { unsent, refused, received };
}
