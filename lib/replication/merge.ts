import type { Change } from './change.ts';
import { isCreation, isEmptied } from './change.ts';
import type { Json } from './json.ts';
import { CREATED, DELETED, ERASED, type Key } from './key.ts';
import type { Deleted, RecordRef, StoredRecord } from './record.ts';
import { greatestStamp, type Stamp } from './stamp.ts';

/** What one change writes, key by key. All keys of a change carry its one stamp. */
export function writesOf(change: Change): Record<Key, Json> {
  switch (change.kind) {
    case 'put':
      if (isEmptied(change)) return {};
      return isCreation(change) ? { ...change.fields, [CREATED]: createdBy(change) } : { ...change.fields };
    case 'delete':
      return { [DELETED]: { deletedAt: change.at, deletedBy: change.author, deletedReason: change.reason } };
    case 'restore':
      return { [DELETED]: { deletedAt: null, deletedBy: null, deletedReason: null } };
    case 'erase':
      return { [ERASED]: true, [DELETED]: { deletedAt: change.at, deletedBy: change.author, deletedReason: null } };
  }
}

function createdBy(change: Change): Json {
  return { createdAt: change.at, createdBy: change.author, createdOn: change.origin };
}

/** The record that one change makes of nothing. Merging it into what is held applies the change. */
export function recordOf(change: Change): StoredRecord {
  const values = writesOf(change);
  const stamps: Record<Key, Stamp> = {};
  for (const key of Object.keys(values)) stamps[key] = change.stamp;
  return { collection: change.collection, id: change.recordId, values, stamps };
}

/**
 * Both records, key by key, the greater stamp winning. Associative, commutative and idempotent, and it needs no
 * schema: a replica merges keys it has never heard of rightly, and keeps them.
 */
export function mergeRecords(held: StoredRecord | undefined, incoming: StoredRecord): StoredRecord {
  if (held === undefined) return emptied(incoming);
  const values: Record<Key, Json> = { ...held.values };
  const stamps: Record<Key, Stamp> = { ...held.stamps };
  let changed = false;
  for (const [key, stamp] of Object.entries(incoming.stamps)) {
    const own = stamps[key];
    if (own !== undefined && own >= stamp) continue;
    values[key] = incoming.values[key] ?? null;
    stamps[key] = stamp;
    changed = true;
  }
  return changed ? emptied({ ...held, values, stamps }) : held;
}

export function mergeChange(held: StoredRecord | undefined, change: Change): StoredRecord {
  return mergeRecords(held, recordOf(change));
}

/**
 * The record with changes merged over it, in any order: the result is the same. Emptied ones make nothing; of what is
 * erased they say whose it was.
 */
export function mergeChanges(held: StoredRecord | undefined, changes: Iterable<Change>): StoredRecord | undefined {
  let record = held;
  const claims: Change[] = [];
  for (const change of changes) {
    if (isEmptied(change)) claims.push(change);
    else record = mergeChange(record, change);
  }
  for (const change of claims) record = claimTombstone(record, change);
  return record;
}

/**
 * An erased record with what an emptied change says of its making: who, when, and whose it was. Only in the clinic
 * where its author acted, and not otherwise than it stands. Anything else stays as it is.
 */
export function claimTombstone<R extends StoredRecord | undefined>(held: R, change: Change): R | StoredRecord {
  if (held?.values[ERASED] !== true || !isEmptied(change) || !isCreation(change)) return held;
  const { fields, clinicId } = change;
  const isMoved = Object.keys(fields).some((key) => (held.values[key] ?? fields[key]) !== fields[key]);
  if (isMoved || (fields.clinicId ?? clinicId) !== clinicId) return held;
  const values: Record<Key, Json> = { ...fields, [CREATED]: createdBy(change) };
  const stamps = Object.fromEntries(Object.keys(values).map((key) => [key, change.stamp]));
  return mergeRecords(held, { collection: change.collection, id: change.recordId, values, stamps });
}

/** What stays of an erased record: the tombstone, and the keys that say where it belongs. */
export const KEPT_KEYS: ReadonlySet<Key> = new Set([CREATED, DELETED, ERASED, 'clinicId', 'patientId']);

/** Erasure beats every stamp, earlier or later: content that arrives afterwards is dropped as well. */
function emptied(record: StoredRecord): StoredRecord {
  if (record.values[ERASED] !== true) return record;
  const kept = Object.keys(record.stamps).filter((key) => KEPT_KEYS.has(key));
  const deleted = record.values[DELETED] as unknown as Deleted | undefined;
  const saysWhy = (deleted?.deletedReason ?? null) !== null;
  if (kept.length === Object.keys(record.stamps).length && !saysWhy) return record;
  const pick = <T>(from: Readonly<Record<Key, T>>) => Object.fromEntries(kept.map((key) => [key, from[key]!]));
  const values = pick(record.values);
  // Why it was deleted is told in words, which may be about what was erased.
  if (saysWhy) values[DELETED] = { ...deleted!, deletedReason: null };
  return { ...record, values, stamps: pick(record.stamps) };
}

/**
 * The stamps held for the keys that a write would touch, to name in `replaced`. A record that is held is always named
 * by a stamp, of its making if that is known: a first write of one of its keys must not pass for its creation.
 */
export function seenStamps(held: StoredRecord | undefined, keys: Iterable<Key>): Record<Key, Stamp[]> {
  const seen: Record<Key, Stamp[]> = { [DELETED]: held?.stamps[DELETED] ? [held.stamps[DELETED]] : [] };
  const made = held === undefined ? undefined : (held.stamps[CREATED] ?? greatestStamp(Object.values(held.stamps)));
  if (made !== undefined) seen[CREATED] = [made];
  for (const key of keys) seen[key] = held?.stamps[key] ? [held.stamps[key]] : [];
  return seen;
}

export function refOf(change: Change): RecordRef {
  return { collection: change.collection, id: change.recordId };
}
