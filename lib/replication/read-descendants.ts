import type { Change } from './change.ts';
import type { Declaration } from './declaration.ts';
import { parentsOf, recordsBelow } from './descendants.ts';
import type { AcceptanceStore } from './feed-store.ts';
import { CREATED, ERASED } from './key.ts';
import { byRecord, stampsSeenBelow } from './losers.ts';
import { isDeleted, type RecordRef, refKey, type StoredRecord } from './record.ts';
import { patientOf } from './scopes.ts';

type Declared = (name: string) => Declaration | undefined;

/** The records of an acceptance as they stood before it and stand after it. */
interface Touched {
  readonly before: ReadonlyMap<string, StoredRecord>;
  readonly after: ReadonlyMap<string, StoredRecord>;
}

/** Every record that these hang below, or did before they were changed. What is not here yet is left out. */
export async function readAncestors(
  store: Pick<AcceptanceStore, 'readUnlocked'>,
  declared: Declared,
  { before, after }: Touched,
  changed: readonly StoredRecord[],
): Promise<StoredRecord[]> {
  const found = new Map<string, StoredRecord | null>();
  const parents = (record: StoredRecord) => parentsOf(declared(record.collection), record);
  let level: RecordRef[] = changed.flatMap((record) => {
    const former = before.get(refKey(record));
    return former === undefined || former === record ? parents(record) : [...parents(former), ...parents(record)];
  });
  while (level.length > 0) {
    const fresh = [...new Map(level.map((ref) => [refKey(ref), ref]))].filter(([key]) => !found.has(key));
    const missing = fresh.filter(([key]) => !after.has(key)).map(([, ref]) => ref);
    const read = missing.length === 0 ? [] : await store.readUnlocked(missing);
    for (const [key] of fresh) found.set(key, after.get(key) ?? null);
    for (const record of read) found.set(refKey(record), record);
    level = fresh.flatMap(([key]) => (found.get(key) ? parents(found.get(key)!) : []));
  }
  return [...found.values()].filter((record) => record !== null);
}

/**
 * For each of these records that is deleted: all applied changes of those records below it that were written to in a way
 * that no deletion of it had seen. `changes`: its own, by `refKey`; `applied`: those of this acceptance.
 */
export async function readUnseenBelow(
  store: Pick<AcceptanceStore, 'readCharts' | 'readAppliedChanges'>,
  declared: Declared,
  after: ReadonlyMap<string, StoredRecord>,
  tops: readonly StoredRecord[],
  changes: ReadonlyMap<string, readonly Change[]>,
  applied: readonly Change[],
): Promise<Map<string, Change[]>> {
  const hiding = tops.flatMap((top) => {
    const chart = isDeleted(top) && top.values[ERASED] !== true ? chartOf(declared, top) : null;
    return chart === null ? [] : [{ top, chart }];
  });
  if (hiding.length === 0) return new Map();
  const charts = await store.readCharts([...new Set(hiding.map(({ chart }) => chart))].sort());
  const records = new Map([...charts.map((record) => [refKey(record), record] as const), ...after]);
  const unseen = new Map(
    hiding.map(({ top }) => {
      const seen = stampsSeenBelow(changes.get(refKey(top)) ?? []);
      const isUnseen = ({ stamps }: StoredRecord) =>
        Object.entries(stamps).some(([key, stamp]) => key !== CREATED && !seen.has(stamp));
      const below = recordsBelow(declared, top, records.values());
      return [refKey(top), below.filter((record) => !isDeleted(record) && isUnseen(record))];
    }),
  );
  const refs = new Map([...unseen.values()].flat().map((record) => [refKey(record), record]));
  if (refs.size === 0) return new Map();
  const made = byRecord([...(await store.readAppliedChanges([...refs.values()])), ...applied]);
  return new Map([...unseen].map(([key, below]) => [key, below.flatMap((record) => made.get(refKey(record)) ?? [])]));
}

function chartOf(declared: Declared, record: StoredRecord): string | null {
  const collection = declared(record.collection);
  return collection === undefined ? null : patientOf(collection, record);
}
