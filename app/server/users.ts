import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { listUserLines, type UserLine } from '../../db/postgres/list-users.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { type Actor, clinicsOf, hasFlag, isAdmin, ROLES } from '../../lib/access/actor.ts';
import { uuidSchema } from '../../lib/domain/identity.ts';
import { grantPermissions } from '../../lib/domain/permission/grant-permissions.ts';
import { grantSchema } from '../../lib/domain/permission/permission.ts';
import { createUser, foldUsername } from '../../lib/domain/user/create-user.ts';
import { editUser, setPassword } from '../../lib/domain/user/edit-user.ts';
import { json } from './answer.ts';
import { type Asked, readBody, readQuery, refusedCommand, replyOfCommand } from './asked.ts';
import { hashPassword, MAX_PASSWORD, MIN_PASSWORD } from './passwords.ts';
import { type Result, refused } from './problem.ts';
import { runCommand } from './run-command.ts';
import { sessionsOn } from './session/sessions.ts';

/** The clinics whose users somebody manages; null = all, empty = none. */
export function managedClinics(actor: Actor): readonly string[] | null {
  return isAdmin(actor) ? null : clinicsOf(actor).filter((clinicId) => hasFlag(actor, 'clinic-admin', clinicId));
}

const listSchema = z.strictObject({
  search: z.string().max(100).optional(),
  afterName: z.string().max(200).optional(),
  afterId: uuidSchema.optional(),
});
const PAGE = 100;

/** `GET /api/users`: those whom the asker manages. */
export async function listUsers(asked: Asked): Promise<Result<Response>> {
  const query = readQuery(asked, listSchema);
  if (!query.ok) return query;
  const { search, afterName, afterId } = query.value;
  if (`${search}${afterName}`.includes('\0')) return refused('invalid', { field: 'search' });
  const clinicIds = managedClinics(asked.actor);
  if (clinicIds?.length === 0) return refused('forbidden');
  const after = afterName !== undefined && afterId !== undefined ? { name: afterName, id: afterId } : undefined;
  return json(await listUserLines(asked.pool, { clinicIds, after, search: search?.toLowerCase(), limit: PAGE }));
}

/** The user, if the asker manages him: an admin all below himself, a clinic admin those at home in his clinic. */
async function managed({ pool, actor }: Asked, id: string): Promise<Result<UserLine>> {
  const user = await userLine(pool, id);
  if (user === undefined) return refused('not-found');
  const above = user.role === 'admin' || user.role === 'super_admin';
  if (actor.role === 'super_admin' || (isAdmin(actor) && !above)) return { ok: true, value: user };
  const home = user.clinicId;
  if (!above && home !== null && id !== actor.userId && hasFlag(actor, 'clinic-admin', home))
    return { ok: true, value: user };
  return refused('forbidden');
}

async function userLine(pool: pg.Pool, id: string): Promise<UserLine | undefined> {
  return (await listUserLines(pool, { id, clinicIds: null, limit: 1 })).users[0];
}

/** `GET /api/users/:id`. */
export async function readUser(asked: Asked, id: string): Promise<Result<Response>> {
  const clinicIds = managedClinics(asked.actor);
  const { users } = await listUserLines(asked.pool, { id, clinicIds, limit: 1 });
  return users[0] === undefined ? refused('not-found') : json({ user: users[0] });
}

const password = z.string().min(MIN_PASSWORD).max(MAX_PASSWORD);
const createSchema = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  language: z.string().default('en'),
  clinicId: uuidSchema.nullable().default(null),
  username: z.string().max(200),
  /** Absent: one is made and told once. */
  password: password.optional(),
  grants: z.array(grantSchema).max(500).default([]),
});

/** `POST /api/users`. The reply is the only time a made password is told; either is to be changed at first sign-in. */
export async function createByApi(asked: Asked): Promise<Result<Response>> {
  if (managedClinics(asked.actor)?.length === 0) return refused('forbidden');
  const body = await readBody(asked, createSchema);
  if (!body.ok) return body;
  const { password: typed, username, ...user } = body.value;
  const folded = foldUsername(username);
  if (folded === '' || folded.includes('\0')) return refused('invalid', { field: 'username' });
  const taken = await asked.pool.query('select 1 from credentials where username = $1 and deleted_at is null', [
    folded,
  ]);
  if (taken.rowCount !== 0) return refused('already-exists', { field: 'username' });
  const missing = await unknownClinic(asked.pool, [user.clinicId, ...user.grants.map(({ clinicId }) => clinicId)]);
  if (missing) return refused('not-found', { field: 'clinicId' });
  const id = newId();
  const made = typed ?? newPassword();
  const input = { userId: id, ...user, username, passwordHash: await hashPassword(made), mustChange: true };
  const reply = { id, username: folded, ...(typed === undefined ? { password: made } : {}) };
  return replyOfCommand(asked, createUser, input, user.clinicId, reply);
}

async function unknownClinic(pool: pg.Pool, ids: readonly (string | null)[]): Promise<boolean> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const found = await pool.query('select 1 from clinics where id = any($1) and deleted_at is null', [wanted]);
  return found.rowCount !== wanted.length;
}

const editSchema = z
  .strictObject({
    name: z.string(),
    role: z.enum(ROLES),
    language: z.string(),
    clinicId: uuidSchema.nullable(),
    deactivated: z.boolean(),
  })
  .partial();

/** `PATCH /api/users/:id`. Deactivating ends his sessions at once. */
export async function editByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const body = await readBody(asked, editSchema);
  if (!body.ok) return body;
  const { clinicId, deactivated } = body.value;
  if (deactivated === true && id === asked.actor.userId) return refused('conflict', { field: 'deactivated' });
  if (clinicId !== undefined && (await unknownClinic(asked.pool, [clinicId])))
    return refused('not-found', { field: 'clinicId' });
  const reply = await replyOfCommand(asked, editUser, { userId: id, ...body.value }, null, { id });
  if (reply.ok && deactivated === true) await sessionsOn(asked.pool).invalidateUserSessions(id);
  return reply;
}

/** `PUT /api/users/:id/permissions`: all of a user's flags in one clinic. */
export async function grantByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const body = await readBody(asked, grantSchema);
  if (!body.ok) return body;
  const { clinicId, flags } = body.value;
  if (await unknownClinic(asked.pool, [clinicId])) return refused('not-found', { field: 'clinicId' });
  return replyOfCommand(asked, grantPermissions, { userId: id, clinicId, flags }, clinicId, { id });
}

/** `POST /api/users/:id/password`: a first password again; his sessions end. Told once when it was made here. */
export async function resetPassword(asked: Asked, id: string): Promise<Result<Response>> {
  const body = await readBody(asked, z.strictObject({ password: password.optional() }), { tidy: false });
  if (!body.ok) return body;
  const user = await managed(asked, id);
  if (!user.ok) return user;
  const made = body.value.password ?? newPassword();
  const input = { userId: id, passwordHash: await hashPassword(made), mustChange: true };
  const done = await runCommand(asked.pool, setPassword, input, { userId: asked.actor.userId, clinicId: null });
  if (!done.ok) return refusedCommand(done.refusal);
  await sessionsOn(asked.pool).invalidateUserSessions(id);
  return json({ id, ...(body.value.password === undefined ? { password: made } : {}) });
}

/** Letters and digits that are told apart on paper and over the telephone. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Twelve of them in groups: 59 bits, for one sign-in. */
function newPassword(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}
