import type { Queryable } from './record-statements.ts';

/** A code that was given out. The code itself is kept nowhere. */
export interface CodeLine {
  readonly id: string;
  readonly clinicId: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly usedAt: string | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
}

const READ = `select c.id, c.clinic_id as "clinicId", c.kind, c.created_at as "createdAt", u.name as "createdBy",
    c.expires_at as "expiresAt", c.used_at as "usedAt", c.device_id as "deviceId", d.name as "deviceName"
  from enrolment_codes c left join users u on u.id = c.created_by left join devices d on d.id = c.device_id
  where ($1::uuid[] is null or c.clinic_id = any($1)) and ($2::uuid is null or c.id = $2)
  order by c.created_at desc, c.id desc limit 100`;

/** The last hundred codes of these clinics (null = of all), the newest first. */
export async function listCodes(
  client: Queryable,
  clinicIds: readonly string[] | null,
  id: string | null = null,
): Promise<CodeLine[]> {
  return (await client.query<CodeLine>({ name: 'enrolment codes', text: READ, values: [clinicIds, id] })).rows;
}
