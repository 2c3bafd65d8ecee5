import type pg from 'pg';
import { z } from 'zod';
import { BEGIN_PUSH } from '../../db/postgres/accept-changes.ts';
import { authorWithin } from '../../db/postgres/author-edits.ts';
import { inTransaction, newId } from '../../db/postgres/replica-identity.ts';
import { put } from '../../lib/domain/command.ts';
import { ORGANISATION_ID, organisation } from '../../lib/domain/organisation/organisation.ts';
import { foldUsername } from '../../lib/domain/user/create-user.ts';
import { credentials, users } from '../../lib/domain/user/user.ts';
import { json } from './answer.ts';
import { beginAttempt } from './attempts.ts';
import { addressOf } from './client-address.ts';
import { hashPassword, MAX_PASSWORD, MIN_PASSWORD } from './passwords.ts';
import { type Result, refused } from './problem.ts';
import { fulfils, readJson } from './read-json.ts';
import { hashSecret, newSecret } from './secrets.ts';

const VALID_HOURS = 24;

/**
 * The one-time link with which the first administrator is made; null when somebody can sign in already. The secret
 * stands behind `#`, so that no log on the way sees it. A new link ends the older ones.
 */
export async function firstAdministratorLink(pool: pg.Pool, origin: string): Promise<string | null> {
  if (await somebodyCanSignIn(pool)) return null;
  const secret = newSecret();
  await pool.query('delete from founding_links');
  await pool.query('insert into founding_links (hash, expires_at) values ($1, now() + make_interval(hours => $2))', [
    hashSecret(secret),
    VALID_HOURS,
  ]);
  return `${origin}/admin/first-administrator#${secret}`;
}

async function somebodyCanSignIn(client: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  const found = await client.query('select 1 from credentials where deleted_at is null limit 1');
  return found.rows.length > 0;
}

const founderSchema = z.strictObject({
  token: z.string().min(20).max(200),
  name: users.fields.name.schema,
  username: credentials.fields.username.schema,
  password: z.string().min(MIN_PASSWORD).max(MAX_PASSWORD),
  language: users.fields.language.schema,
  organisation: organisation.fields.name.schema,
});
export type Founding = z.infer<typeof founderSchema>;

/** Makes the first administrator and the organisation, once. `gone`: the link was used, or is too old. */
export async function createFirstAdministrator(pool: pg.Pool, founding: Founding): Promise<Result<{ userId: string }>> {
  const username = foldUsername(founding.username);
  // Folding may empty a name, or make it longer.
  if (!founderSchema.shape.username.safeParse(username).success) return refused('invalid', { field: 'username' });
  const passwordHash = await hashPassword(founding.password);
  return inTransaction(pool, BEGIN_PUSH, async (client) => {
    const used = await client.query('delete from founding_links where hash = $1 and expires_at > now()', [
      hashSecret(founding.token),
    ]);
    if (used.rowCount !== 1 || (await somebodyCanSignIn(client))) return refused('gone', { field: 'token' });
    const userId = newId();
    const outcome = await authorWithin(client, {
      author: { userId, clinicId: null },
      founder: { userId, role: 'super_admin', active: true, flags: {} },
      // The server has made it already: what the founder says replaces that.
      needs: [{ collection: 'organisation', id: ORGANISATION_ID }],
      decide: ({ nowMs }) => editsOf(founding, userId, { username, passwordHash, atMs: nowMs }),
    });
    if (outcome?.result !== 'applied') throw new Error(`the founder was refused: ${outcome?.refusal?.code}`);
    return { ok: true as const, value: { userId } };
  });
}

function editsOf(
  { name, language, organisation: organisationName }: Founding,
  userId: string,
  { username, passwordHash, atMs }: { username: string; passwordHash: string; atMs: number },
) {
  const passwordChangedAt = new Date(atMs).toISOString();
  return [
    put('users', userId, { name, role: 'super_admin', language }),
    put('credentials', userId, { username, passwordHash, mustChange: false, passwordChangedAt }),
    put('organisation', ORGANISATION_ID, {
      name: organisationName,
      languages: [language],
      defaultLanguage: language,
      units: { temperature: 'Cel', weight: 'kg', glucose: 'mmol/L' },
      idleLockMinutes: 5,
      pinLength: 6,
      historyDays: null,
      autoCloseVisitHours: 24,
    }),
  ];
}

/** `POST /api/first-administrator`. */
export async function foundByLink(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const body = await readJson(request, 4096);
  if (!body.ok) return body;
  const asked = fulfils(founderSchema, body.value);
  if (!asked.ok) return asked;
  const attempt = await beginAttempt(pool, 'first administrator', addressOf(request));
  if (!attempt.ok) return attempt;
  const made = await createFirstAdministrator(pool, asked.value);
  if (!made.ok) return made;
  await attempt.value.succeed();
  return json(made.value);
}
