import type pg from 'pg';
import { selectRowText } from '../../db/postgres/row-text.ts';
import { actorsOf } from '../../lib/access/actor-of.ts';
import { grantsVersion } from '../../lib/access/grants-version.ts';
import { scopesHeld, scopesOfHub } from '../../lib/access/scopes-held.ts';
import { enrolmentOf } from '../../lib/domain/device/device.ts';
import { permissions } from '../../lib/domain/permission/permission.ts';
import { users } from '../../lib/domain/user/user.ts';
import type { Sender } from '../../lib/domain/world.ts';
import type { Grants } from '../../lib/replication/answer-exchange.ts';
import { decodeRow, decodeStamps, layoutOf, type Row } from '../../lib/replication/layout.ts';
import type { Stamp } from '../../lib/replication/stamp.ts';
import { type Result, refused } from './problem.ts';
import { bearerOf, hashSecret } from './secrets.ts';

/** A device that showed its token. */
export interface DeviceSession {
  readonly deviceId: string;
  readonly clinicIds: readonly string[];
  /** Whose changes it may hand in: everyone who ever signed in on it; of a hub, whatever was made in its clinics. */
  readonly sender: Sender;
  /** What it may hold, as of when it showed its token. */
  readonly grants: Grants;
  /** Has this server no upstream? */
  readonly root: boolean;
  /** What let it in. */
  readonly enrolment: Stamp;
  /** Was it restored from a backup, and does it still ask for what is missing? */
  readonly recovering: boolean;
  /** The life of its feed; null before it has one. */
  readonly epoch: string | null;
}

/** What a device's rights follow from. */
interface RightsRow {
  stamps: string | null;
  root: boolean | null;
  epoch: string | null;
  recovering: boolean | null;
  carried: string[] | null;
  users: string[];
  current: string[];
  people: Row[];
  permissions: Row[];
}

interface DeviceRow extends RightsRow {
  device_id: string;
  clinic_ids: string[] | null;
  kind: string | null;
  withdrawn: boolean;
  stale: boolean;
  /** Whose password was checked here, and for which enrolment. */
  seen: Record<string, Stamp> | null;
}

const SIGNED_IN = 'array(select jsonb_object_keys(d.signed_in))::uuid[]';

/** Rows of a collection about the users who signed in on the device `d`. */
function rowsOf(collection: string, userId: string): string {
  const rows = selectRowText(collection, userId, `where ${userId} = any (${SIGNED_IN})`);
  return `coalesce((select json_agg(one.text::json) from (${rows}) one), '[]')`;
}

const RIGHTS = `d.stamps, r.root, r.epoch, r.recovering, up.scopes as carried, ${SIGNED_IN} as users,
  array(select key from jsonb_each_text(d.signed_in) where value::timestamptz = d.enrolled_at)::uuid[] as current,
  ${rowsOf('users', 'id')} as people, ${rowsOf('permissions', 'user_id')} as permissions`;

/** One row, whether there is such a device or not. */
function rightsFrom(asked: string, device: string): string {
  return `(select ${asked}) asked left join devices d on ${device} left join replica r on true left join upstream up on true`;
}

// A token that its device's record does not name any more was replaced by another.
const READ_DEVICE = `select coalesce(d.id, t.device_id) as device_id, d.clinic_ids, d.kind, ${RIGHTS},
    d.id is null or d.revoked_at is not null or d.deleted_at is not null as withdrawn,
    coalesce(t.last_used_at < now() - interval '1 minute', true) as stale,
    (select json_object_agg(p.user_id, p.enrolment) from passwords_seen p where p.device_id = d.id) as seen
  from ${rightsFrom('$1::bytea as hash', "d.token_hash = encode(asked.hash, 'hex')")}
  left join device_tokens t on t.hash = asked.hash where d.id is not null or t.hash is not null`;

const READ_RIGHTS = `select ${RIGHTS} from ${rightsFrom('$1::uuid as id', 'd.id = asked.id')}`;

/** To the minute. A token that was given elsewhere is first noted here when it is used. */
const NOTE_USE = `insert into device_tokens (hash, device_id) values ($1, $2)
  on conflict (hash) do update set last_used_at = now()`;

const NOTE_PASSWORD = `insert into passwords_seen (device_id, user_id, enrolment) values ($1, $2, $3)
  on conflict (device_id, user_id) do update set enrolment = excluded.enrolment`;

/** Notes that a user's password was right on a device, here. */
export async function notePassword(
  pool: pg.Pool,
  { deviceId, enrolment }: DeviceSession,
  userId: string,
): Promise<void> {
  await pool.query({ name: 'password seen', text: NOTE_PASSWORD, values: [deviceId, userId, enrolment] });
}

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
  const root = row.root !== false;
  const enrolment = enrolmentOf(decodeStamps(row.stamps ?? '{}'));
  // A hub's word on administration is judged by its root.
  const elsewhere = root ? row.users.filter((userId) => row.seen?.[userId] !== enrolment) : [];
  const sender: Sender =
    row.kind === 'hub' ? { kind: 'hub', clinicIds } : { kind: 'device', clinicIds, signedIn: row.users, elsewhere };
  const grants = grantsFrom(row, clinicIds, sender);
  const { device_id: deviceId, epoch } = row;
  const recovering = row.recovering === true;
  return { ok: true, value: { deviceId, clinicIds, sender, grants, root, recovering, epoch, enrolment } };
}

/** What a device may hold now: something it brought may have changed it. */
export async function grantsOf(pool: pg.Pool, { deviceId, clinicIds, sender }: DeviceSession): Promise<Grants> {
  const found = await pool.query<RightsRow>({ name: 'device rights', text: READ_RIGHTS, values: [deviceId] });
  return grantsFrom(found.rows[0]!, clinicIds, sender);
}

const LAYOUTS = { people: layoutOf(users), permissions: layoutOf(permissions) };

/**
 * The scopes of the users who signed in on a device since it got its token; a hub those of its clinics. The version only
 * grows, and is alike on every replica that knows the same: every change of rights, a sign-in included, writes one of
 * these records. A relay carries some of the scopes; the others are elsewhere.
 */
function grantsFrom(row: RightsRow, clinicIds: readonly string[], sender: Sender): Grants {
  const own = Object.values(decodeStamps(row.stamps ?? '{}'));
  if (sender.kind === 'hub') return { version: grantsVersion(own), scopes: scopesOfHub(clinicIds) };
  const people = row.people.map((one) => decodeRow(LAYOUTS.people, one));
  const given = row.permissions.map((one) => decodeRow(LAYOUTS.permissions, one));
  const rights = [...people, ...given].flatMap((record) => Object.values(record.stamps));
  const version = grantsVersion([...own, ...rights]);
  const actors = actorsOf(
    people.filter(({ id }) => row.current.includes(id)),
    given,
  );
  const held = scopesHeld([...actors.values()], clinicIds);
  if (row.root !== false) return { version, scopes: held };
  const isHere = (scope: string) => row.carried?.includes(scope) === true;
  return { version, scopes: held.filter(isHere), elsewhere: held.filter((scope) => !isHere(scope)) };
}
