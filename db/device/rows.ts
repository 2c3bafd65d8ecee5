import { collectionNamed } from '../../lib/domain/collections.ts';
import { scopesOf } from '../../lib/replication/scopes.ts';
import { chartRow, type Held, isEmpty, openRow, placeKey, type RowPlace, recordRow } from './chart.ts';
import type { ChartRow, DeviceDatabase, RecordRow } from './device-database.ts';

/** A row as it was read and opened, outside any transaction. */
export interface OpenRow {
  readonly place: RowPlace;
  readonly held: Held;
  /** 0 for a row that does not exist yet. */
  readonly commit: number;
}

/** Another tab or the worker wrote a row between reading it and saving it: read again and decide again. */
export class RowMoved extends Error {
  constructor() {
    super('a row changed while it was being edited');
    this.name = 'RowMoved';
  }
}

/** Reads and opens rows. Crypto never runs inside a transaction: IndexedDB would commit it at the first foreign await. */
export async function readRows(
  database: DeviceDatabase,
  key: CryptoKey,
  places: readonly RowPlace[],
): Promise<Map<string, OpenRow>> {
  const rows = await readSealed(database, places);
  const opened = await Promise.all(
    places.map(async (place): Promise<OpenRow> => {
      const row = rows.get(placeKey(place));
      return { place, held: await openRow(key, place, row), commit: row?.commit ?? 0 };
    }),
  );
  return new Map(opened.map((row) => [placeKey(row.place), row]));
}

/** Two requests however many rows: a request per row costs more than opening it. */
async function readSealed(
  database: DeviceDatabase,
  places: readonly RowPlace[],
): Promise<Map<string, ChartRow | RecordRow>> {
  const ids = (table: RowPlace['table']) => places.filter((place) => place.table === table).map((place) => place.id);
  const charts = await database.charts.bulkGet(ids('charts'));
  const records = await database.records.bulkGet(ids('records'));
  const found = new Map<string, ChartRow | RecordRow>();
  for (const row of charts) if (row !== undefined) found.set(placeKey({ table: 'charts', id: row.id }), row);
  for (const row of records) if (row !== undefined) found.set(placeKey({ table: 'records', id: row.id }), row);
  return found;
}

/** A row ready to be written: sealed, or null when nothing is left in it. */
export interface SealedRow {
  readonly place: RowPlace;
  readonly row: ChartRow | RecordRow | null;
}

export async function sealRows(key: CryptoKey, rows: readonly OpenRow[], commit: number): Promise<SealedRow[]> {
  return Promise.all(
    rows.map(async ({ place, held }): Promise<SealedRow> => {
      if (isEmpty(held)) return { place, row: null };
      if (place.table === 'charts') return { place, row: await chartRow(key, place.id, held, commit) };
      return { place, row: await recordRow(key, place.id, held, commit, scopesOfRow(held)) };
    }),
  );
}

function scopesOfRow(held: Held): string[] {
  return Object.values(held.stored).flatMap((record) => {
    const collection = collectionNamed(record.collection);
    return collection === undefined ? [] : scopesOf(collection, record, []);
  });
}

/**
 * Writes rows inside the caller's transaction, which has made sure that nothing was committed since they were read:
 * every commit counts `origin.commit` up.
 */
export async function writeRows(database: DeviceDatabase, rows: readonly SealedRow[]): Promise<void> {
  const charts = rows.filter((one) => one.place.table === 'charts');
  const records = rows.filter((one) => one.place.table === 'records');
  await database.charts.bulkPut(charts.flatMap((one) => (one.row as ChartRow | null) ?? []));
  await database.records.bulkPut(records.flatMap((one) => (one.row as RecordRow | null) ?? []));
  await database.charts.bulkDelete(charts.filter((one) => one.row === null).map((one) => one.place.id));
  await database.records.bulkDelete(records.filter((one) => one.row === null).map((one) => one.place.id));
}
