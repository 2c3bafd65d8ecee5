import { CHART_COLLECTIONS } from '../../lib/domain/collections.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { together } from './faults.ts';
import { type Queryable, readRecords } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';

const parts = CHART_COLLECTIONS.map(({ name }) => {
  return { name, condition: `where ${name === 'patients' ? 'id' : 'patient_id'} = any($1)` };
});

const HELD = `select ${parts
  .map(({ name, condition }) => `exists (select from ${quoted(tableName(name))} ${condition}) as ${quoted(name)}`)
  .join(', ')}`;

/**
 * Every record of these patients' charts, deleted ones included, not locked. Which collections hold any is asked first:
 * none does for patients who are being registered, unless a child came before its patient.
 */
export async function readCharts(client: Queryable, patientIds: readonly string[]): Promise<StoredRecord[]> {
  if (patientIds.length === 0) return [];
  const asked = { name: 'held of charts', text: HELD, values: [patientIds] };
  const held = (await client.query<Record<string, boolean>>(asked)).rows[0]!;
  const reads = parts
    .filter(({ name }) => held[name] === true)
    .map(({ name, condition }) => readRecords(client, name, condition, [patientIds]));
  return (await together(reads)).flat();
}
