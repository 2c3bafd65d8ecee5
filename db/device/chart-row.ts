import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient, patientOf } from '../../lib/replication/scopes.ts';
import { type Held, type Packed, type RowPlace, storedMemberships } from './chart.ts';
import type { ChartRow, RecordRow, Sum } from './device-database.ts';
import { packRecord } from './packed-record.ts';
import { seal } from './seal.ts';

export function placeOf(record: StoredRecord): RowPlace | null {
  const collection = collectionNamed(record.collection);
  const patientId = collection === undefined ? null : patientOf(collection, record);
  if (patientId !== null) return { table: 'charts', id: patientId };
  return collection?.place === 'none' ? null : { table: 'records', id: refKey(record) };
}

const words: ReadonlyMap<string, string> = new Map(COLLECTIONS.map((one) => [one.name, one.scope]));

/** The chart's row, without its commit number: sealed, with the sums that scope digests are made of. */
export async function chartRow(key: CryptoKey, id: string, held: Held): Promise<Omit<ChartRow, 'commit'>> {
  const stored = Object.values(held.stored);
  const clinics = clinicsOfPatient(storedMemberships(held));
  const sums: Record<string, Sum> = {};
  for (const record of stored) {
    const word = words.get(record.collection) ?? 'record';
    sums[word] = addToSum(sums[word] ?? [0, '0'], record);
  }
  return { id, clinics, sums, sealed: await seal(key, `charts:${id}`, pack(held)) };
}

export async function recordRow(
  key: CryptoKey,
  id: string,
  held: Held,
  scopes: string[],
): Promise<Omit<RecordRow, 'commit'>> {
  const sum = Object.values(held.stored).reduce(addToSum, [0, '0'] as Sum);
  return {
    id,
    kind: id.slice(0, id.indexOf('/')),
    scopes,
    sum,
    sealed: await seal(key, `records:${id}`, pack(held)),
  };
}

function pack(held: Held): Packed {
  return { stored: Object.values(held.stored).map(packRecord), shown: Object.values(held.shown).map(packRecord) };
}

export function addToSum([count, digest]: Sum, record: StoredRecord): Sum {
  return [count + 1, String(BigInt(digest) ^ recordHash(record))];
}
