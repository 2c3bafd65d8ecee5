import type { Json } from '../../lib/replication/json.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { type Queryable, readByIds } from './record-statements.ts';
import { UNKNOWN_COLLECTION } from './rows-aside.ts';

/** A row that a relay keeps beside its records, for a person to see. */
export interface KeptRow {
  readonly collection: string;
  readonly recordId: string;
  readonly patientId: string | null;
  /** ISO instant. */
  readonly since: string;
  /** Not known to this version; refused by PostgreSQL; or the root's row stands in its place. */
  readonly why: 'newer-version' | 'not-storable' | 'replaced';
  /** Of one that was replaced: what stands here no more. */
  readonly values: Readonly<Record<string, Json>>;
}

const MOST = 200;

const LIST = `select collection, record_id, patient_id, body, code, since from (
    select collection, record_id, patient_id, body, code, since from rows_aside
    union all select collection, record_id, patient_id, body, null, replaced_at from rows_replaced) kept
  where $1::uuid[] is null or exists (select from patient_clinics m
    where m.patient_id = kept.patient_id and m.clinic_id = any($1) and m.left_at is null and m.deleted_at is null)
  order by since, record_id limit ${MOST}`;

interface Row {
  collection: string;
  record_id: string;
  patient_id: string | null;
  body: string;
  code: string | null;
  since: string;
}

/** Rows of patients of these clinics (null = every row), the oldest first. */
export async function listKeptRows(client: Queryable, managed: readonly string[] | null): Promise<KeptRow[]> {
  const { rows } = await client.query<Row>({ name: 'kept rows', text: LIST, values: [managed] });
  const replaced = rows.filter(({ code }) => code === null);
  const records = await readByIds(
    client,
    replaced.map((row) => ({ collection: row.collection, id: row.record_id })),
  );
  const held = new Map(records.map((record) => [refKey(record), record]));
  return rows.map((row) => ({
    collection: row.collection,
    recordId: row.record_id,
    patientId: row.patient_id,
    since: row.since,
    why: whyOf(row.code),
    values: row.code === null ? lostOf(JSON.parse(row.body) as StoredRecord, held) : {},
  }));
}

function whyOf(code: string | null): KeptRow['why'] {
  if (code === null) return 'replaced';
  return code === UNKNOWN_COLLECTION ? 'newer-version' : 'not-storable';
}

function lostOf(row: StoredRecord, held: ReadonlyMap<string, StoredRecord>): Record<string, Json> {
  const stamps = held.get(refKey(row))?.stamps ?? {};
  return Object.fromEntries(Object.entries(row.values).filter(([key]) => row.stamps[key]! > (stamps[key] ?? '')));
}
