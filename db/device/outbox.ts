import type { Action } from '../../lib/replication/change.ts';
import { isOffered, type OutboxEntry, type Standing } from '../../lib/replication/outbox.ts';
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

export async function outboxRow(
  key: CryptoKey,
  entry: PlacedEntry,
  made: Pick<OutboxRow, 'seq' | 'madeAtMs' | 'settled'>,
): Promise<OutboxRow> {
  const { action, refusal, places, ...standing } = entry;
  const inside: Inside = { action, refusal, places };
  const sealed = await seal(key, `outbox:${action.id}`, inside);
  const { seq, madeAtMs, settled } = made;
  return {
    id: action.id,
    seq,
    ...standing,
    changes: action.changes.length,
    author: action.changes[0]!.author,
    madeAtMs,
    ...(settled === undefined ? {} : { settled }),
    sealed,
  };
}

export async function openOutboxRow(key: CryptoKey, row: OutboxRow): Promise<PlacedEntry> {
  const { action, refusal, places } = await unseal<Inside>(key, `outbox:${row.id}`, row.sealed);
  return { action, refusal, places, ...standingOf(row) };
}

function standingOf({ origin, lastSeq, chain, state, receivedBy, confirmedAtMs }: OutboxRow): Standing {
  return { origin, lastSeq, chain, state, receivedBy, confirmedAtMs };
}

/** Rows that wait to be sent, oldest first; at most `limit`. */
export async function pendingRows(database: DeviceDatabase, limit = Number.POSITIVE_INFINITY): Promise<OutboxRow[]> {
  return database.outbox
    .where('[state+seq]')
    .between(['pending', 0], ['pending', Number.MAX_SAFE_INTEGER])
    .limit(limit)
    .toArray();
}

export async function pendingEntries(database: DeviceDatabase, key: CryptoKey): Promise<PlacedEntry[]> {
  return Promise.all((await pendingRows(database)).map((row) => openOutboxRow(key, row)));
}

/**
 * Actions that an upstream of this life has to be offered, oldest first; at most `limit`. `again`: also those of a
 * former identity that only an outcome can confirm.
 */
export async function offeredActions(
  database: DeviceDatabase,
  key: CryptoKey,
  epoch: string | null,
  limit: number,
  again: { readonly besides: string } | null,
): Promise<Action[]> {
  const pending = await pendingRows(database, limit);
  const received = await database.outbox.where('state').equals('received').toArray();
  const others = received.filter((row) => isOffered(row, epoch) || (again !== null && row.origin !== again.besides));
  const rows = [...pending, ...others].sort((left, right) => left.seq - right.seq).slice(0, limit);
  return Promise.all(rows.map(async (row) => (await openOutboxRow(key, row)).action));
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
