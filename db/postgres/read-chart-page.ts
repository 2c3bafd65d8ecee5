import { CHART_COLLECTIONS } from '../../lib/domain/collections.ts';
import type { Stage } from '../../lib/replication/protocol/snapshot.ts';
import { MEMBERSHIPS, type ScopeId } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';
import { selectRowText } from './row-text.ts';
import { BELONGING_TABLES, clinicsWith, FIRST_ID, type SnapshotPart } from './snapshot-place.ts';
import type { SnapshotToken } from './snapshot-token.ts';

/** How many patients may be read at once. Written into the statement, so a step is a statement that stays prepared. */
const STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512] as const;
/** What the stage `patients` delivers, to find people by; the chart stages deliver whole charts, these included. */
const PATIENT_TABLES: ReadonlySet<string> = new Set(['patients', MEMBERSHIPS]);

/** What the statement answers: one row, and for each collection its rows and how many were not delivered before. */
type PartRow = { patients: number; last: string | null } & Record<string, string | number | null>;

/**
 * The next whole charts in the order of patient ids, about `bytes` of them, in one statement: one patient's records
 * together, so each is written once.
 */
export async function readCharts(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
  bytes: number,
): Promise<SnapshotPart> {
  const limit = STEPS.findLast((step) => step * at.patientBytes <= bytes) ?? STEPS[0];
  const records = new Set(clinicsWith(scopes, 'record'));
  const desks = clinicsWith(scopes, 'desk');
  const { name, text, collections } = statementOf(at.stage, limit);
  const held = desks.map((clinicId) => records.has(clinicId));
  const values = [desks, held, at.after === '' ? FIRST_ID : at.after, at.since];
  const row = (await client.query<PartRow>({ name, text, values })).rows[0]!;
  const tables = collections.flatMap((collection, index) => {
    const rows = row[`rows${index}`];
    return typeof rows === 'string' ? [{ collection, rows }] : [];
  });
  const counted = collections.map((collection, index) =>
    at.stage === 'patients' || !PATIENT_TABLES.has(collection) ? Number(row[`fresh${index}`]) : 0,
  );
  return {
    tables,
    delivered: {
      patients: at.stage === 'patients' ? row.patients : 0,
      records: counted.reduce((sum, count) => sum + count, 0),
    },
    units: row.patients,
    after: row.patients < limit ? null : row.last,
  };
}

interface PartStatement {
  readonly name: string;
  readonly text: string;
  readonly collections: readonly string[];
}

const statements = new Map<string, PartStatement>();

function statementOf(stage: Stage, limit: number): PartStatement {
  const name = `snapshot ${stage} ${limit}`;
  const known = statements.get(name);
  if (known !== undefined) return known;
  const collections = CHART_COLLECTIONS.filter((one) => stage !== 'patients' || PATIENT_TABLES.has(one.name));
  const tables = collections.map((collection, index) => {
    const key = collection.name === 'patients' ? 'id' : 'patient_id';
    const whose = collection.scope === 'record' ? 'a.held' : 'a.everyone';
    return `cross join lateral (
      select string_agg(text, ',') as rows${index}, count(*) filter (where key <> all (a.recents))::int as fresh${index}
      from (${selectRowText(collection.name, key, `where ${key} = any (${whose})`)}) t) t${index}`;
  });
  const columns = collections.map((_, index) => `rows${index}, fresh${index}`);
  const text = `with p as materialized (${nextPatients(stage, limit)}), a as materialized (
      select count(*)::int as patients, coalesce(array_agg(id order by id), '{}') as everyone,
        coalesce(array_agg(id) filter (where record), '{}') as held,
        coalesce(array_agg(id) filter (where recent), '{}') as recents from p)
    select patients, everyone[patients] as last, ${columns.join(', ')} from a ${tables.join('\n')}`;
  const made = { name, text, collections: collections.map((one) => one.name) };
  statements.set(name, made);
  return made;
}

/**
 * The next patients of the clinics held, by id: who they are, whether the device may hold their clinical record, whether
 * the stage `recent` delivered them. Each table gives a clinic's next ones from an index: a page costs what it holds.
 */
function nextPatients(stage: Stage, limit: number): string {
  const recent = 'exists (select from visits v where v.patient_id = p.patient_id and v.occurred_on >= $4)';
  const only = stage === 'recent' ? `and ${recent}` : '';
  // Distinct: of several openings of one patient the rest would take the place of patients that come after him.
  const sources = BELONGING_TABLES.map(
    ([table, condition]) => `(select distinct p.patient_id from ${table} p
        where p.clinic_id = c.id and p.patient_id > $3 and ${condition} ${only} order by p.patient_id limit ${limit})`,
  );
  return `select p.patient_id as id, bool_or(p.record) as record, ${stage === 'charts' ? recent : 'false'} as recent
    from (select m.patient_id, c.record from unnest($1::uuid[], $2::boolean[]) c(id, record)
      cross join lateral (${sources.join(' union all ')}) m) p
    where $4::date is not null group by p.patient_id order by p.patient_id limit ${limit}`;
}
