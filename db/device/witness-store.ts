import { pendingByRecord } from '../../lib/replication/apply-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import type { WitnessStore } from '../../lib/replication/witness.ts';
import { type Held, type RowPlace, withRecord } from './chart.ts';
import type { DeviceDatabase } from './device-database.ts';
import { pendingIn } from './outbox.ts';
import { replacedOf } from './replaced.ts';
import { type OpenRow, readRows } from './rows.ts';
import { untilStored } from './store-rows.ts';

/** Charts that are open at once. */
const BATCH = 100;

/** What this phone can say to a root that was restored: its rows as an upstream gave them. */
export function witnessStore(
  database: DeviceDatabase,
  key: CryptoKey,
  replicaId: string,
  onCharts: (ids: readonly string[]) => void,
): WitnessStore {
  return {
    replicaId,
    charts: () => storedRows(database, key),
    letGo: async (patientIds) => onCharts(await letChartsGo(database, key, patientIds)),
  };
}

async function* storedRows(database: DeviceDatabase, key: CryptoKey): AsyncGenerator<readonly StoredRecord[]> {
  const ids = {
    records: await database.records.toCollection().primaryKeys(),
    charts: await database.charts.toCollection().primaryKeys(),
  };
  // Clinics before the charts that stand in them.
  for (const table of ['records', 'charts'] as const) {
    for (let from = 0; from < ids[table].length; from += BATCH) {
      const places = ids[table].slice(from, from + BATCH).map((id): RowPlace => ({ table, id }));
      const rows = await readRows(database, key, places);
      for (const { held } of rows.values()) yield Object.values(held.stored);
    }
  }
}

function letChartsGo(
  database: DeviceDatabase,
  key: CryptoKey,
  patientIds: readonly string[],
): Promise<readonly string[]> {
  return untilStored(database, key, async (_, feed) => {
    const places = patientIds.map((id): RowPlace => ({ table: 'charts', id }));
    const opened = await readRows(database, key, places);
    const pending = pendingByRecord(await pendingIn(database, key, places));
    const rows = [...opened.values()].map((row): OpenRow => ({ ...row, held: onlyPending(row.held, pending) }));
    const replaced = { added: [], gone: await replacedOf(database, patientIds) };
    return { rows, read: opened, outbox: null, walk: null, replaced, seals: null, feed, origin: (held) => held };
  });
}

function onlyPending(held: Held, pending: ReadonlyMap<string, unknown>): Held {
  const all = [...Object.values(held.stored), ...Object.values(held.shown)].map(refKey);
  return all.filter((key) => !pending.has(key)).reduce((kept, key) => withRecord(kept, key, null), held);
}
