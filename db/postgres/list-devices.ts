import type { Queryable } from './record-statements.ts';

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
  readonly revokedAt: string | null;
  readonly lostAt: string | null;
  readonly users: readonly string[];
}

const READ = `select d.id, d.name, d.kind, coalesce(d.clinic_ids, '[]') as "clinicIds", d.enrolled_at as "enrolledAt",
    greatest(d.last_seen_at, (select max(last_used_at) from device_tokens t where t.device_id = d.id)) as "lastSeenAt",
    d.app_version as "appVersion", d.unsent_count as "unsentCount", d.storage_bytes as "storageBytes",
    d.revoked_at as "revokedAt", d.lost_at as "lostAt",
    array(select u.name from device_users du join users u on u.id = du.user_id where du.device_id = d.id
      order by du.signed_in_at desc) as users
  from devices d where d.deleted_at is null and ($1::text[] is null or d.clinic_ids ?| $1)
    and ($2::uuid is null or d.id < $2)
  order by d.id desc limit $3`;

/** Devices of these clinics (null = of all), the newest first, and where to go on. */
export async function listDeviceLines(
  client: Queryable,
  { clinicIds, after, limit }: { clinicIds: readonly string[] | null; after: string | null; limit: number },
): Promise<{ devices: DeviceLine[]; next: string | null }> {
  const values = [clinicIds, after, limit + 1];
  const { rows } = await client.query<DeviceLine>({ name: 'devices', text: READ, values });
  const devices = rows.slice(0, limit);
  return { devices, next: rows.length > limit ? (devices.at(-1)?.id ?? null) : null };
}
