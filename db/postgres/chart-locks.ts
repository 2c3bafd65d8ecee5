import { CHART_COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import type { Change } from '../../lib/replication/change.ts';
import { MEMBERSHIPS } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';

/** Patients whose charts a push touches; true where it also touches a membership, which moves the whole chart. */
export type TouchedCharts = Map<string, boolean>;

/** The patients of these changes: from the change, or for one that does not name its patient from the stored record. */
export async function chartsTouched(client: Queryable, changes: readonly Change[]): Promise<TouchedCharts> {
  const charts: TouchedCharts = new Map();
  const unnamed = new Map<string, string[]>();
  const touch = (patientId: string, collection: string) =>
    charts.set(patientId, charts.get(patientId) === true || collection === MEMBERSHIPS);
  for (const { collection, recordId, fields } of changes) {
    if (collectionNamed(collection)?.place !== 'chart') continue;
    if (collection === 'patients') touch(recordId, collection);
    else if (typeof fields.patientId === 'string' && isUuid(fields.patientId)) touch(fields.patientId, collection);
    else unnamed.set(collection, [...(unnamed.get(collection) ?? []), recordId]);
  }
  const found = await Promise.all(
    [...unnamed].map(async ([collection, ids]) => ({ collection, ids: await patientsOf(client, collection, ids) })),
  );
  for (const { collection, ids } of found) for (const patientId of ids) touch(patientId, collection);
  return charts;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

async function patientsOf(client: Queryable, collection: string, ids: readonly string[]): Promise<string[]> {
  const found = await client.query<{ patient_id: string }>({
    name: `patients of:${collection}`,
    text: `select patient_id from ${quoted(tableName(collection))} where id = any($1) and patient_id is not null`,
    values: [ids],
  });
  return found.rows.map((row) => row.patient_id);
}

/**
 * A chart's feed entries follow from its patient's memberships, so whoever changes a membership works alone on the
 * chart, and whoever writes into it holds the memberships still. Locks of a number, not of a row: a child may be here
 * before its patient. Taken in one order, before any row lock.
 */
export async function lockCharts(client: Queryable, charts: TouchedCharts): Promise<void> {
  if (charts.size === 0) return;
  await client.query({
    name: 'lock charts',
    text: `select case when moves then pg_advisory_xact_lock(number) else pg_advisory_xact_lock_shared(number) end
           from (select hashtextextended(id, 0) as number, bool_or(moves) as moves
                 from unnest($1::text[], $2::boolean[]) t(id, moves) group by 1 order by 1 offset 0) numbered`,
    values: [[...charts.keys()], [...charts.values()]],
  });
}

/** Collections read when a chart moves. */
export const CHART_TABLES: readonly string[] = CHART_COLLECTIONS.map((collection) => collection.name);
