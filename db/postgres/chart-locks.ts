import { collectionNamed } from '../../lib/domain/collections.ts';
import type { Change } from '../../lib/replication/change.ts';
import { isBelonging } from '../../lib/replication/scopes.ts';
import { together } from './faults.ts';
import type { Queryable } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';

/** Patients whose charts a push touches; true where it changes a membership, which moves the whole chart, or deletes. */
export type TouchedCharts = Map<string, boolean>;

/** What says which chart a change touches. */
export type Touching = Pick<Change, 'collection' | 'recordId' | 'fields' | 'kind'>;

/** The patients of these changes: from the change, or for one that does not name its patient from the stored record. */
export async function chartsTouched(client: Queryable, changes: readonly Touching[]): Promise<TouchedCharts> {
  const charts: TouchedCharts = new Map();
  const ofChart = changes.filter(({ collection }) => collectionNamed(collection)?.place === 'chart');
  const patients = new Map(
    ofChart.flatMap((change) => {
      const patientId = change.collection === 'patients' ? change.recordId : change.fields.patientId;
      return typeof patientId === 'string' && isUuid(patientId) ? [[change.recordId, patientId] as const] : [];
    }),
  );
  const unnamed = new Map<string, string[]>();
  for (const { collection, recordId } of ofChart) {
    if (!patients.has(recordId)) unnamed.set(collection, [...(unnamed.get(collection) ?? []), recordId]);
  }
  const found = await together([...unnamed].map(([collection, ids]) => patientsOf(client, collection, ids)));
  for (const [recordId, patientId] of found.flat()) patients.set(recordId, patientId);
  for (const { collection, recordId, kind } of ofChart) {
    const patientId = patients.get(recordId);
    if (patientId === undefined) continue;
    charts.set(patientId, charts.get(patientId) === true || isBelonging({ collection }) || kind !== 'put');
  }
  return charts;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

async function patientsOf(client: Queryable, collection: string, ids: readonly string[]) {
  const found = await client.query<{ id: string; patient_id: string }>({
    name: `patients of:${collection}`,
    text: `select id, patient_id from ${quoted(tableName(collection))} where id = any($1) and patient_id is not null`,
    values: [ids],
  });
  return found.rows.map((row) => [row.id, row.patient_id] as const);
}

/**
 * A chart's feed entries follow from its patient's memberships, so whoever changes a membership works alone on the
 * chart, and whoever writes into it holds the memberships still. So does whoever deletes or restores: what a deletion
 * hides and what is written below it meanwhile must see one another. Locks of a number, not of a row: a child may be
 * here before its patient. Taken in one order, before any row lock.
 *
 * Whoever writes into a chart with conflicts works alone on it too: a conflict about what hangs above a record is locked
 * without that, and late, when numbers of this replica may be held already.
 */
export async function lockCharts(client: Queryable, charts: TouchedCharts): Promise<void> {
  if (charts.size === 0) return;
  await client.query({
    name: 'lock charts',
    text: `select case when moves then pg_advisory_xact_lock(number) else pg_advisory_xact_lock_shared(number) end
           from (select hashtextextended(id, 0) as number,
                   bool_or(moves or exists (select from conflicts where patient_id = id::uuid)) as moves
                 from unnest($1::text[], $2::boolean[]) t(id, moves) group by 1 order by 1 offset 0) numbered`,
    values: [[...charts.keys()], [...charts.values()]],
  });
}
