import type pg from 'pg';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { actorsOf } from '../../lib/access/actor-of.ts';
import { grantsVersion } from '../../lib/access/grants-version.ts';
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

// A token that its device's record does not name any more was replaced by another.
const READ_DEVICE = `select d.id as device_id, d.clinic_ids, d.kind,
    d.revoked_at is not null or d.deleted_at is not null as withdrawn,
    coalesce(t.last_used_at < now() - interval '1 minute', true) as stale,
    array(select jsonb_object_keys(d.signed_in))::uuid[] as users
  from devices d left join device_tokens t on t.hash = $1 where d.token_hash = encode($1, 'hex')
  union all
  select t.device_id, null, null, true, false, '{}' from device_tokens t
  where t.hash = $1 and not exists (select from devices where token_hash = encode($1, 'hex'))`;

/** To the minute. A token that was given elsewhere is first noted here when it is used. */
const NOTE_USE = `insert into device_tokens (hash, device_id) values ($1, $2)
  on conflict (hash) do update set last_used_at = now()`;

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
  if (row.stale) await pool.query({ name: 'device used', text: NOTE_USE, values: [hash, row.device_id] });
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
  users: string[];
  current: string[];
}

const READ_RIGHTS = `select d.stamps, r.root, u.scopes as carried,
    array(select jsonb_object_keys(d.signed_in))::uuid[] as users,
    array(select key from jsonb_each_text(d.signed_in) where value::timestamptz = d.enrolled_at)::uuid[] as current
  from (select) one left join devices d on d.id = $1 left join replica r on true left join upstream u on true`;

/**
 * What a device may hold now: the scopes of the users who signed in on it since it got its token; a hub those of its
 * clinics. The version only grows, and is alike on every replica that knows the same: every change of rights, a sign-in
 * included, writes one of these records. A relay carries some of the scopes; the others are elsewhere.
 */
export async function grantsOf(pool: pg.Pool, { deviceId, clinicIds, sender }: DeviceSession): Promise<Grants> {
  const found = await pool.query<RightsRow>({ name: 'device rights', text: READ_RIGHTS, values: [deviceId] });
  const { stamps, root, carried, users, current } = found.rows[0]!;
  const own = Object.values(decodeStamps(stamps ?? '{}'));
  if (sender.kind === 'hub') return { version: grantsVersion(own), scopes: scopesOfHub(clinicIds) };
  const [people, permissions] = await Promise.all([
    readRecords(pool, 'users', 'where id = any($1)', [users]),
    readRecords(pool, 'permissions', 'where user_id = any($1)', [users]),
  ]);
  const rights = [...people, ...permissions].flatMap((record) => Object.values(record.stamps));
  const version = grantsVersion([...own, ...rights]);
  const actors = actorsOf(
    people.filter(({ id }) => current.includes(id)),
    permissions,
  );
  const held = scopesHeld([...actors.values()], clinicIds);
  if (root !== false) return { version, scopes: held };
  const isHere = (scope: string) => carried?.includes(scope) === true;
  return { version, scopes: held.filter(isHere), elsewhere: held.filter((scope) => !isHere(scope)) };
}
