import { CHART_COLLECTIONS } from '../../lib/domain/collections.ts';
import { MEMBERSHIPS, type ScopeId } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';
import { selectRowText, type TextTable } from './row-text.ts';
import { clinicsWith, FIRST_ID, type SnapshotPlace } from './snapshot-place.ts';
import type { SnapshotToken } from './snapshot-token.ts';

/** Most patients read at once, whatever the room. */
const MAX_PATIENTS = 1000;
/** What the stage `patients` delivers, to find people by; the chart stages deliver whole charts, these included. */
const PATIENT_TABLES: ReadonlySet<string> = new Set(['patients', MEMBERSHIPS]);

interface PatientRow {
  id: string;
  /** The device may hold this patient's clinical record. */
  record: boolean;
  /** Delivered by the stage `recent`. */
  recent: boolean;
}

/** A page of whole charts in the order of patient ids: one patient's records together, so each is written once. */
export async function readChartPage(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  maxBytes: number,
): Promise<SnapshotPlace> {
  const limit = Math.min(MAX_PATIENTS, Math.max(1, Math.ceil(maxBytes / at.patientBytes)));
  const patients = await readPatients(client, at, scopes, limit);
  if (patients.length === 0) return { tables: [], delivered: NOTHING, after: null, patientBytes: at.patientBytes };
  const rows = await readRows(client, at.stage, patients);
  const fit = fitting(patients, rows, maxBytes);
  const taken = new Set(patients.slice(0, fit.patients).map(({ id }) => id));
  const done = fit.patients === patients.length && patients.length < limit;
  return {
    tables: tablesOf(rows, taken),
    delivered: deliveredOf(at.stage, patients.slice(0, fit.patients), rows),
    after: done ? null : patients[fit.patients - 1]!.id,
    patientBytes: Math.max(200, Math.ceil(fit.bytes / fit.patients)),
  };
}

const NOTHING = { patients: 0, records: 0 };

/**
 * The next patients of the clinics held, by id. Each clinic gives its own next ones from an index, so a page costs what
 * it holds.
 */
async function readPatients(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  limit: number,
): Promise<PatientRow[]> {
  const recent = 'exists (select from visits v where v.patient_id = p.patient_id and v.occurred_on >= $4)';
  const only = at.stage === 'recent' ? `and ${recent}` : '';
  const records = new Set(clinicsWith(scopes, 'record'));
  const desks = clinicsWith(scopes, 'desk');
  const found = await client.query<PatientRow>(
    `select p.patient_id as id, bool_or(p.record) as record, ${at.stage === 'charts' ? recent : 'false'} as recent
     from (select m.patient_id, c.record from unnest($1::uuid[], $2::boolean[]) c(id, record)
       cross join lateral (select p.patient_id from patient_clinics p
         where p.clinic_id = c.id and p.patient_id > $3 and p.left_at is null and p.deleted_at is null
           and p.erased is not true ${only} order by p.patient_id limit ${limit}) m) p
     where $4::date is not null group by p.patient_id order by p.patient_id limit ${limit}`,
    [desks, desks.map((clinicId) => records.has(clinicId)), at.after === '' ? FIRST_ID : at.after, at.since],
  );
  return found.rows;
}

interface ChartRows {
  readonly collection: string;
  readonly rows: readonly { key: string; text: string }[];
}

async function readRows(
  client: Queryable,
  stage: SnapshotToken['stage'],
  patients: readonly PatientRow[],
): Promise<ChartRows[]> {
  const all = patients.map(({ id }) => id);
  const withRecord = patients.filter(({ record }) => record).map(({ id }) => id);
  const collections = CHART_COLLECTIONS.filter(({ name }) => stage !== 'patients' || PATIENT_TABLES.has(name));
  return Promise.all(
    collections.map(async ({ name, scope }) => {
      const key = name === 'patients' ? 'id' : 'patient_id';
      const found = await client.query<{ key: string; text: string }>({
        name: `snapshot:${name}`,
        text: selectRowText(name, key, `where ${key} = any($1::uuid[]) order by ${key}, id`),
        values: [scope === 'record' ? withRecord : all],
      });
      return { collection: name, rows: found.rows };
    }),
  );
}

/** How many of the patients fit, and their bytes; at least one, so that a page always moves on. */
function fitting(patients: readonly PatientRow[], rows: readonly ChartRows[], room: number) {
  const sizes = new Map<string, number>();
  for (const table of rows) {
    for (const { key, text } of table.rows) sizes.set(key, (sizes.get(key) ?? 0) + text.length);
  }
  let bytes = 0;
  for (const [index, { id }] of patients.entries()) {
    const size = sizes.get(id) ?? 0;
    if (index > 0 && bytes + size > room) return { patients: index, bytes };
    bytes += size;
  }
  return { patients: patients.length, bytes };
}

function tablesOf(rows: readonly ChartRows[], taken: ReadonlySet<string>): TextTable[] {
  const tables = rows.map((table) => ({
    collection: table.collection,
    rows: table.rows.filter(({ key }) => taken.has(key)).map(({ text }) => text),
  }));
  return tables.filter((table) => table.rows.length > 0);
}

/** Counts each record once over all stages, so that the sum of the pages is the total. */
function deliveredOf(stage: SnapshotToken['stage'], taken: readonly PatientRow[], rows: readonly ChartRows[]) {
  const fresh = new Set(taken.filter(({ recent }) => !recent).map(({ id }) => id));
  const counted = rows.filter(({ collection }) => stage === 'patients' || !PATIENT_TABLES.has(collection));
  const records = counted.reduce((sum, table) => sum + table.rows.filter(({ key }) => fresh.has(key)).length, 0);
  return { patients: stage === 'patients' ? taken.length : 0, records };
}
