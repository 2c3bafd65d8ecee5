import type pg from 'pg';
import { CHART_COLLECTIONS, COLLECTIONS } from '../../lib/domain/collections.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import type { WitnessStore } from '../../lib/replication/witness.ts';
import { readCharts } from './read-charts.ts';
import { readRecords } from './record-statements.ts';

const CHARTS = 100;
const ROWS = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** What a relay can tell a root that was restored: every row it holds, chart by chart. */
export function relayWitness(pool: pg.Pool, replicaId: string): WitnessStore {
  return {
    replicaId,
    async *charts() {
      for (const { name, place } of COLLECTIONS) if (place !== 'chart') yield* pagesOf(pool, name, ROWS);
      for await (const patients of pagesOf(pool, 'patients', CHARTS)) {
        const ids = patients.map(({ id }) => id);
        yield await readCharts(pool, ids);
      }
      // What came before its patient.
      for (const { name, fields } of CHART_COLLECTIONS)
        if (fields.patientId !== undefined) yield* pagesOf(pool, name, ROWS, ORPHANS);
    },
    async letGo() {
      // The root's feed, read anew from its beginning, tells by what membership somebody left.
    },
  };
}

const ORPHANS = 'and not exists (select from patients p where p.id = patient_id)';

async function* pagesOf(pool: pg.Pool, name: string, limit: number, and = ''): AsyncGenerator<StoredRecord[]> {
  let after = BEFORE_ALL;
  for (;;) {
    const page = await readRecords(pool, name, `where id > $1 ${and} order by id limit ${limit}`, [after]);
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.id;
  }
}
