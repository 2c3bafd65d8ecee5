import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkDatabase } from '../../db/postgres/check-database.ts';
import { aDatabase, anEmptyDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.drop());

async function value(expression: string): Promise<unknown> {
  return (await database.pool.query(`select ${expression} as value`)).rows[0].value;
}

test.each([
  ['a date stays text', "date '1987-03-29'", '1987-03-29'],
  ['dates in an array stay text', "array[date '1987-03-29', null]", ['1987-03-29', null]],
  [
    'an instant is ISO in UTC with milliseconds',
    "timestamptz '2026-01-02 03:04:05.678912+05:30'",
    '2026-01-01T21:34:05.678Z',
  ],
  ['instants in an array', "array[timestamptz '2026-01-02 00:00Z']", ['2026-01-02T00:00:00.000Z']],
  ['the largest safe integer', '9007199254740991::bigint', 9007199254740991],
  ['a count', 'count(*)', 1],
  ['a decimal', '36.60::numeric', 36.6],
  ['decimals in an array', 'array[1.5::numeric]', [1.5]],
])('%s', async (_name, expression, expected) => {
  expect(await value(expression)).toEqual(expected);
});

test('an integer beyond 2^53 is a fault, not a rounded number', async () => {
  await expect(value('9007199254740993::bigint')).rejects.toThrow('beyond 2^53');
});

test('columns become camelCase, keys inside JSON stay as people wrote them', async () => {
  const result =
    await sql<unknown>`select 1 as some_column, '{"blood_group": {"as_told": 1}}'::jsonb as answers`.execute(
      database.kysely,
    );
  expect(result.rows).toEqual([{ someColumn: 1, answers: { blood_group: { as_told: 1 } } }]);
});

test('our own database passes the check', async () => {
  await checkDatabase(database.pool);
});

test('a database not in UTF-8 is refused', async () => {
  const latin = await anEmptyDatabase(
    `template template0 encoding 'SQL_ASCII' lc_ctype 'C' lc_collate 'C' ${builtinOff()}`,
  );
  await expect(checkDatabase(latin.pool)).rejects.toThrow('encoded in SQL_ASCII, but names need UTF8');
  await latin.drop();
});

test('a database whose LC_CTYPE is C is refused, because Arabic names could not be found', async () => {
  const deaf = await anEmptyDatabase(`template template0 encoding 'UTF8' lc_ctype 'C' lc_collate 'C' ${builtinOff()}`);
  await deaf.pool.query('create extension pg_trgm');
  await expect(checkDatabase(deaf.pool)).rejects.toThrow('cannot search Arabic names');
  await deaf.drop();
});

test('a cut connection is replaced, not fatal', async () => {
  const pid = await value('pg_backend_pid()');
  const other = await anEmptyDatabase();
  await other.pool.query('select pg_terminate_backend($1)', [pid]);
  await other.drop();
  await expect.poll(() => value('1').catch(() => null)).toBe(1);
});

function builtinOff(): string {
  return `locale_provider libc`;
}
