import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { isDataFault, together } from '../../db/postgres/faults.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let client: pg.PoolClient;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  client = await database.pool.connect();
  await client.query('begin');
});
afterEach(async () => {
  await client.query('rollback');
  client.release();
});

const codeOf = (fault: unknown) => (fault instanceof pg.DatabaseError ? fault.code : String(fault));

/** Heard of after another, as of a statement that is sent by a function within a function. */
async function heardAfter<T>(sent: Promise<T>, other: Promise<unknown>): Promise<T> {
  await Promise.allSettled([sent, other]);
  return sent;
}

/** A cause that is heard of after what failed because of it. */
function causeHeardLast() {
  const cause = client.query("select 'x'::date");
  const aftermath = client.query('select 1');
  return [heardAfter(cause, aftermath), aftermath] as const;
}

it('of statements sent together the cause is thrown, not what failed because of it and is heard of first', async () => {
  expect(codeOf(await Promise.all(causeHeardLast()).catch((fault) => fault))).toBe('25P02');
  await client.query('rollback');
  await client.query('begin');
  const fault = await together(causeHeardLast()).catch((one) => one);
  expect([codeOf(fault), isDataFault(fault)]).toEqual(['22007', true]);
});

it('also when it was sent within others that wait for theirs', async () => {
  const first = client.query('select 2');
  const inner = together(causeHeardLast());
  expect(codeOf(await together([first, inner, client.query('select 3')]).catch((one) => one))).toBe('22007');
});

it('what only followed from an earlier fault is said as it is', async () => {
  await client.query("select 'x'::date").catch(() => undefined);
  expect(codeOf(await together([client.query('select 1')]).catch((fault) => fault))).toBe('25P02');
});

it('nothing is left running: what was sent last is answered before the fault is thrown', async () => {
  let answered = false;
  const first = client.query("select 'x'::date");
  const last = heardAfter(client.query('select 1'), first).finally(() => {
    answered = true;
  });
  await together([first, last]).catch(() => undefined);
  expect(answered).toBe(true);
});

it('results come in the order in which they were sent', async () => {
  const ask = (value: number) => client.query<{ n: number }>('select $1::int as n', [value]);
  const [one, word, two] = await together([ask(1), 'no statement', ask(2)]);
  expect([one.rows, word, two.rows]).toEqual([[{ n: 1 }], 'no statement', [{ n: 2 }]]);
});
