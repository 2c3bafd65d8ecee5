import { createHash } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '../../db/postgres/replica-identity.ts';
import { type Result, refused } from './problem.ts';

/** Wrong attempts within a quarter of an hour; beyond them one a minute, so nobody is ever locked out for good. */
const WINDOW_SECONDS = 15 * 60;
const PER_NAME = 10;
const PER_ADDRESS = 100;
const SLOW_SECONDS = 60;

/** An attempt counts as wrong from its start until it is shown to be right: trying many at once gains nothing. */
export interface Attempt {
  /** It was right: forgets it, and the wrong ones of this name. */
  succeed(): Promise<void>;
}

/** Begins an attempt to sign in as `name` (or to use a code). `rate-limited` when it must wait. */
export async function beginAttempt(pool: pg.Pool, name: string, address: string): Promise<Result<Attempt>> {
  const key = createHash('sha256').update(name).digest();
  const waitSeconds = await inTransaction(pool, 'begin', async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [key.toString('hex')]);
    const wait = await secondsToWait(client, key, address);
    if (wait === 0)
      await client.query('insert into sign_in_attempts (name, address, at) values ($1, $2, clock_timestamp())', [
        key,
        address,
      ]);
    return wait;
  });
  if (waitSeconds > 0) return refused('rate-limited', { retryAfterSeconds: waitSeconds });
  const succeed = async () => {
    await pool.query(`delete from sign_in_attempts where name = $1 or at < now() - interval '1 day'`, [key]);
  };
  return { ok: true, value: { succeed } };
}

async function secondsToWait(client: pg.PoolClient, name: Buffer, address: string): Promise<number> {
  const found = await client.query<{ names: number; addresses: number; by_name: number; by_address: number }>({
    name: 'wrong attempts',
    text: `select
        count(*) filter (where name = $1)::int as names,
        count(*) filter (where address = $2)::int as addresses,
        coalesce(extract(epoch from clock_timestamp() - max(at) filter (where name = $1)), 1e6)::float8 as by_name,
        coalesce(extract(epoch from clock_timestamp() - max(at) filter (where address = $2)), 1e6)::float8 as by_address
      from sign_in_attempts
      where (name = $1 or address = $2) and at > now() - make_interval(secs => ${WINDOW_SECONDS})`,
    values: [name, address],
  });
  const { names, addresses, by_name, by_address } = found.rows[0]!;
  const wait = Math.max(
    names >= PER_NAME ? SLOW_SECONDS - by_name : 0,
    addresses >= PER_ADDRESS ? SLOW_SECONDS - by_address : 0,
  );
  return Math.max(0, Math.ceil(wait));
}
