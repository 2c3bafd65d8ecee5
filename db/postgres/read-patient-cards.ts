import type { Queryable } from './record-statements.ts';

/** A patient as a list of the portal shows him. */
export interface PatientLine {
  readonly id: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly otherNames: string | null;
  readonly birthDate: string | null;
  readonly birthDateEstimated: boolean;
  readonly sex: string | null;
  readonly phone: string | null;
  readonly village: string | null;
  readonly camp: string | null;
  readonly deceased: boolean;
  readonly registeredAt: string | null;
  readonly lastVisitOn: string | null;
  readonly clinicIds: readonly string[];
}

const READ = `select p.id, p.given_name as "givenName", p.family_name as "familyName", p.other_names as "otherNames",
    p.birth_date as "birthDate", p.birth_date_estimated is true as "birthDateEstimated", p.sex, p.phone, p.village,
    p.camp, p.deceased_on is not null as deceased, p.created_at as "registeredAt",
    (select max(occurred_on) from visits v where v.patient_id = p.id and v.deleted_at is null) as "lastVisitOn",
    array(select clinic_id from patient_clinics m where m.patient_id = p.id and m.left_at is null
      and m.deleted_at is null order by clinic_id) as "clinicIds"
  from unnest($1::uuid[]) with ordinality asked(id, place) join patients p on p.id = asked.id order by place`;

/** These patients in this order. */
export async function readPatientCards(client: Queryable, ids: readonly string[]): Promise<PatientLine[]> {
  if (ids.length === 0) return [];
  return (await client.query<PatientLine>({ name: 'patient cards', text: READ, values: [ids] })).rows;
}
