import { sql } from 'kysely';
import type pg from 'pg';
import { pageOf } from './page-of.ts';
import { queriesOn } from './queries.ts';

/** A phone or hub as the portal lists it. `lastSeenAt` is when its token was last used, to the minute. */
export interface DeviceLine {
  readonly id: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly clinicIds: readonly string[];
  readonly enrolledAt: string | null;
  readonly lastSeenAt: string | null;
  readonly appVersion: string | null;
  readonly unsentCount: number | null;
  readonly storageBytes: number | null;
  /** How far its clock is behind, as it says itself. */
  readonly clockOffsetMs: number | null;
  readonly revokedAt: string | null;
  readonly lostAt: string | null;
  readonly users: readonly string[];
}

/** Devices of these clinics (null = of all), the newest first, and where to go on. */
export async function listDeviceLines(
  pool: pg.Pool,
  { clinicIds, after, limit }: { clinicIds: readonly string[] | null; after: string | null; limit: number },
): Promise<{ devices: DeviceLine[]; next: string | null }> {
  const rows = await queriesOn(pool)
    .selectFrom('devices as d')
    .leftJoin('deviceReports as r', 'r.deviceId', 'd.id')
    .select(['d.id', 'd.name', 'd.kind', 'd.enrolledAt', 'r.appVersion', 'r.unsent as unsentCount', storage, clock])
    .select(['d.revokedAt', 'd.lostAt', clinicsOfDevice, lastSeen, usersOfDevice])
    .where('d.deletedAt', 'is', null)
    .$if(clinicIds !== null, (query) => query.where(sql<boolean>`d.clinic_ids ?| ${clinicIds}::text[]`))
    .$if(after !== null, (query) => query.where('d.id', '<', after!))
    .orderBy('d.id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = pageOf(rows, limit, ({ id }) => id);
  return { devices: page.rows, next: page.next };
}

const storage = sql<number | null>`r.storage_bytes::float8`.as('storageBytes');
const clock = sql<number | null>`r.clock_offset_ms::float8`.as('clockOffsetMs');
const clinicsOfDevice = sql<string[]>`coalesce(d.clinic_ids, '[]')`.as('clinicIds');
const lastSeen = sql<string | null>`greatest(d.last_seen_at,
  (select max(t.last_used_at) from device_tokens t where t.device_id = d.id))`.as('lastSeenAt');
const usersOfDevice = sql<
  string[]
>`array(select u.name from jsonb_each_text(d.signed_in) s join users u on u.id = s.key::uuid
  order by s.value desc, u.name)`.as('users');
