import type pg from 'pg';
import { z } from 'zod';
import { json } from '../answer.ts';
import { addressOf } from '../client-address.ts';
import { type Result, refused } from '../problem.ts';
import { fulfils, readJson } from '../read-json.ts';
import { signIn, signInSchema } from '../sign-in.ts';
import { requireSession, sessionCookie } from './require-session.ts';
import { isSameOrigin } from './same-origin.ts';
import { sessionsOn } from './sessions.ts';

const bodySchema = z.strictObject({
  ...signInSchema.shape,
  /** For programs: a bearer token instead of a cookie. */
  token: z.boolean().optional(),
});

/** `POST /api/login`: a cookie for the portal, or with `token: true` a revocable bearer for a program. */
export async function logIn(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const body = await readJson(request, 4096);
  if (!body.ok) return body;
  const asked = fulfils(bodySchema, body.value);
  if (!asked.ok) return asked;
  const { token = false, ...names } = asked.value;
  // Otherwise another site could sign a person in as somebody else, who would then read what he writes.
  if (!token && !isSameOrigin(request)) return refused('forbidden', { field: 'origin' });
  const signedIn = await signIn(pool, names, addressOf(request));
  if (!signedIn.ok) return signedIn;
  const { user, actor, mustChange } = signedIn.value;
  const session = await sessionsOn(pool).createSession(user.id, { kind: token ? 'api' : 'portal' });
  const said = { user: { ...user, role: actor.role }, mustChange };
  if (token) return json({ ...said, token: session.id });
  return json(said, { 'set-cookie': sessionCookie(pool, request, session.id) });
}

/** `POST /api/logout`: ends the session at once, here and not only in the browser. */
export async function logOut(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const session = await requireSession(pool, request);
  if (!session.ok && session.problem.code === 'forbidden') return session;
  if (session.ok) await sessionsOn(pool).invalidateSession(session.value.secret);
  return json({}, { 'set-cookie': sessionCookie(pool, request, null) });
}
