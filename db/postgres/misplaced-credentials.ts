import type { Queryable } from './record-statements.ts';

const MOST = 500;

const MISPLACED = `select c.id, w.clinic_ids as "clinicIds" from credentials c join users u on u.id = c.id
  cross join lateral (
    select coalesce(jsonb_agg(clinic_id order by clinic_id), '[]') as clinic_ids from (
      select u.clinic_id where u.clinic_id is not null
      union
      select p.clinic_id from permissions p where p.user_id = u.id and p.deleted_at is null
        and exists (select from jsonb_each(p.flags) f where f.value = 'true') and u.role not in ('admin', 'super_admin')
    ) belongs where u.deactivated_at is null and u.deleted_at is null) w
  where c.deleted_at is null and w.clinic_ids <> coalesce(c.clinic_ids, '[]')
  order by c.id limit ${MOST}`;

/**
 * Credentials that do not say where their user belongs, with the clinics they should name: his home clinic, and where he
 * has a flag (not of an administrator, who needs none); nowhere once he is deactivated.
 */
export async function readMisplacedCredentials(client: Queryable): Promise<{ id: string; clinicIds: string[] }[]> {
  const { rows } = await client.query<{ id: string; clinicIds: string[] }>({ name: 'misplaced', text: MISPLACED });
  return rows;
}
