import { collectionNamed } from '../../lib/domain/collections.ts';
import { scopesOf } from '../../lib/replication/scopes.ts';
import { chartRow, type Held, isEmpty, openRow, placeKey, type RowPlace, recordRow } from './chart.ts';
import type { ChartRow, DeviceDatabase, RecordRow } from './device-database.ts';

/** A row as it was read and opened, outside any transaction. `commit` is what must still be true inside one. */
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
  const rows = await Promise.all(places.map((place) => readRow(database, place)));
  const opened = await Promise.all(
    places.map(async (place, index): Promise<OpenRow> => {
      const row = rows[index];
      return { place, held: await openRow(key, place, row), commit: row?.commit ?? 0 };
    }),
  );
  return new Map(opened.map((row) => [placeKey(row.place), row]));
}

function readRow(database: DeviceDatabase, place: RowPlace): Promise<ChartRow | RecordRow | undefined> {
  return place.table === 'charts' ? database.charts.get(place.id) : database.records.get(place.id);
}

/** A row ready to be written: sealed, or null when nothing is left in it. */
export interface SealedRow {
  readonly place: RowPlace;
  readonly readCommit: number;
  readonly row: ChartRow | RecordRow | null;
}

export async function sealRows(key: CryptoKey, rows: readonly OpenRow[], commit: number): Promise<SealedRow[]> {
  return Promise.all(
    rows.map(async ({ place, held, commit: readCommit }): Promise<SealedRow> => {
      if (isEmpty(held)) return { place, readCommit, row: null };
      if (place.table === 'charts') return { place, readCommit, row: await chartRow(key, place.id, held, commit) };
      return { place, readCommit, row: await recordRow(key, place.id, held, commit, scopesOfRow(held)) };
    }),
  );
}

function scopesOfRow(held: Held): string[] {
  return Object.values(held.stored).flatMap((record) => {
    const collection = collectionNamed(record.collection);
    return collection === undefined ? [] : scopesOf(collection, record, []);
  });
}

/** Writes rows inside the caller's transaction, if each is still as it was read. Throws `RowMoved` otherwise. */
export async function writeRows(database: DeviceDatabase, rows: readonly SealedRow[]): Promise<void> {
  for (const { place, readCommit, row } of rows) {
    const current = await readRow(database, place);
    if ((current?.commit ?? 0) !== readCommit) throw new RowMoved();
    if (row === null)
      await (place.table === 'charts' ? database.charts.delete(place.id) : database.records.delete(place.id));
    else if (place.table === 'charts') await database.charts.put(row as ChartRow);
    else await database.records.put(row as RecordRow);
  }
}
