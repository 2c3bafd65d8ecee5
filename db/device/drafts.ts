import type { RecordRef } from '../../lib/replication/record.ts';
import type { DeviceDatabase, DraftRow } from './device-database.ts';
import { seal, unseal } from './seal.ts';

/** A form being filled in, by the id of what it will become. Each user has his own: two may be editing one patient. */
export interface SavedDraft<T> {
  readonly id: string;
  readonly author: string;
  readonly savedAtMs: number;
  readonly content: T;
}

export async function saveDraft<T>(database: DeviceDatabase, key: CryptoKey, draft: SavedDraft<T>): Promise<void> {
  const { author, savedAtMs, content } = draft;
  const id = rowId(draft.id, author);
  await database.drafts.put({ id, author, savedAtMs, sealed: await seal(key, `drafts:${id}`, content) });
}

export async function readDraft<T>(
  database: DeviceDatabase,
  key: CryptoKey,
  id: string,
  author: string,
): Promise<SavedDraft<T> | null> {
  const row = await database.drafts.get(rowId(id, author));
  return row === undefined ? null : open<T>(key, row);
}

/** One user's drafts, newest first. */
export async function listDrafts<T>(
  database: DeviceDatabase,
  key: CryptoKey,
  author: string,
): Promise<SavedDraft<T>[]> {
  const rows = (await database.drafts.toArray()).filter((row) => row.author === author);
  rows.sort((left, right) => right.savedAtMs - left.savedAtMs);
  return Promise.all(rows.map((row) => open<T>(key, row)));
}

export async function removeDraft(database: DeviceDatabase, id: string, author: string): Promise<void> {
  await database.drafts.delete(rowId(id, author));
}

/** Whoever was filling them in, inside the caller's transaction. */
export async function removeDraftsOf(database: DeviceDatabase, records: Iterable<RecordRef>): Promise<void> {
  const ids = [...records].map(({ id }) => rowId(id, ''));
  if (ids.length > 0) await database.drafts.where('id').startsWithAnyOf(ids).delete();
}

function rowId(id: string, author: string): string {
  return `${id}/${author}`;
}

async function open<T>(key: CryptoKey, row: DraftRow): Promise<SavedDraft<T>> {
  const content = await unseal<T>(key, `drafts:${row.id}`, row.sealed);
  const id = row.id.slice(0, row.id.indexOf('/'));
  return { id, author: row.author, savedAtMs: row.savedAtMs, content };
}
