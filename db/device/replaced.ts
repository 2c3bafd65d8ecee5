import { collectionNamed } from '../../lib/domain/collections.ts';
import { isKeptNoMore, isNarrower } from '../../lib/replication/apply-reply.ts';
import { isLost } from '../../lib/replication/healing.ts';
import { mergeRecords } from '../../lib/replication/merge.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { isBelonging, patientOf, type ScopeId } from '../../lib/replication/scopes.ts';
import { EMPTY, placeKey, storedMemberships } from './chart.ts';
import type { DeviceDatabase, ReplacedRow } from './device-database.ts';
import type { Arriving } from './incoming-rows.ts';
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

/** A reply, the rows that were opened for it, and as they are after it. */
interface Applied {
  readonly scopesBefore: readonly ScopeId[];
  readonly scopes: readonly ScopeId[];
  readonly arriving: Arriving;
  readonly opened: ReadonlyMap<string, OpenRow>;
  readonly rows: readonly OpenRow[];
}

/** Ids of what was replaced and may not be kept any more: its patient left, or a right was withdrawn. */
export async function keptNoMore(database: DeviceDatabase, key: CryptoKey, applied: Applied): Promise<string[]> {
  const { scopesBefore, scopes, arriving } = applied;
  const { departures, complete } = arriving;
  const own = (patientId: string | null) => departures.filter(({ left }) => left.id === patientId);
  const isComplete = (patientId: string | null) => complete === 'all' || complete.includes(patientId ?? '');
  const isNarrow = isNarrower(scopesBefore, scopes);
  const all = await database.replaced.toArray();
  const isAsked = ({ patientId }: ReplacedRow) => isNarrow || isComplete(patientId) || own(patientId).length > 0;
  if (!all.some(isAsked)) return [];
  const kept = await Promise.all(all.map(async (row) => ({ row, record: await openReplaced(key, row) })));
  const lost = kept.map(({ record }) => record).filter(isBelonging);
  const gone = kept.filter(({ row, record }) => {
    const collection = collectionNamed(record.collection);
    if (!isAsked(row) || collection === undefined) return false;
    const { patientId } = row;
    const held = heldMemberships(applied, patientId);
    const memberships = held.length > 0 ? held : lost.filter(({ values }) => values.patientId === patientId);
    return isKeptNoMore(collection, record, own(patientId), memberships, scopes, isComplete(patientId));
  });
  return gone.map(({ row }) => row.id);
}

/** Ids of what was replaced in these patients' charts. */
export async function replacedOf(database: DeviceDatabase, patientIds: readonly string[]): Promise<string[]> {
  const all = await database.replaced.toArray();
  return all.filter(({ patientId }) => patientId !== null && patientIds.includes(patientId)).map((row) => row.id);
}

/** A patient's memberships as the upstream has them; as they were when his chart had to be let go. */
function heldMemberships({ arriving, opened, rows }: Applied, patientId: string | null): StoredRecord[] {
  const place = placeKey({ table: 'charts', id: patientId ?? '' });
  const after = storedMemberships(rows.find((row) => placeKey(row.place) === place)?.held ?? EMPTY);
  if (after.length > 0) return after;
  const records = new Map(Object.entries(opened.get(place)?.held.stored ?? {}));
  for (const [ref, record] of arriving.incoming.get(place)?.records ?? [])
    records.set(ref, mergeRecords(records.get(ref), record));
  return [...records.values()].filter(isBelonging);
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
