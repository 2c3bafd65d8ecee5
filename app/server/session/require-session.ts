import type pg from 'pg';
import { readActors } from '../../../db/postgres/accept-changes.ts';
import type { Actor } from '../../../lib/access/actor.ts';
import { type Result, refused } from '../problem.ts';
import { bearerOf } from '../secrets.ts';
import { isSameOrigin } from './same-origin.ts';
import { ABSOLUTE_MS, sessionsOn } from './sessions.ts';

/** Somebody signed in to the portal, or a program with his token. */
export interface PortalSession {
  readonly actor: Actor;
  /** The session's secret, to end it by. */
  readonly secret: string;
  /** The cookie to send back when the session was prolonged; null when nothing changed. */
  readonly cookie: string | null;
}

/**
 * The session of a request: the portal's cookie, or a bearer token of an API client. With a cookie, whatever changes
 * something must come from our own pages: a browser sends cookies along from any.
 */
export async function requireSession(pool: pg.Pool, request: Request): Promise<Result<PortalSession>> {
  const lucia = sessionsOn(pool);
  const bearer = bearerOf(request);
  const secret = bearer ?? lucia.readSessionCookie(request.headers.get('cookie') ?? '');
  if (secret === null || secret === '') return refused('unauthenticated');
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (bearer === null && !reads && !isSameOrigin(request)) return refused('forbidden', { field: 'origin' });
  const { session } = await lucia.validateSession(secret);
  if (session === null || (session.kind === 'api') !== (bearer !== null)) return refused('session-expired');
  if (Date.now() - Date.parse(session.createdAt ?? '') > ABSOLUTE_MS) {
    await lucia.invalidateSession(secret);
    return refused('session-expired');
  }
  const actor = (await readActors(pool, [session.userId])).get(session.userId);
  if (actor === undefined || !actor.active) {
    await lucia.invalidateSession(secret);
    return refused('session-expired');
  }
  const cookie = session.fresh && bearer === null ? sessionCookie(pool, request, secret) : null;
  return { ok: true, value: { actor, secret, cookie } };
}

/** `Set-Cookie` for a session, or for none. */
export function sessionCookie(pool: pg.Pool, request: Request, secret: string | null): string {
  const lucia = sessionsOn(pool);
  const cookie = secret === null ? lucia.createBlankSessionCookie() : lucia.createSessionCookie(secret);
  cookie.attributes.secure = !/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.get('host') ?? '');
  return cookie.serialize();
}
