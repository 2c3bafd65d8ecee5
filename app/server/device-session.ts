import type pg from 'pg';
import { readActors } from '../../db/postgres/accept-changes.ts';
import { readHeads } from '../../db/postgres/read-feed.ts';
import { scopesHeld } from '../../lib/access/scopes-held.ts';
import type { Sender } from '../../lib/domain/world.ts';
import type { Grants } from '../../lib/replication/answer-exchange.ts';
import { type Result, refused } from './problem.ts';
import { bearerOf, hashSecret } from './secrets.ts';

/** A device that showed its token. */
export interface DeviceSession {
  readonly deviceId: string;
  readonly clinicIds: readonly string[];
  /** Whose changes it may hand in: everyone who ever signed in on it. */
  readonly sender: Sender;
}

interface DeviceRow {
  device_id: string;
  clinic_ids: string[] | null;
  withdrawn: boolean;
  stale: boolean;
  users: string[];
}

const READ_DEVICE = `select t.device_id, d.clinic_ids,
    t.revoked_at is not null or d.revoked_at is not null or d.deleted_at is not null as withdrawn,
    t.last_used_at < now() - interval '1 minute' as stale,
    array(select user_id from device_users u where u.device_id = t.device_id)::uuid[] as users
  from device_tokens t left join devices d on d.id = t.device_id where t.hash = $1`;

/**
 * The device that a request comes from, by its bearer alone: a cookie says nothing here. `unauthenticated` for a token
 * nobody gave, `gone` for one that was taken back.
 */
export async function requireDevice(pool: pg.Pool, request: Request): Promise<Result<DeviceSession>> {
  const bearer = bearerOf(request);
  if (bearer === null) return refused('unauthenticated');
  const hash = hashSecret(bearer);
  const found = await pool.query<DeviceRow>({ name: 'device', text: READ_DEVICE, values: [hash] });
  const row = found.rows[0];
  if (row === undefined) return refused('unauthenticated');
  if (row.withdrawn) return refused('gone', { detail: 'This device was withdrawn.' });
  if (row.stale) await pool.query('update device_tokens set last_used_at = now() where hash = $1', [hash]);
  const clinicIds = row.clinic_ids ?? [];
  return {
    ok: true,
    value: {
      deviceId: row.device_id,
      clinicIds,
      sender: { kind: 'device', clinicIds, signedIn: row.users },
    },
  };
}

/**
 * What a device may hold now: the scopes of the users who signed in on it since it got its token. The version only
 * grows: every change of rights is a change of the organisation's or of custody's records, or a sign-in.
 */
export async function grantsOf(pool: pg.Pool, { deviceId, clinicIds }: DeviceSession): Promise<Grants> {
  const [users, heads] = await Promise.all([
    pool.query<{ user_id: string; current: boolean; sign_ins: number }>({
      name: 'device users',
      text: `select u.user_id, u.sign_ins, u.signed_in_at >= (select max(created_at) from device_tokens t
               where t.device_id = u.device_id and t.revoked_at is null) as current
             from device_users u where u.device_id = $1`,
      values: [deviceId],
    }),
    readHeads(pool, ['org', 'custody']),
  ]);
  const current = users.rows.filter((row) => row.current).map((row) => row.user_id);
  const actors = await readActors(pool, current);
  const signIns = users.rows.reduce((sum, row) => sum + row.sign_ins, 0);
  const version = heads.reduce((sum, head) => sum + head.seq, signIns);
  return { version, scopes: scopesHeld([...actors.values()], clinicIds) };
}
