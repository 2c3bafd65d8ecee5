import { emptiedAction, erasureOf } from '../../lib/replication/emptied.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import type { Stamp } from '../../lib/replication/stamp.ts';
import { placeKey } from './chart.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import { openOutboxRow, outboxRow } from './outbox.ts';
import type { OpenRow } from './rows.ts';
import type { OutboxAfter } from './settle-outbox.ts';

/** A record of which an upstream says that it was erased. */
export interface Erased extends RecordRef {
  readonly stamp: Stamp;
}

/** What is erased in these rows, and was not when they were read. What is erased here only may be refused yet. */
export function newlyErased(rows: readonly OpenRow[], read: ReadonlyMap<string, OpenRow>): Erased[] {
  return rows.flatMap(({ place, held }) => {
    const before = read.get(placeKey(place))?.held.stored ?? {};
    return Object.values(held.stored).flatMap((record) => {
      const stamp = erasureOf(record);
      if (stamp === null || erasureOf(before[refKey(record)]) !== null) return [];
      return [{ collection: record.collection, id: record.id, stamp }];
    });
  });
}

/**
 * The rows of the outbox that hold something of these records, without it; as they are after a reply (`settled`).
 * Content is sealed, so every row is opened: erasures are rare.
 */
export async function emptiedRows(
  database: DeviceDatabase,
  key: CryptoKey,
  erased: readonly Erased[],
  settled: Pick<OutboxAfter, 'changed' | 'forgotten'> | null,
): Promise<OutboxRow[]> {
  if (erased.length === 0) return [];
  const stamps = new Map(erased.map((one) => [refKey(one), one.stamp]));
  const kept = new Map((await database.outbox.toArray()).map((row) => [row.id, row]));
  for (const row of settled?.changed ?? []) kept.set(row.id, row);
  for (const id of settled?.forgotten ?? []) kept.delete(id);
  const emptied = [...kept.values()].map(async (row) => {
    const entry = await openOutboxRow(key, row);
    const action = emptiedAction(entry.action, (ref) => stamps.get(refKey(ref)) ?? null);
    return action === entry.action ? [] : [await outboxRow(key, { ...entry, action }, row)];
  });
  return (await Promise.all(emptied)).flat();
}
