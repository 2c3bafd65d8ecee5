import type pg from 'pg';
import { BEGIN_PUSH } from '../../../db/postgres/accept-changes.ts';
import { authorGesturesWithin, type PastGesture } from '../../../db/postgres/author-gestures.ts';
import { readByIds } from '../../../db/postgres/record-statements.ts';
import { inTransaction } from '../../../db/postgres/replica-identity.ts';
import type { Actor } from '../../../lib/access/actor.ts';
import { hashPassword } from '../passwords.ts';
import { DEMO_SEED, demoClinic } from './demo-clinic.ts';
import { keepSignIns, newPasswords, readSignIns, signInTable } from './sign-ins.ts';
import { ADMIN, CAMP_NORTH, type Username } from './staff.ts';

/** As many gestures go into one statement; more would let the connection stand still for long. */
const BATCH = 300;

export interface Seeded {
  /** False when the demo clinic was there already. */
  readonly made: boolean;
  /** Who signs in with what; null when the file with the passwords is gone. */
  readonly signIns: string | null;
}

/**
 * Fills an empty database with the demo clinic, all or nothing; where it stands already, nothing changes. Throws for a
 * database that has users of its own: made-up patients must never stand among real ones.
 */
export async function seedDemoClinic(pool: pg.Pool, dataDir: string, nowMs = Date.now()): Promise<Seeded> {
  if (await isThere(pool)) return { made: false, signIns: await readSignIns(dataDir) };
  const passwords = newPasswords();
  const parts = demoClinic(DEMO_SEED, nowMs, await hashed(passwords));
  const table = signInTable(passwords);
  const made = await inTransaction(pool, BEGIN_PUSH, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtext('demo clinic'))`);
    if (await isThere(client)) return false;
    await refuseUnlessEmpty(client);
    await seed(client, parts);
    // Kept before the commit: a clinic whose passwords nobody knows would be of no use.
    await keepSignIns(dataDir, table);
    return true;
  });
  return { made, signIns: made ? table : await readSignIns(dataDir) };
}

async function isThere(client: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  const found = await client.query('select 1 from clinics where id = $1', [CAMP_NORTH]);
  return found.rows.length > 0;
}

async function refuseUnlessEmpty(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  const found = await client.query('select 1 from users union all select 1 from patients limit 1');
  if (found.rows.length > 0)
    throw new Error('--demo fills an empty database only, and this one has users. Start with another DATA_DIR.');
}

async function hashed(passwords: Readonly<Record<Username, string>>): Promise<Record<Username, string>> {
  const hashes = Object.entries(passwords).map(async ([name, password]) => [name, await hashPassword(password)]);
  return Object.fromEntries(await Promise.all(hashes)) as Record<Username, string>;
}

async function seed(client: pg.PoolClient, parts: ReturnType<typeof demoClinic>): Promise<void> {
  const [founding, staffing, work] = parts;
  const founder: Actor = { userId: ADMIN.userId, role: 'super_admin', active: true, flags: {} };
  await accept(client, founding, founder);
  await accept(client, staffing);
  const published = await publishedVersions(client, work);
  for (let from = 0; from < work.length; from += BATCH) {
    const batch = work.slice(from, from + BATCH).map((gesture) => withoutPublished(gesture, published));
    await accept(client, batch);
  }
}

/** A server that ran before without the demo has published built-in forms: a version is never published again. */
async function publishedVersions(client: pg.PoolClient, gestures: readonly PastGesture[]): Promise<Set<string>> {
  const versions = gestures.flatMap(({ edits }) => edits).filter(({ collection }) => collection === 'formVersions');
  return new Set((await readByIds(client, versions)).map(({ id }) => id));
}

function withoutPublished(gesture: PastGesture, published: ReadonlySet<string>): PastGesture {
  return { ...gesture, edits: gesture.edits.filter(({ id }) => !published.has(id)) };
}

async function accept(client: pg.PoolClient, gestures: readonly PastGesture[], founder?: Actor): Promise<void> {
  const outcomes = await authorGesturesWithin(client, gestures, founder);
  const refused = outcomes.find(({ result }) => result !== 'applied');
  if (refused !== undefined)
    throw new Error(`the demo clinic was refused: ${refused.refusal?.code} ${refused.refusal?.key}`);
}
