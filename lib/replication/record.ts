import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Json } from './json.ts';
import { DELETED, ERASED, type Key } from './key.ts';
import { greatestStamp, msOf, type Stamp } from './stamp.ts';

/**
 * A record as every replica holds it: a flat map from key to value, and a stamp for every key ever written. A key with
 * a stamp and the value null was cleared; a key without a stamp was never written and loses to any write.
 */
export interface StoredRecord {
  readonly collection: string;
  readonly id: string;
  readonly values: Readonly<Record<Key, Json>>;
  readonly stamps: Readonly<Record<Key, Stamp>>;
}

export interface RecordRef {
  readonly collection: string;
  readonly id: string;
}

/** One text per record, to key maps with. */
export function refKey(ref: RecordRef): string {
  return `${ref.collection}/${ref.id}`;
}

/** Who made the record, when, and on which replica. */
export interface Created {
  readonly createdAt: string;
  readonly createdBy: string;
  readonly createdOn: string;
}

/** All null when the record is alive (never deleted, or restored). */
export interface Deleted {
  readonly deletedAt: string | null;
  readonly deletedBy: string | null;
  readonly deletedReason: string | null;
}

export function isDeleted(record: StoredRecord): boolean {
  if (record.values[ERASED] === true) return true;
  const deleted = record.values[DELETED] as unknown as Deleted | undefined;
  return deleted != null && deleted.deletedAt !== null;
}

/** Milliseconds of the newest write to any key; 0 for a record that was never written. */
export function updatedAtMs(record: StoredRecord): number {
  const greatest = greatestStamp(Object.values(record.stamps));
  return greatest === undefined ? 0 : msOf(greatest);
}

/**
 * Hash of a record's id and every key stamp, in one canonical order: 64 bits as a signed integer, so it fits
 * PostgreSQL's bigint. Only the newest stamp would hide a lost older edit of another key.
 */
export function recordHash(record: StoredRecord): bigint {
  const keys = Object.keys(record.stamps).sort();
  const text = `${record.id}\n${keys.map((key) => `${key}=${record.stamps[key]}`).join('\n')}`;
  const bytes = sha256(utf8ToBytes(text));
  let hash = 0n;
  for (let index = 0; index < 8; index++) hash = (hash << 8n) | BigInt(bytes[index]!);
  return BigInt.asIntN(64, hash);
}
