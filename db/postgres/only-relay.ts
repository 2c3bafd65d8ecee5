import type pg from 'pg';

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
