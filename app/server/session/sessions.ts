import { NodePostgresAdapter } from '@lucia-auth/adapter-postgresql';
import { type Adapter, type DatabaseSession, Lucia, TimeSpan } from 'lucia';
import type pg from 'pg';
import { hashSecret } from '../secrets.ts';

export const SESSION_COOKIE = 'hikma_session';
/** Sliding: a session that is used lives on, up to the absolute end. */
const SLIDING_HOURS = 12;
export const ABSOLUTE_MS = 7 * 24 * 3_600_000;

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof make>;
    DatabaseSessionAttributes: SessionRow;
  }
}

interface SessionRow {
  kind: 'portal' | 'api';
  created_at?: string;
}

function make(pool: pg.Pool) {
  return new Lucia(hashedAdapter(new NodePostgresAdapter(pool, { user: 'users', session: 'sessions' })), {
    sessionExpiresIn: new TimeSpan(SLIDING_HOURS, 'h'),
    sessionCookie: { name: SESSION_COOKIE, attributes: { sameSite: 'lax', path: '/' } },
    getSessionAttributes: (row) => ({ kind: row.kind, createdAt: row.created_at }),
  });
}

const made = new WeakMap<pg.Pool, ReturnType<typeof make>>();

/** The portal's sessions on this database. */
export function sessionsOn(pool: pg.Pool): ReturnType<typeof make> {
  const lucia = made.get(pool) ?? make(pool);
  made.set(pool, lucia);
  return lucia;
}

/** Lucia knows the session's secret, the database only its hash. */
function hashedAdapter(inner: Adapter): Adapter {
  const stored = (secret: string) => hashSecret(secret).toString('hex');
  return {
    getSessionAndUser: async (secret) => {
      const [session, user] = await inner.getSessionAndUser(stored(secret));
      return [session === null ? null : { ...dated(session), id: secret }, user];
    },
    getUserSessions: async (userId) => (await inner.getUserSessions(userId)).map(dated),
    setSession: (session) => inner.setSession({ ...session, id: stored(session.id) }),
    updateSessionExpiration: (secret, expiresAt) => inner.updateSessionExpiration(stored(secret), expiresAt),
    deleteSession: (secret) => inner.deleteSession(stored(secret)),
    deleteUserSessions: (userId) => inner.deleteUserSessions(userId),
    deleteExpiredSessions: () => inner.deleteExpiredSessions(),
  };
}

/** Our connections give instants as text. */
function dated(session: DatabaseSession): DatabaseSession {
  return { ...session, expiresAt: new Date(session.expiresAt) };
}
