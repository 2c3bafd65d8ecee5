import type pg from 'pg';
import { z } from 'zod';
import { readActors } from '../../db/postgres/accept-changes.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { foldUsername } from '../../lib/domain/user/create-user.ts';
import { beginAttempt } from './attempts.ts';
import { isPassword, MAX_PASSWORD } from './passwords.ts';
import { type Result, refused } from './problem.ts';

export const signInSchema = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(MAX_PASSWORD),
});

/** Who signed in, as screens greet him and as rights are judged. */
export interface SignedIn {
  readonly user: { readonly id: string; readonly name: string; readonly language: string };
  readonly actor: Actor;
  readonly mustChange: boolean;
}

interface CredentialRow {
  id: string;
  password_hash: string | null;
  must_change: boolean | null;
  name: string | null;
  language: string | null;
}

const READ_CREDENTIAL = `select c.id, c.password_hash, c.must_change, u.name, u.language
  from credentials c join users u on u.id = c.id
  where c.username = $1 and c.deleted_at is null and u.deleted_at is null and u.deactivated_at is null`;

/** Checks a name and a password. A wrong password, an unknown name and a deactivated user are answered alike. */
export async function signIn(
  pool: pg.Pool,
  { username, password }: z.infer<typeof signInSchema>,
  address: string,
): Promise<Result<SignedIn>> {
  const folded = foldUsername(username);
  const attempt = await beginAttempt(pool, `sign-in ${folded}`, address);
  if (!attempt.ok) return attempt;
  // A NUL is no text for PostgreSQL, and no name.
  const found = folded.includes('\0') ? [] : (await pool.query<CredentialRow>(READ_CREDENTIAL, [folded])).rows;
  const row = found[0];
  const right = await isPassword(row?.password_hash ?? null, password);
  // Nothing more is asked about a name before its password was right: the time it takes would tell that it exists.
  if (!right || row === undefined) return refused('unauthenticated');
  const actor = (await readActors(pool, [row.id])).get(row.id);
  if (actor === undefined) return refused('unauthenticated');
  await attempt.value.succeed();
  const user = { id: row.id, name: row.name ?? '', language: row.language ?? 'en' };
  return { ok: true, value: { user, actor, mustChange: row.must_change === true } };
}
