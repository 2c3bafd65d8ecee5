import type { Kysely } from 'kysely';
import pg from 'pg';
import { columnTypes } from './column-values.ts';
import { queriesOn } from './queries.ts';
import type { Database } from './tables.ts';

export type Connection = { pool: pg.Pool; kysely: Kysely<Database>; close(): Promise<void> };

/**
 * One pool and one Kysely over it; nothing is connected until the first query. Values come out as
 * column-values.ts says. `onLost` hears of idle connections the server cut: the pool replaces them by itself.
 */
export function connectDatabase(url: string, onLost: (error: Error) => void = () => undefined): Connection {
  const pool = new pg.Pool({
    connectionString: url,
    types: columnTypes,
    max: 20,
    connectionTimeoutMillis: 10_000,
    // Statements sent together travel together: a push holds its scopes' locks for one packet, not for round trips.
    pipeline: true,
  });
  // Without a listener a restart of PostgreSQL would end this process.
  pool.on('error', onLost);
  // The pool listens to idle connections only. One that is lost in the middle of a transaction rejects its queries, so
  // whoever waits for them hears of it; without a listener it would end this process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = queriesOn(pool);
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= pool.end();
    return closed;
  };
  return { pool, kysely, close };
}
