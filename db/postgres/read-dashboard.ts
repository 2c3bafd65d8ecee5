import type { Queryable } from './record-statements.ts';

export interface Activity {
  readonly patients: number;
  readonly newPatients7: number;
  readonly newPatients30: number;
  readonly visits7: number;
  readonly visits30: number;
}

const ACTIVITY = `with mine as (
    select distinct patient_id from patient_clinics
    where left_at is null and deleted_at is null and ($1::uuid[] is null or clinic_id = any($1))
  ), p as (select p.created_at from mine join patients p on p.id = mine.patient_id where p.deleted_at is null)
  select (select count(*) from p)::int as patients,
    (select count(*) from p where created_at > now() - interval '7 days')::int as "newPatients7",
    (select count(*) from p where created_at > now() - interval '30 days')::int as "newPatients30",
    count(*) filter (where occurred_on > current_date - 7)::int as "visits7", count(*)::int as "visits30"
  from visits where deleted_at is null and occurred_on > current_date - 30
    and ($1::uuid[] is null or clinic_id = any($1))`;

/** Patients and visits of these clinics (null = of all). */
export async function readActivity(client: Queryable, clinicIds: readonly string[] | null): Promise<Activity> {
  return (await client.query<Activity>({ name: 'activity', text: ACTIVITY, values: [clinicIds] })).rows[0]!;
}

const REFUSED = `select count(*)::int as refused from changes where result = 'refused'
  and received_at > now() - interval '30 days' and ($1::uuid[] is null or clinic_id = any($1))`;

/** Changes refused in the last 30 days that were made in these clinics. */
export async function countRefused(client: Queryable, clinicIds: readonly string[] | null): Promise<number> {
  return (await client.query({ name: 'refused', text: REFUSED, values: [clinicIds] })).rows[0].refused;
}

export interface FirstSteps {
  readonly clinics: number;
  readonly eventForms: number;
  readonly users: number;
  readonly devices: number;
}

const STEPS = `select (select count(*) from clinics where deleted_at is null)::int as clinics,
  (select count(*) from forms where kind = 'event' and status = 'published' and deleted_at is null)::int as "eventForms",
  (select count(*) from users where deleted_at is null)::int as users,
  (select count(*) from devices where deleted_at is null)::int as devices`;

/** What is there already of what a new organisation needs. */
export async function readFirstSteps(client: Queryable): Promise<FirstSteps> {
  return (await client.query<FirstSteps>(STEPS)).rows[0]!;
}
