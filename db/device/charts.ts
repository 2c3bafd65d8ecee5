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

/** Charts that changed after a local commit number, oldest first, in batches: what the search index catches up on. */
export async function* chartsSince(
  database: DeviceDatabase,
  key: CryptoKey,
  commit: number,
  batch = 200,
): AsyncGenerator<{ charts: Chart[]; commit: number }> {
  let after = commit;
  for (;;) {
    const rows = await database.charts.where('commit').above(after).limit(batch).toArray();
    if (rows.length === 0) return;
    const last = rows.at(-1)!.commit;
    // Many charts share one commit: take all of the last one's, or the rest of them would be passed over.
    const sameCommit = await database.charts.where('commit').equals(last).toArray();
    const all = new Map([...rows, ...sameCommit].map((row) => [row.id, row]));
    yield { charts: await Promise.all([...all.values()].map((row) => openChart(key, row))), commit: last };
    after = last;
  }
}

/** Records of one collection that stand in rows of their own (forms, users, clinics …), as they are shown. */
export async function listRecords(database: DeviceDatabase, key: CryptoKey, kind: string): Promise<StoredRecord[]> {
  const rows = await database.records.where('kind').equals(kind).toArray();
  const opened = await Promise.all(rows.map((row) => openRow(key, { table: 'records', id: row.id }, row)));
  return opened.flatMap(shownRecords);
}
