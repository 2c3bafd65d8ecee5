import { setImmediate as turn } from 'node:timers/promises';
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

/** Heard of some turns later, as of a statement that is sent by a function within a function. */
async function late<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } finally {
    for (let count = 0; count < 3; count++) await turn();
  }
}

it('of statements sent together the cause is thrown, not what failed because of it and is heard of first', async () => {
  const sent = () => [late(client.query("select 'x'::date")), client.query('select 1')] as const;
  expect(codeOf(await Promise.all(sent()).catch((fault) => fault))).toBe('25P02');
  await client.query('rollback');
  await client.query('begin');
  const fault = await together(sent()).catch((one) => one);
  expect([codeOf(fault), isDataFault(fault)]).toEqual(['22007', true]);
});

it('also when it was sent within others that wait for theirs', async () => {
  const inner = together([late(client.query("select 'x'::date")), client.query('select 1')]);
  expect(codeOf(await together([client.query('select 2'), inner, client.query('select 3')]).catch((one) => one))).toBe(
    '22007',
  );
});

it('what only followed from an earlier fault is said as it is', async () => {
  await client.query("select 'x'::date").catch(() => undefined);
  expect(codeOf(await together([client.query('select 1')]).catch((fault) => fault))).toBe('25P02');
});

it('nothing is left running: what was sent last is answered before the fault is thrown', async () => {
  let answered = false;
  const last = late(client.query('select 1')).finally(() => {
    answered = true;
  });
  await together([client.query("select 'x'::date"), last]).catch(() => undefined);
  expect(answered).toBe(true);
});

it('results come in the order in which they were sent', async () => {
  const ask = (value: number) => client.query<{ n: number }>('select $1::int as n', [value]);
  const [one, word, two] = await together([ask(1), 'no statement', ask(2)]);
  expect([one.rows, word, two.rows]).toEqual([[{ n: 1 }], 'no statement', [{ n: 2 }]]);
});
