import type pg from 'pg';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { actorsOf } from '../../lib/access/actor-of.ts';
import { grantsVersion, VERSIONS_PER_MS } from '../../lib/access/grants-version.ts';
import { scopesHeld, scopesOfHub } from '../../lib/access/scopes-held.ts';
import type { Sender } from '../../lib/domain/world.ts';
import type { Grants } from '../../lib/replication/answer-exchange.ts';
import { decodeStamps } from '../../lib/replication/layout.ts';
import { type Result, refused } from './problem.ts';
import { bearerOf, hashSecret } from './secrets.ts';

/** A device that showed its token. */
export interface DeviceSession {
  readonly deviceId: string;
  readonly clinicIds: readonly string[];
  /** Whose changes it may hand in: everyone who ever signed in on it; of a hub, whatever was made in its clinics. */
  readonly sender: Sender;
}

interface DeviceRow {
  device_id: string;
  clinic_ids: string[] | null;
  kind: string | null;
  withdrawn: boolean;
  stale: boolean;
  users: string[];
}

const READ_DEVICE = `select t.device_id, d.clinic_ids, d.kind,
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
      sender: row.kind === 'hub' ? { kind: 'hub', clinicIds } : { kind: 'device', clinicIds, signedIn: row.users },
    },
  };
}

interface RightsRow {
  stamps: string | null;
  root: boolean | null;
  carried: string[] | null;
  users: { id: string; at: number; current: boolean }[];
}

const READ_RIGHTS = `select d.stamps, r.root, u.scopes as carried, coalesce(
    (select json_agg(json_build_object('id', user_id, 'at', floor(extract(epoch from signed_in_at) * 1000),
       'current', signed_in_at >= (select max(created_at) from device_tokens t
         where t.device_id = $1 and t.revoked_at is null))) from device_users where device_id = $1), '[]') as users
  from (select) one left join devices d on d.id = $1 left join replica r on true left join upstream u on true`;

/**
 * What a device may hold now: the scopes of the users who signed in on it since it got its token; a hub those of its
 * clinics. The version only grows, and is alike on every replica that knows the same: every change of rights writes one
 * of these records, or is a sign-in. A relay carries some of the scopes; the others are elsewhere.
 */
export async function grantsOf(pool: pg.Pool, { deviceId, clinicIds, sender }: DeviceSession): Promise<Grants> {
  const found = await pool.query<RightsRow>({ name: 'device rights', text: READ_RIGHTS, values: [deviceId] });
  const { stamps, root, carried, users } = found.rows[0]!;
  const own = Object.values(decodeStamps(stamps ?? '{}'));
  if (sender.kind === 'hub') return { version: grantsVersion(own), scopes: scopesOfHub(clinicIds) };
  const ids = users.map(({ id }) => id);
  const current = new Set(users.filter((one) => one.current).map(({ id }) => id));
  const [people, permissions] = await Promise.all([
    readRecords(pool, 'users', 'where id = any($1)', [ids]),
    readRecords(pool, 'permissions', 'where user_id = any($1)', [ids]),
  ]);
  const rights = [...people, ...permissions].flatMap((record) => Object.values(record.stamps));
  const signIns = users.map(({ at }) => at * VERSIONS_PER_MS);
  const version = Math.max(grantsVersion([...own, ...rights]), ...signIns);
  const actors = actorsOf(
    people.filter(({ id }) => current.has(id)),
    permissions,
  );
  const held = scopesHeld([...actors.values()], clinicIds);
  if (root !== false) return { version, scopes: held };
  const isHere = (scope: string) => carried?.includes(scope) === true;
  return { version, scopes: held.filter(isHere), elsewhere: held.filter((scope) => !isHere(scope)) };
}
