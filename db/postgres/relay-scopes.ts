import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import type { Declaration } from '../../lib/replication/declaration.ts';
import type { RecordRef, StoredRecord } from '../../lib/replication/record.ts';
import {
  BELONGING,
  clinicsOfPatient,
  isBelonging,
  patientOf,
  type ScopeId,
  scopesOf,
} from '../../lib/replication/scopes.ts';
import type { AcceptanceTransaction } from './acceptance-store.ts';
import { together } from './faults.ts';
import { readCharts } from './read-charts.ts';
import { type Queryable, readByIds, readRecords } from './record-statements.ts';
import { quoted, tableName } from './record-tables.ts';
import { grouped } from './seals/grouped.ts';

/** What stands in these scopes' feeds: patients, and records of no chart. */
export async function patientsIn(
  client: Queryable,
  scopes: readonly ScopeId[],
): Promise<{ patientIds: string[]; refs: RecordRef[] }> {
  if (scopes.length === 0) return { patientIds: [], refs: [] };
  const found = await client.query<{ collection: string; record_id: string }>({
    name: 'records in scopes',
    text: `select distinct collection, record_id from feed
           where scope in (select number from scopes where id = any($1::text[]))`,
    values: [scopes],
  });
  const refs = found.rows.map((row) => ({ collection: row.collection, id: row.record_id }));
  // A membership names its patient, whose own record may not be here.
  const memberships = await readByIds(client, refs.filter(isBelonging));
  const named = memberships.flatMap(({ values }) => (typeof values.patientId === 'string' ? values.patientId : []));
  return {
    patientIds: [...named, ...refs.filter(({ collection }) => collection === 'patients').map(({ id }) => id)],
    refs: refs.filter(({ collection }) => collectionNamed(collection)?.place !== 'chart'),
  };
}

/** Takes everything out of scopes that are not carried any more. Their numbers never go back: somebody read them. */
export async function unfeed(client: Queryable, scopes: readonly ScopeId[]): Promise<void> {
  if (scopes.length === 0) return;
  await client.query({
    name: 'unfeed',
    text: `with emptied as (
             update scopes set count = 0, digest = 0 where id = any($1::text[]) returning number)
           delete from feed where scope in (select number from emptied)`,
    values: [scopes],
  });
}

/** Patients whose charts are read at a time. */
const CHARTS = 200;

/** Feeds what is here already into scopes that were gained: charts of patients of two clinics, what was let wait. */
export async function feedGained(
  client: Queryable,
  store: AcceptanceTransaction,
  gained: readonly ScopeId[],
): Promise<void> {
  if (gained.length === 0) return;
  const clinicIds = [...new Set(gained.filter((scope) => scope.includes(':')).map((scope) => scope.split(':')[0]!))];
  const feed = (record: StoredRecord, clinics: readonly string[]) => {
    for (const scope of scopesOf(collectionNamed(record.collection)!, record, clinics))
      if (gained.includes(scope)) store.feedAnew(scope, record, null);
  };
  for (const collection of COLLECTIONS.filter((one) => mayStandIn(one, gained))) {
    for (const record of await readOutsideCharts(client, collection, clinicIds)) feed(record, []);
  }
  const patientIds = await patientsOf(client, clinicIds);
  for (let from = 0; from < patientIds.length; from += CHARTS) {
    const chart = await readCharts(client, patientIds.slice(from, from + CHARTS));
    const memberships = grouped(chart.filter(isBelonging), patientIdOf);
    for (const record of chart) feed(record, clinicsOfPatient(memberships.get(patientIdOf(record)) ?? []));
  }
}

/** The patient in whose chart a record stands; '' for a record of no chart. */
export function patientIdOf(record: StoredRecord): string {
  return patientOf(collectionNamed(record.collection)!, record) ?? '';
}

function mayStandIn({ scope }: Declaration, gained: readonly ScopeId[]): boolean {
  return gained.some((one) => one === scope || one.endsWith(`:${scope}`));
}

/** Records of a collection that stand in no chart: the organisation's, custody's, these clinics'. */
async function readOutsideCharts(
  client: Queryable,
  { name, scope, fields }: Declaration,
  clinicIds: readonly string[],
): Promise<StoredRecord[]> {
  if (scope === 'org' || scope === 'custody') return readRecords(client, name, 'where true', []);
  if (fields.clinicId === undefined || name === 'patients') return [];
  // A trail stands in its own clinic, whoever it is about.
  const outside = fields.patientId === undefined || scope === 'trail' ? '' : 'and patient_id is null';
  return readRecords(client, name, `where clinic_id = any($1) ${outside}`, [clinicIds]);
}

async function patientsOf(client: Queryable, clinicIds: readonly string[]): Promise<string[]> {
  if (clinicIds.length === 0) return [];
  const reads = BELONGING.map((name) =>
    client.query<{ patient_id: string }>({
      name: `patients with:${name}`,
      text: `select distinct patient_id from ${quoted(tableName(name))} where clinic_id = any($1::uuid[])`,
      values: [clinicIds],
    }),
  );
  const found = (await together(reads)).flatMap(({ rows }) => rows.map((row) => row.patient_id));
  return [...new Set(found)].sort();
}
