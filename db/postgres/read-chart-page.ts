import { CHART_COLLECTIONS } from '../../lib/domain/collections.ts';
import type { Stage } from '../../lib/replication/protocol/snapshot.ts';
import { MEMBERSHIPS, type ScopeId } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';
import { selectRowText, type TextTable } from './row-text.ts';
import { BELONGING_TABLES, clinicsWith, FIRST_ID } from './snapshot-place.ts';
import type { SnapshotToken } from './snapshot-token.ts';

/** How many patients are looked up at once, the most that one page holds. Written out: a parameter makes a worse plan. */
export const NEXT_PATIENTS = 512;
/** What the stage `patients` delivers, to find people by; the chart stages deliver whole charts, these included. */
const PATIENT_TABLES: ReadonlySet<string> = new Set(['patients', MEMBERSHIPS]);

/** A patient whose chart comes next: whether the device may hold the clinical record, whether it was delivered before. */
export interface NextPatient {
  readonly id: string;
  readonly record: boolean;
  readonly recent: boolean;
}

/** The next patients of a stage in the order of their ids, at most `NEXT_PATIENTS`. */
export async function readNextPatients(
  client: Queryable,
  at: SnapshotToken,
  scopes: readonly ScopeId[],
): Promise<readonly NextPatient[]> {
  const records = new Set(clinicsWith(scopes, 'record'));
  const desks = clinicsWith(scopes, 'desk');
  const held = desks.map((clinicId) => records.has(clinicId));
  const values = [desks, held, at.after === '' ? FIRST_ID : at.after, at.since];
  const text = nextPatients(at.stage);
  return (await client.query<NextPatient>({ name: `snapshot next ${at.stage}`, text, values })).rows;
}

/** Charts, or what the stage `patients` delivers of them. */
export interface ChartPart {
  readonly tables: readonly TextTable[];
  /** Records that no stage delivered before. */
  readonly fresh: number;
}

/** The charts of these patients in one statement. Sent before it returns: several may be under way. */
export async function readChartPart(
  client: Queryable,
  stage: Stage,
  patients: readonly NextPatient[],
): Promise<ChartPart> {
  const idsOf = (which: readonly NextPatient[]) => which.map(({ id }) => id);
  const everyone = idsOf(patients);
  const found = await client.query<{ place: number; rows: string; fresh: number }>(
    stage === 'patients'
      ? { name: 'snapshot patients', text: READ_PATIENTS, values: [everyone] }
      : {
          name: 'snapshot charts',
          text: READ_CHARTS,
          values: [everyone, idsOf(patients.filter((one) => one.record)), idsOf(patients.filter((one) => one.recent))],
        },
  );
  return {
    tables: found.rows.map(({ place, rows }) => ({ collection: CHART_COLLECTIONS[place]!.name, rows })),
    fresh: found.rows.reduce((sum, { fresh }) => sum + fresh, 0),
  };
}

const READ_PATIENTS = chartsText((name) => PATIENT_TABLES.has(name), 'count(*)');
const READ_CHARTS = [
  chartsText((name) => PATIENT_TABLES.has(name), '0'),
  chartsText((name) => !PATIENT_TABLES.has(name), 'count(*) filter (where key <> all ($3::uuid[]))'),
].join(' union all ');

/** A row for each of these collections that has any: its rows, and as `fresh` says how many are new. */
function chartsText(wanted: (name: string) => boolean, fresh: string): string {
  const reads = CHART_COLLECTIONS.flatMap(({ name, scope }, place) => {
    if (!wanted(name)) return [];
    const key = name === 'patients' ? 'id' : 'patient_id';
    const rows = selectRowText(name, key, `where ${key} = any (${scope === 'record' ? '$2' : '$1'}::uuid[])`);
    return [
      `select ${place} as place, string_agg(text, ',') as rows, (${fresh})::int as fresh
      from (${rows}) t having count(*) > 0`,
    ];
  });
  return reads.join(' union all ');
}

/**
 * The next patients of the clinics held, by id: who they are, whether the device may hold their clinical record, whether
 * the stage `recent` delivered them. Each table gives a clinic's next ones from an index: a page costs what it holds.
 */
function nextPatients(stage: Stage): string {
  const recent = 'exists (select from visits v where v.patient_id = p.patient_id and v.occurred_on >= $4)';
  const only = stage === 'recent' ? `and ${recent}` : '';
  // Distinct: of several openings of one patient the rest would take the place of patients that come after him.
  const sources = BELONGING_TABLES.map(
    ([table, condition]) => `(select distinct p.patient_id from ${table} p
        where p.clinic_id = c.id and p.patient_id > $3 and ${condition} ${only}
        order by p.patient_id limit ${NEXT_PATIENTS})`,
  );
  return `select p.patient_id as id, bool_or(p.record) as record, ${stage === 'charts' ? recent : 'false'} as recent
    from (select m.patient_id, c.record from unnest($1::uuid[], $2::boolean[]) c(id, record)
      cross join lateral (${sources.join(' union all ')}) m) p
    where $4::date is not null group by p.patient_id order by p.patient_id limit ${NEXT_PATIENTS}`;
}
