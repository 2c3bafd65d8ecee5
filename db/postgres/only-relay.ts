import type pg from 'pg';
import type { Queryable } from './record-statements.ts';

/** Any fixed number of ours. */
const RELAY_LOCK = 4_817_011;

/** Does the work in one process of this database at a time: null when another is at it. */
export async function asOnlyRelay<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  const client = await pool.connect();
  let lost = true;
  try {
    const text = 'select pg_try_advisory_lock($1) as taken';
    const { rows } = await client.query<{ taken: boolean }>(text, [RELAY_LOCK]);
    if (rows[0]?.taken !== true) {
      lost = false;
      return null;
    }
    const result = await work();
    await client.query('select pg_advisory_unlock($1)', [RELAY_LOCK]);
    lost = false;
    return result;
  } finally {
    // Ending the connection gives the lock back, whatever went wrong.
    client.release(lost);
  }
}

/** Is there anything that the root has not confirmed? */
export async function hasUnconfirmed(client: Queryable): Promise<boolean> {
  const text = 'select exists (select from changes where not confirmed and body is not null) as any';
  const { rows } = await client.query<{ any: boolean }>({ name: 'has unconfirmed', text });
  return rows[0]!.any;
}
