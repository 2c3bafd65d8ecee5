import type pg from 'pg';
import { type Migration, migrationsFolder, readMigrations } from './migration-files.ts';

/** Any fixed number: servers that start together wait for each other on it. */
const migrationLock = 4_817_001;

/**
 * Applies what is missing, in order, each in its own transaction. Returns the numbers applied.
 * Throws a sentence when an applied file was edited, is gone (the database is newer than this program), or
 * when a file has a number below one already applied.
 */
export async function migrateUp(pool: pg.Pool, folder = migrationsFolder): Promise<number[]> {
  const files = await readMigrations(folder);
  return underLock(pool, async (client) => {
    const applied = await readApplied(client);
    refuseForeignHistory(files, applied);
    const missing = files.filter((file) => !applied.has(file.number));
    for (const migration of missing) await inTransaction(client, migration, 'up');
    return missing.map((migration) => migration.number);
  });
}

/** Undoes every migration above `toNumber`, newest first. Returns the numbers undone. */
export async function migrateDown(pool: pg.Pool, toNumber: number, folder = migrationsFolder): Promise<number[]> {
  const files = await readMigrations(folder);
  return underLock(pool, async (client) => {
    const applied = await readApplied(client);
    refuseForeignHistory(files, applied);
    const undone = files.filter((file) => file.number > toNumber && applied.has(file.number)).reverse();
    for (const migration of undone) await inTransaction(client, migration, 'down');
    return undone.map((migration) => migration.number);
  });
}

async function underLock<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query(`create table if not exists schema_migrations (
      number integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`);
    return await work(client);
  } finally {
    // Ending the connection gives the lock back whatever state the session is in.
    client.release(true);
  }
}

async function readApplied(client: pg.PoolClient): Promise<Map<number, string>> {
  const rows = await client.query<{ number: number; checksum: string }>(
    'select number, checksum from schema_migrations',
  );
  return new Map(rows.rows.map((row) => [row.number, row.checksum]));
}

function refuseForeignHistory(files: Migration[], applied: Map<number, string>): void {
  const known = new Map(files.map((file) => [file.number, file]));
  const newest = Math.max(0, ...applied.keys());
  for (const [number, checksum] of applied) {
    const file = known.get(number);
    if (!file) throw new Error(`The database has migration ${number}, this program does not: install a newer version.`);
    if (file.checksum !== checksum) {
      throw new Error(`Migration ${number} (${file.name}) was edited after it was applied: write a new one instead.`);
    }
  }
  const late = files.find((file) => file.number < newest && !applied.has(file.number));
  if (late)
    throw new Error(`Migration ${late.number} (${late.name}) comes before ${newest}, which is applied already.`);
}

async function inTransaction(client: pg.PoolClient, migration: Migration, way: 'up' | 'down'): Promise<void> {
  const { number, name, checksum } = migration;
  await client.query('begin');
  try {
    await client.query(migration[way]);
    if (way === 'down') await client.query('delete from schema_migrations where number = $1', [number]);
    else
      await client.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [
        number,
        name,
        checksum,
      ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new Error(`Migration ${number} (${name}) ${way} failed and changed nothing: ${(cause as Error).message}`, {
      cause,
    });
  }
}
