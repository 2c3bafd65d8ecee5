import { pageOf } from './page-of.ts';
import type { Queryable } from './record-statements.ts';

interface Asked {
  /** Patients of these clinics only; null = of all. */
  readonly clinicIds: readonly string[] | null;
  /** Older than this patient. */
  readonly after: string | null;
  readonly limit: number;
}

const ALL = `select id from patients where deleted_at is null and erased is not true
  and id < $1 order by id desc limit $2`;

// A page of each clinic, from its own index; a patient of two clinics stands in both.
const OF_CLINICS = `select distinct m.patient_id as id from unnest($3::uuid[]) c(id) cross join lateral (
    select patient_id from patient_clinics where clinic_id = c.id and left_at is null and deleted_at is null
    and patient_id < $1 order by patient_id desc limit $2) m
  join patients p on p.id = m.patient_id where p.deleted_at is null and p.erased is not true
  order by m.patient_id desc limit $2`;

const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Ids of patients, the newest registration first (ids made here begin with their time), and where to go on. */
export async function listPatientIds(
  client: Queryable,
  { clinicIds, after, limit }: Asked,
): Promise<{ ids: string[]; next: string | null }> {
  const start = after ?? LAST;
  const { rows } =
    clinicIds === null
      ? await client.query<{ id: string }>({ name: 'patients', text: ALL, values: [start, limit + 1] })
      : await client.query<{ id: string }>({
          name: 'patients of clinics',
          text: OF_CLINICS,
          values: [start, limit + 1, clinicIds],
        });
  const page = pageOf(rows, limit, ({ id }) => id);
  return { ids: page.rows.map(({ id }) => id), next: page.next };
}
