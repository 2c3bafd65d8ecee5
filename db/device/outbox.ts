import type { Action } from '../../lib/replication/change.ts';
import type { OutboxEntry } from '../../lib/replication/outbox.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import { seal, unseal } from './seal.ts';

interface Inside {
  readonly action: Action;
  readonly refusal: ChangeRefusal | null;
}

export async function outboxRow(key: CryptoKey, entry: OutboxEntry, madeAtMs: number): Promise<OutboxRow> {
  const { action, state, refusal } = entry;
  const first = action.changes[0]!;
  const inside: Inside = { action, refusal };
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

export async function openOutboxRow(key: CryptoKey, row: OutboxRow): Promise<OutboxEntry> {
  const { action, refusal } = await unseal<Inside>(key, `outbox:${row.id}`, row.sealed);
  return { action, state: row.state, refusal };
}

/** What waits to be sent, oldest first; at most `limit` actions. */
export async function pendingEntries(
  database: DeviceDatabase,
  key: CryptoKey,
  limit = Number.POSITIVE_INFINITY,
): Promise<OutboxEntry[]> {
  const rows = await database.outbox.where('state').equals('pending').sortBy('seq');
  return Promise.all(rows.slice(0, limit).map((row) => openOutboxRow(key, row)));
}

export interface OutboxCounts {
  /** Actions that only this phone has. */
  readonly unsent: number;
  /** Refused, waiting for a person. */
  readonly refused: number;
  /** At an upstream that is not the root. */
  readonly received: number;
}

export async function countOutbox(database: DeviceDatabase): Promise<OutboxCounts> {
  const count = (state: string) => database.outbox.where('state').equals(state).count();
  const [unsent, refused, received] = await Promise.all([count('pending'), count('refused'), count('received')]);
  return { unsent, refused, received };
}
