import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { migrateUp } from '../../db/postgres/migrate.ts';

/** Runs a measurement on a migrated embedded PostgreSQL of its own, fsync on, that is gone afterwards. */
export async function withBenchDatabase<T>(measure: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hikma-bench-'));
  const server = await openEmbedded(folder);
  const { pool, close } = connectDatabase(server.url);
  try {
    await migrateUp(pool);
    return await measure(pool);
  } finally {
    await close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
