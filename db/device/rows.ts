import { collectionNamed } from '../../lib/domain/collections.ts';
import { scopesOf } from '../../lib/replication/scopes.ts';
import { type Held, isEmpty, openRow, placeKey, type RowPlace } from './chart.ts';
import { chartRow, recordRow } from './chart-row.ts';
import type { ChartRow, DeviceDatabase, RecordRow } from './device-database.ts';

/** A row as it was read and opened, outside any transaction. */
export interface OpenRow {
  readonly place: RowPlace;
  readonly held: Held;
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
      return { place, held: await openRow(key, place, row) };
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
  readonly row: Omit<ChartRow, 'commit'> | Omit<RecordRow, 'commit'> | null;
}

export async function sealRows(key: CryptoKey, rows: readonly OpenRow[]): Promise<SealedRow[]> {
  return Promise.all(
    rows.map(async ({ place, held }): Promise<SealedRow> => {
      if (isEmpty(held)) return { place, row: null };
      if (place.table === 'charts') return { place, row: await chartRow(key, place.id, held) };
      return { place, row: await recordRow(key, place.id, held, scopesOfRow(held)) };
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
 * Writes rows with a commit number, inside the caller's transaction, which has made sure that none of them was saved
 * since it was read.
 */
export async function writeRows(database: DeviceDatabase, rows: readonly SealedRow[], commit: number): Promise<void> {
  const gone = (table: RowPlace['table']) =>
    rows.filter((one) => one.place.table === table && one.row === null).map((one) => one.place.id);
  const kept = (table: RowPlace['table']) =>
    rows.flatMap((one) => (one.place.table === table && one.row !== null ? { ...one.row, commit } : []));
  await database.charts.bulkPut(kept('charts') as ChartRow[]);
  await database.records.bulkPut(kept('records') as RecordRow[]);
  await database.charts.bulkDelete(gone('charts'));
  await database.records.bulkDelete(gone('records'));
}
