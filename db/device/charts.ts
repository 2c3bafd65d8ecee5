import type { StoredRecord } from '../../lib/replication/record.ts';
import { openRow, shownRecords } from './chart.ts';
import type { ChartRow, DeviceDatabase } from './device-database.ts';

/** A patient's chart as it is shown: every record, with this phone's pending changes over what the upstream has. */
export interface Chart {
  readonly patientId: string;
  readonly records: readonly StoredRecord[];
  /** Records with changes that only this phone has, as `<collection>/<id>`. */
  readonly unsent: ReadonlySet<string>;
}

export async function readChart(database: DeviceDatabase, key: CryptoKey, patientId: string): Promise<Chart | null> {
  const row = await database.charts.get(patientId);
  return row === undefined ? null : openChart(key, row);
}

export async function openChart(key: CryptoKey, row: ChartRow): Promise<Chart> {
  const held = await openRow(key, { table: 'charts', id: row.id }, row);
  return { patientId: row.id, records: shownRecords(held), unsent: new Set(Object.keys(held.shown)) };
}

/**
 * Charts that changed after a local commit number, oldest first, in batches: what the search index catches up on.
 * `commit` is where to go on from: it moves only when every chart of a commit was given, because many share one, and
 * never past what was there at the start, because a chart saved meanwhile may have taken an earlier number's place.
 */
export async function* chartsSince(
  database: DeviceDatabase,
  key: CryptoKey,
  commit: number,
  batch = 200,
): AsyncGenerator<{ charts: Chart[]; commit: number }> {
  for (let after = commit; ; ) {
    const { ids, last } = await database.transaction('r', database.charts, async () => ({
      ids: await database.charts.where('commit').above(after).primaryKeys(),
      last: (await database.charts.orderBy('commit').last())?.commit ?? 0,
    }));
    for (let from = 0; from < ids.length; from += batch) {
      const rows = (await database.charts.bulkGet(ids.slice(from, from + batch))).filter((row) => row !== undefined);
      const charts = await Promise.all(rows.map((row) => openChart(key, row)));
      yield { charts, commit: from + batch < ids.length ? after : last };
    }
    if (ids.length === 0) return;
    after = last;
  }
}

/** Records of one collection that stand in rows of their own (forms, users, clinics …), as they are shown. */
export async function listRecords(database: DeviceDatabase, key: CryptoKey, kind: string): Promise<StoredRecord[]> {
  const rows = await database.records.where('kind').equals(kind).toArray();
  const opened = await Promise.all(rows.map((row) => openRow(key, { table: 'records', id: row.id }, row)));
  return opened.flatMap(shownRecords);
}
