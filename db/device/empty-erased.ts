import { emptiedAction, isErased } from '../../lib/replication/emptied.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import { placeKey } from './chart.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import { openOutboxRow, outboxRow } from './outbox.ts';
import type { OpenRow } from './rows.ts';
import type { OutboxAfter } from './settle-outbox.ts';

/** What is erased in these rows, and was not when they were read. What is erased here only may be refused yet. */
export function newlyErased(rows: readonly OpenRow[], read: ReadonlyMap<string, OpenRow>): RecordRef[] {
  return rows.flatMap(({ place, held }) => {
    const before = read.get(placeKey(place))?.held.stored ?? {};
    return Object.values(held.stored).filter((one) => isErased(one) && !isErased(before[refKey(one)]));
  });
}

/**
 * The rows of the outbox that hold something of these records, without it; as they are after a reply (`settled`).
 * Content is sealed, so every row is opened: erasures are rare.
 */
export async function emptiedRows(
  database: DeviceDatabase,
  key: CryptoKey,
  erased: readonly RecordRef[],
  settled: Pick<OutboxAfter, 'changed' | 'forgotten'> | null,
): Promise<OutboxRow[]> {
  if (erased.length === 0) return [];
  const named = new Set(erased.map(refKey));
  const kept = new Map((await database.outbox.toArray()).map((row) => [row.id, row]));
  for (const row of settled?.changed ?? []) kept.set(row.id, row);
  for (const id of settled?.forgotten ?? []) kept.delete(id);
  const emptied = [...kept.values()].map(async (row) => {
    const entry = await openOutboxRow(key, row);
    const action = emptiedAction(entry.action, (ref) => named.has(refKey(ref)));
    return action === entry.action ? [] : [await outboxRow(key, { ...entry, action }, row)];
  });
  return (await Promise.all(emptied)).flat();
}
