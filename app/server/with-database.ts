import type pg from 'pg';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { readEnvironment } from './environment.ts';
import { openDatabase } from './open-database.ts';

/** For commands: opens the database, does the work, leaves it running only when it was running before. */
export async function withDatabase(work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  try {
    const { url, embedded } = await openDatabase(readEnvironment());
    const connection = connectDatabase(url);
    try {
      await work(connection.pool);
    } finally {
      await connection.close();
      if (embedded && !embedded.adopted) await embedded.stop();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
