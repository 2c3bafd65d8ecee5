import type { Json } from '../../lib/replication/json.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';

/**
 * A record inside a seal: `[collection, id, values, stamp, other stamps or null]`. Most keys of a record share one
 * stamp; naming it once halves the text that is packed and sealed.
 */
export type PackedRecord = readonly [
  collection: string,
  id: string,
  values: Readonly<Record<string, Json>>,
  stamp: string,
  others: Readonly<Record<string, string>> | null,
];

export function packRecord({ collection, id, values, stamps }: StoredRecord): PackedRecord {
  const counts = new Map<string, number>();
  for (const stamp of Object.values(stamps)) counts.set(stamp, (counts.get(stamp) ?? 0) + 1);
  let common = '';
  for (const [stamp, count] of counts) if (count > (counts.get(common) ?? 0)) common = stamp;
  const others = Object.entries(stamps).filter(([, stamp]) => stamp !== common);
  return [collection, id, values, common, others.length === 0 ? null : Object.fromEntries(others)];
}

export function unpackRecord([collection, id, values, stamp, others]: PackedRecord): StoredRecord {
  const stamps: Record<string, string> = {};
  for (const key of Object.keys(values)) stamps[key] = others?.[key] ?? stamp;
  return { collection, id, values, stamps };
}
