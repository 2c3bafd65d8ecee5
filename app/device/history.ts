import { z } from 'zod';
import type { DeviceDatabase } from '../../db/device/device-database.ts';
import { openOutboxRow } from '../../db/device/outbox.ts';
import type { Change } from '../../lib/replication/change.ts';
import type { Json } from '../../lib/replication/json.ts';
import { writesOf } from '../../lib/replication/merge.ts';
import type { RecordRef } from '../../lib/replication/record.ts';

/** One change of a record, as its history shows it. */
export interface HistoryEntry {
  /** The change's id: the same change read here and at the server is one entry. */
  readonly id: string;
  readonly at: string;
  readonly author: string;
  /** As the server knows him; absent for what was read on this phone. */
  readonly authorName?: string | null | undefined;
  readonly reason: string | null;
  /** What it wrote, by key. */
  readonly fields: Readonly<Record<string, Json>>;
  readonly sent: boolean;
}

export type ServerHistory =
  | { readonly ok: true; readonly entries: readonly HistoryEntry[] }
  | { readonly ok: false; readonly why: 'offline' | 'unavailable' };

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const replySchema = z.object({
  changes: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      author: z.string(),
      authorName: z.string().nullish(),
      reason: z.string().nullable(),
      fields: z.record(z.string(), json),
    }),
  ),
});

const TIMEOUT_MS = 15_000;

/** The changes of a record that were made on this phone and are still in its outbox, sent or not; oldest first. */
export async function readOwnHistory(
  database: DeviceDatabase,
  key: CryptoKey,
  ref: RecordRef,
): Promise<HistoryEntry[]> {
  const rows = await database.outbox.orderBy('seq').toArray();
  const entries = await Promise.all(rows.map((row) => openOutboxRow(key, row)));
  return entries.flatMap(({ action, state }) =>
    action.changes
      .filter((change) => change.collection === ref.collection && change.recordId === ref.id)
      .map((change) => entryOf(change, state !== 'pending')),
  );
}

function entryOf(change: Change, sent: boolean): HistoryEntry {
  const { id, at, author, reason } = change;
  return { id, at, author, reason, fields: writesOf(change), sent };
}

/** Every change of a record that the server keeps. Silence and a server without this are answers, not faults. */
export async function fetchHistory(bearer: string, ref: RecordRef): Promise<ServerHistory> {
  const query = new URLSearchParams({ collection: ref.collection, id: ref.id });
  let response: Response;
  try {
    response = await fetch(`/api/history?${query}`, {
      headers: { authorization: `Bearer ${bearer}` },
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (fault) {
    if (!(fault instanceof TypeError) && !(fault instanceof DOMException)) throw fault;
    return { ok: false, why: 'offline' };
  }
  if (!response.ok) return { ok: false, why: 'unavailable' };
  const read = replySchema.safeParse(await response.json().catch(() => null));
  if (!read.success) return { ok: false, why: 'unavailable' };
  return { ok: true, entries: read.data.changes.map((change) => ({ ...change, sent: true })) };
}

/** Both histories as one, oldest first; a change that is in both stands once. */
export function joinHistories(own: readonly HistoryEntry[], server: readonly HistoryEntry[]): HistoryEntry[] {
  const all = new Map([...own, ...server].map((entry) => [entry.id, entry]));
  return [...all.values()].sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}
