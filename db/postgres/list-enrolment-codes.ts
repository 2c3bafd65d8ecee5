import { sql } from 'kysely';
import type pg from 'pg';
import { queriesOn } from './queries.ts';

/** A code that was given out. The code itself is kept nowhere. */
export interface CodeLine {
  readonly id: string;
  readonly clinicId: string;
  readonly kind: string;
  readonly createdAt: string;
  /** Name of who gave it out. */
  readonly createdBy: string | null;
  readonly expiresAt: string;
  readonly usedAt: string | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
}

/** The last hundred codes of these clinics (null = of all), the newest first; or the one with this id. */
export function listCodes(
  pool: pg.Pool,
  clinicIds: readonly string[] | null,
  id: string | null = null,
): Promise<CodeLine[]> {
  return queriesOn(pool)
    .selectFrom('enrolmentCodes as c')
    .leftJoin('users as u', 'u.id', 'c.createdBy')
    .leftJoin('devices as d', 'd.id', 'c.deviceId')
    .select(['c.id', 'c.clinicId', 'c.kind', 'c.createdAt', 'u.name as createdBy'])
    .select(['c.expiresAt', 'c.usedAt', 'c.deviceId', 'd.name as deviceName'])
    .$if(clinicIds !== null, (query) => query.where(sql<boolean>`c.clinic_id = any(${clinicIds}::uuid[])`))
    .$if(id !== null, (query) => query.where('c.id', '=', id!))
    .orderBy('c.createdAt', 'desc')
    .orderBy('c.id', 'desc')
    .limit(100)
    .execute();
}
