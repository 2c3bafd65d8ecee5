import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { migrateUp } from '../../db/postgres/migrate.ts';
import type { TestDatabase } from './test-database.ts';

export type OwnCluster = Awaited<ReturnType<typeof anOwnCluster>>;

/** A PostgreSQL of its own data folder, as `npm start` makes it: to be killed, or restored into. */
export async function anOwnCluster() {
  const folder = await mkdtemp(join(tmpdir(), 'hikma-cluster-'));
  // mkdtemp makes a folder only its maker may enter; PostgreSQL may run as another user.
  await chmod(folder, 0o755);
  let opened = await openEmbedded(folder);
  const { url } = opened;
  const { pool, kysely, close } = connectDatabase(url);
  await migrateUp(pool);
  const database: TestDatabase = {
    ...{ url, pool, kysely },
    async drop() {
      await close();
      await opened.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return {
    database,
    /** SIGKILL of the postmaster; its children end when they notice. */
    async killPostmaster(): Promise<void> {
      const file = await readFile(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
      process.kill(Number(file.split('\n')[0]), 'SIGKILL');
    },
    /** Starts it again on the same port; it recovers from its log. */
    async start(): Promise<void> {
      opened = await openEmbedded(folder);
      if (opened.url !== url) throw new Error('the database came back at another address');
    },
  };
}
