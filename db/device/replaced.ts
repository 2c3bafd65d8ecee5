import { collectionNamed } from '../../lib/domain/collections.ts';
import { isLost } from '../../lib/replication/healing.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { patientOf } from '../../lib/replication/scopes.ts';
import type { DeviceDatabase, ReplacedRow } from './device-database.ts';
import { type PackedRecord, packRecord, unpackRecord } from './packed-record.ts';
import type { OpenRow } from './rows.ts';
import { seal, unseal } from './seal.ts';

/** Rows for what a repair took out of `rows`, which are as they are after it, and did not bring back in a newer state. */
export function replacedRows(
  key: CryptoKey,
  taken: readonly StoredRecord[],
  rows: readonly OpenRow[],
  nowMs: number,
): Promise<ReplacedRow[]> {
  const held = storedIn(rows);
  const lost = taken.filter((record) => isLost(record, held.get(refKey(record))));
  return Promise.all(lost.map((record) => replacedRow(key, record, nowMs)));
}

/** Ids of what was replaced and need not be seen any more, these rows being as they are now. */
export async function heldAgain(database: DeviceDatabase, key: CryptoKey, rows: readonly OpenRow[]): Promise<string[]> {
  const held = storedIn(rows);
  const again: string[] = [];
  for (const row of await database.replaced.toArray()) {
    const now = held.get(row.record);
    if (now !== undefined && !isLost(await openReplaced(key, row), now)) again.push(row.id);
  }
  return again;
}

function storedIn(rows: readonly OpenRow[]): ReadonlyMap<string, StoredRecord> {
  return new Map(rows.flatMap((row) => Object.entries(row.held.stored)));
}

async function replacedRow(key: CryptoKey, record: StoredRecord, atMs: number): Promise<ReplacedRow> {
  const id = `${refKey(record)} ${recordHash(record)}`;
  const collection = collectionNamed(record.collection);
  const patientId = collection === undefined ? null : patientOf(collection, record);
  return { id, record: refKey(record), patientId, atMs, sealed: await seal(key, `replaced:${id}`, packRecord(record)) };
}

export async function openReplaced(key: CryptoKey, row: ReplacedRow): Promise<StoredRecord> {
  return unpackRecord(await unseal<PackedRecord>(key, `replaced:${row.id}`, row.sealed));
}

/** What was replaced of one patient's chart, or of what is about no patient. */
export interface Replaced {
  readonly patientId: string | null;
  /** When the last of it was. */
  readonly atMs: number;
  readonly records: readonly StoredRecord[];
  readonly rows: readonly ReplacedRow[];
}

/** Everything that was replaced and that nobody has dealt with, by patient. */
export async function listReplaced(database: DeviceDatabase, key: CryptoKey): Promise<Replaced[]> {
  const byPatient = new Map<string | null, ReplacedRow[]>();
  for (const row of await database.replaced.toArray())
    byPatient.set(row.patientId, [...(byPatient.get(row.patientId) ?? []), row]);
  return Promise.all(
    [...byPatient].map(async ([patientId, rows]) => ({
      ...{ patientId, rows, atMs: Math.max(...rows.map((row) => row.atMs)) },
      records: await Promise.all(rows.map((row) => openReplaced(key, row))),
    })),
  );
}

/** Of how many charts something was replaced; what is about no patient counts as one. */
export async function countReplaced(database: DeviceDatabase): Promise<number> {
  const rows = await database.replaced.toArray();
  return new Set(rows.map((row) => row.patientId)).size;
}

/** A person has seen it. */
export async function forgetReplaced(database: DeviceDatabase, rows: readonly ReplacedRow[]): Promise<void> {
  await database.replaced.bulkDelete(rows.map((row) => row.id));
}

/** Takes that back. */
export async function keepReplaced(database: DeviceDatabase, rows: readonly ReplacedRow[]): Promise<void> {
  await database.replaced.bulkPut([...rows]);
}
