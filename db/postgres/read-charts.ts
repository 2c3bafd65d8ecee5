import { CHART_COLLECTIONS } from '../../lib/domain/collections.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { together } from './faults.ts';
import { type Queryable, readRecords } from './record-statements.ts';

/** Every record of these patients' charts, deleted ones included, not locked. */
export async function readCharts(client: Queryable, patientIds: readonly string[]): Promise<StoredRecord[]> {
  if (patientIds.length === 0) return [];
  const reads = CHART_COLLECTIONS.map(({ name }) => {
    const column = name === 'patients' ? 'id' : 'patient_id';
    return readRecords(client, name, `where ${column} = any($1)`, [patientIds]);
  });
  return (await together(reads)).flat();
}
