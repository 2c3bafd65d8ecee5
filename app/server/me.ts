import type pg from 'pg';
import { z } from 'zod';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { type Actor, isAdmin } from '../../lib/access/actor.ts';
import { ORGANISATION_ID } from '../../lib/domain/organisation/organisation.ts';
import { setPassword } from '../../lib/domain/user/edit-user.ts';
import { json } from './answer.ts';
import { type Asked, mustChange, readBody, refusedCommand } from './asked.ts';
import { beginAttempt } from './attempts.ts';
import { addressOf } from './client-address.ts';
import { hashPassword, isPassword, MAX_PASSWORD, MIN_PASSWORD } from './passwords.ts';
import { type Result, refused } from './problem.ts';
import { runCommand } from './run-command.ts';
import { sessionCookie } from './session/require-session.ts';
import { sessionsOn } from './session/sessions.ts';

const READ = `select u.name, u.language, (select name from organisation where id = $2) as organisation
  from users u where u.id = $1`;

interface Names {
  name: string;
  language: string;
  organisation: string | null;
}
const NAMELESS: Names = { name: '', language: 'en', organisation: null };

/** Who somebody is, and what he may do where. */
export async function whoIs(pool: pg.Pool, actor: Actor) {
  const [found, { root }] = await Promise.all([
    pool.query<Names>(READ, [actor.userId, ORGANISATION_ID]),
    readIdentity(pool),
  ]);
  const { userId: id, role, flags } = actor;
  const { name, language, organisation } = found.rows[0] ?? NAMELESS;
  const asked = { id, name, language, role, flags, admin: isAdmin(actor), organisation, hub: !root };
  return { ...asked, mustChange: await mustChange(pool, id) };
}

/** `GET /api/me`. */
export async function readMe({ pool, actor }: Asked): Promise<Result<Response>> {
  return json(await whoIs(pool, actor));
}

const changeSchema = z.strictObject({
  current: z.string().min(1).max(MAX_PASSWORD),
  password: z.string().min(MIN_PASSWORD).max(MAX_PASSWORD),
});

/** `POST /api/me/password`: one's own password, knowing the old one. Every other session ends. */
export async function changeOwnPassword(asked: Asked): Promise<Result<Response>> {
  const { pool, actor, request } = asked;
  const body = await readBody(asked, changeSchema, { tidy: false });
  if (!body.ok) return body;
  const { current, password } = body.value;
  const attempt = await beginAttempt(pool, `password ${actor.userId}`, addressOf(request));
  if (!attempt.ok) return attempt;
  const held = await pool.query('select password_hash from credentials where id = $1', [actor.userId]);
  if (!(await isPassword(held.rows[0]?.password_hash ?? null, current)))
    return refused('forbidden', { field: 'current' });
  await attempt.value.succeed();
  if (password === current) return refused('invalid', { field: 'password' });
  const input = { userId: actor.userId, passwordHash: await hashPassword(password), mustChange: false };
  const done = await runCommand(pool, setPassword, input, { userId: actor.userId, clinicId: null });
  if (!done.ok) return refusedCommand(done.refusal);
  const lucia = sessionsOn(pool);
  await lucia.invalidateUserSessions(actor.userId);
  if (request.headers.has('authorization')) return json({});
  const session = await lucia.createSession(actor.userId, { kind: 'portal' });
  return json({}, { 'set-cookie': sessionCookie(pool, request, session.id) });
}
