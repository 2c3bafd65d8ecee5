import type pg from 'pg';
import { patientSummary } from '../../lib/domain/patient/patient-card.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { SEARCH_TEXT_FORMAT, searchText } from '../../lib/search/search-text.ts';
import { together } from './faults.ts';
import { type Queryable, readRecords } from './record-statements.ts';

const WRITE = `insert into patient_search (patient_id, format, text)
  select id, ${SEARCH_TEXT_FORMAT}, text from json_to_recordset($1::json) x(id uuid, text text) order by id
  on conflict (patient_id) do update set format = excluded.format, text = excluded.text
  where (patient_search.format, patient_search.text) is distinct from (excluded.format, excluded.text)`;

/**
 * Sends what the patients among these records are found by: written with them, in their transaction. Nobody finds a
 * deleted patient. True, so that it can stand among the writes of records.
 */
export async function writePatientSearch(client: Queryable, records: readonly StoredRecord[]): Promise<true> {
  const patients = records.filter((record) => record.collection === 'patients');
  if (patients.length === 0) return true;
  const texts = patients.map((record) => ({ id: record.id, summary: patientSummary([record]) }));
  const found = texts.flatMap(({ id, summary }) => (summary === null ? [] : [{ id, text: searchText(summary) }]));
  const gone = texts.filter(({ summary }) => summary === null).map(({ id }) => id);
  await together([
    found.length > 0 && client.query({ name: 'patient search', text: WRITE, values: [JSON.stringify(found)] }),
    gone.length > 0 && client.query('delete from patient_search where patient_id = any($1)', [gone]),
  ]);
  return true;
}

const BATCH = 500;

/** Patients without a row, or with one of an older folding: none, but after an upgrade. Returns how many were written. */
export async function fillPatientSearch(pool: pg.Pool): Promise<number> {
  let written = 0;
  for (;;) {
    const missing = await readRecords(
      pool,
      'patients',
      `where deleted_at is null and erased is not true and not exists (select from patient_search s
         where s.patient_id = patients.id and s.format = $1) limit ${BATCH}`,
      [SEARCH_TEXT_FORMAT],
    );
    if (missing.length === 0) return written;
    await writePatientSearch(pool, missing);
    written += missing.length;
  }
}
