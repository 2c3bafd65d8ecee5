import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import type { HeldRecord } from '../../lib/replication/apply-reply.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient, MEMBERSHIPS, patientOf } from '../../lib/replication/scopes.ts';
import type { ChartRow, RecordRow, Sum } from './device-database.ts';
import { type PackedRecord, packRecord, unpackRecord } from './packed-record.ts';
import { type Sealed, seal, unseal } from './seal.ts';

/** A chart or a record in the open: what the upstream has, and over it what is shown while changes are pending. */
export interface Held {
  readonly stored: Readonly<Record<string, StoredRecord>>;
  /** Only records with pending changes. */
  readonly shown: Readonly<Record<string, StoredRecord>>;
}

export const EMPTY: Held = { stored: {}, shown: {} };

/** Where a record stands on the phone: in its patient's chart, or in a row of its own. */
export type RowPlace =
  | { readonly table: 'charts'; readonly id: string }
  | { readonly table: 'records'; readonly id: string };

export function placeOf(record: StoredRecord): RowPlace | null {
  const collection = collectionNamed(record.collection);
  const patientId = collection === undefined ? null : patientOf(collection, record);
  if (patientId !== null) return { table: 'charts', id: patientId };
  return collection?.place === 'none' ? null : { table: 'records', id: refKey(record) };
}

export function placeKey(place: RowPlace): string {
  return `${place.table}:${place.id}`;
}

export function heldRecord(held: Held, key: string): HeldRecord | undefined {
  const stored = held.stored[key];
  const shown = held.shown[key] ?? stored;
  return shown === undefined ? undefined : { stored: stored ?? null, shown };
}

export function shownRecord(held: Held, ref: RecordRef): StoredRecord | undefined {
  return held.shown[refKey(ref)] ?? held.stored[refKey(ref)];
}

/** Every record of a chart as it is shown. */
export function shownRecords(held: Held): StoredRecord[] {
  return Object.values({ ...held.stored, ...held.shown });
}

/** The row with one record replaced, or taken out when null. */
export function withRecord(held: Held, key: string, record: HeldRecord | null): Held {
  const stored = { ...held.stored };
  const shown = { ...held.shown };
  delete stored[key];
  delete shown[key];
  if (record?.stored) stored[key] = record.stored;
  if (record !== null && record.shown !== record.stored) shown[key] = record.shown;
  return { stored, shown };
}

export function isEmpty(held: Held): boolean {
  return Object.keys(held.stored).length === 0 && Object.keys(held.shown).length === 0;
}

export function memberships(held: Held): StoredRecord[] {
  return shownRecords(held).filter((record) => record.collection === MEMBERSHIPS);
}

/** The memberships as the upstream has them. */
export function storedMemberships(held: Held): StoredRecord[] {
  return Object.values(held.stored).filter((record) => record.collection === MEMBERSHIPS);
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

export async function openRow(
  key: CryptoKey,
  place: RowPlace,
  row: { readonly sealed: Sealed } | undefined,
): Promise<Held> {
  return row === undefined ? EMPTY : unpack(await unseal<Packed>(key, placeKey(place), row.sealed));
}

/** What is inside a row's seal. */
interface Packed {
  readonly stored: readonly PackedRecord[];
  readonly shown: readonly PackedRecord[];
}

function pack(held: Held): Packed {
  return { stored: Object.values(held.stored).map(packRecord), shown: Object.values(held.shown).map(packRecord) };
}

function unpack(packed: Packed): Held {
  const byRef = (records: readonly PackedRecord[]) =>
    Object.fromEntries(records.map(unpackRecord).map((record) => [refKey(record), record]));
  return { stored: byRef(packed.stored), shown: byRef(packed.shown) };
}

export function addToSum([count, digest]: Sum, record: StoredRecord): Sum {
  return [count + 1, String(BigInt(digest) ^ recordHash(record))];
}
