import { liveQuery, type Subscription } from 'dexie';
import { useSyncExternalStore } from 'react';
import { openOutboxRow } from '../../db/device/outbox.ts';
import { refOf } from '../../lib/replication/merge.ts';
import { refKey } from '../../lib/replication/record.ts';
import { currentPhone, database } from './phone.ts';

const NOTHING: ReadonlySet<string> = new Set();
/** What each action writes never changes: it is opened once. Ids of records, no content. */
const written = new Map<string, readonly string[]>();
const listeners = new Set<() => void>();
let held: ReadonlySet<string> = NOTHING;
let following: Subscription | null = null;

/**
 * Records as `<collection>/<id>` with changes of this phone that an upstream has and the server has not confirmed.
 * Read once for all who ask: a chart shows it at every record.
 */
export function useOnHub(): ReadonlySet<string> {
  return useSyncExternalStore(
    subscribe,
    () => held,
    () => NOTHING,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) follow();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) stop();
  };
}

function follow(): void {
  const phone = currentPhone();
  if (phone.state !== 'open') return;
  const { key } = phone.session;
  following = liveQuery(() => readOnHub(key)).subscribe({ next: tell, error: reportError });
}

function stop(): void {
  following?.unsubscribe();
  following = null;
  held = NOTHING;
}

function tell(read: ReadonlySet<string>): void {
  held = read;
  for (const listener of listeners) listener();
}

/** Said of what the outbox holds now. */
export async function readOnHub(key: CryptoKey): Promise<ReadonlySet<string>> {
  const ids = await database.outbox.where('state').equals('received').primaryKeys();
  if (ids.length === 0) return NOTHING;
  const unknown = ids.filter((id) => !written.has(id));
  const rows = (await database.outbox.bulkGet(unknown)).filter((row) => row !== undefined);
  await Promise.all(
    rows.map(async (row) => {
      const { action } = await openOutboxRow(key, row);
      written.set(row.id, [...new Set(action.changes.map((change) => refKey(refOf(change))))]);
    }),
  );
  return new Set(ids.flatMap((id) => written.get(id) ?? []));
}
