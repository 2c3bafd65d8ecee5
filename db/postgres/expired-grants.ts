import type pg from 'pg';
import { MAX_GRANT_HOURS } from '../../lib/domain/access-grant/access-grant.ts';
import type { Queryable } from './record-statements.ts';

const MOST = 500;

// A phone whose clock is days ahead opens until a day that is far away: none holds longer than a day from its arrival.
const EXPIRED = `select g.id from access_grants g
  where g.ended_at is null and g.deleted_at is null and g.erased is not true and (g.until <= $1 or exists (
    select from changes c where c.record_id = g.id and c.received_at <= $1::timestamptz - interval '${MAX_GRANT_HOURS} hours'))
  order by g.until limit ${MOST}`;

/** Ids of the emergency openings in force whose time has passed at this instant (ISO text). */
export async function readExpiredGrants(client: Queryable, now: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({ name: 'expired grants', text: EXPIRED, values: [now] });
  return rows.map(({ id }) => id);
}

/** Any fixed number of ours. */
const SWEEP_LOCK = 4_817_010;

/** Does the work in one process of this database at a time: null when another is at it. */
export async function asOnlySweeper<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  const client = await pool.connect();
  let lost = true;
  try {
    const text = 'select pg_try_advisory_lock($1) as taken';
    const { rows } = await client.query<{ taken: boolean }>(text, [SWEEP_LOCK]);
    if (rows[0]?.taken !== true) {
      lost = false;
      return null;
    }
    const result = await work();
    await client.query('select pg_advisory_unlock($1)', [SWEEP_LOCK]);
    lost = false;
    return result;
  } finally {
    // Ending the connection gives the lock back, whatever went wrong.
    client.release(lost);
  }
}
