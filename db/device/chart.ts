import type { HeldRecord } from '../../lib/replication/apply-reply.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { isBelonging } from '../../lib/replication/scopes.ts';
import { type PackedRecord, unpackRecord } from './packed-record.ts';
import { type Sealed, unseal } from './seal.ts';

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

export function placeKey(place: RowPlace): string {
  return `${place.table}:${place.id}`;
}

/** In the place of a place's key, for an action that was saved before it was noted where it stands. */
export const ANYWHERE = '*';

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
  return shownRecords(held).filter(isBelonging);
}

/** The memberships as the upstream has them. */
export function storedMemberships(held: Held): StoredRecord[] {
  return Object.values(held.stored).filter(isBelonging);
}

export async function openRow(
  key: CryptoKey,
  place: RowPlace,
  row: { readonly sealed: Sealed } | undefined,
): Promise<Held> {
  return row === undefined ? EMPTY : unpack(await unseal<Packed>(key, placeKey(place), row.sealed));
}

/** What is inside a row's seal. */
export interface Packed {
  readonly stored: readonly PackedRecord[];
  readonly shown: readonly PackedRecord[];
}

function unpack(packed: Packed): Held {
  const byRef = (records: readonly PackedRecord[]) =>
    Object.fromEntries(records.map(unpackRecord).map((record) => [refKey(record), record]));
  return { stored: byRef(packed.stored), shown: byRef(packed.shown) };
}
