import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { migrateDown, migrateUp } from '../../db/postgres/migrate.ts';
import { anEmptyDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await anEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'hikma-migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const write = (name: string, up: string, down = '') =>
  writeFile(join(folder, name), `-- up\n${up}\n-- down\n${down}\n`);

async function tables(): Promise<string[]> {
  const rows = await database.pool.query(
    "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations' order by 1",
  );
  return rows.rows.map((row) => row.tablename);
}

async function shape(): Promise<string[]> {
  const rows = await database.pool.query(
    `select table_name || '.' || column_name || ' ' || data_type as line from information_schema.columns
     where table_schema = 'public' order by 1`,
  );
  return rows.rows.map((row) => row.line);
}

test('our own migrations go up, wholly down, and up again to the same shape', async () => {
  const applied = await migrateUp(database.pool);
  const before = await shape();
  expect(await migrateDown(database.pool, 0)).toEqual([...applied].reverse());
  expect(await tables()).toEqual([]);
  expect(await migrateUp(database.pool)).toEqual(applied);
  expect(await shape()).toEqual(before);
});

test('a second run applies nothing', async () => {
  await migrateUp(database.pool);
  expect(await migrateUp(database.pool)).toEqual([]);
});

test('down stops at the number asked for', async () => {
  await write('001_one.sql', 'create table one (id int);', 'drop table one;');
  await write('002_two.sql', 'create table two (id int);', 'drop table two;');
  await migrateUp(database.pool, folder);
  expect(await migrateDown(database.pool, 1, folder)).toEqual([2]);
  expect(await tables()).toEqual(['one']);
});

test('a migration that fails half-way leaves nothing of itself', async () => {
  await write('001_one.sql', 'create table one (id int);');
  await write('002_two.sql', 'create table two (id int);\nselect 1/0;');
  await expect(migrateUp(database.pool, folder)).rejects.toThrow('Migration 2 (two) up failed and changed nothing');
  expect(await tables()).toEqual(['one']);
});

test('an edited, a missing and a late migration are refused', async () => {
  await write('001_one.sql', 'create table one (id int);');
  await write('003_three.sql', 'create table three (id int);');
  await migrateUp(database.pool, folder);

  await write('002_two.sql', 'create table two (id int);');
  await expect(migrateUp(database.pool, folder)).rejects.toThrow('Migration 2 (two) comes before 3');
  await rm(join(folder, '002_two.sql'));

  await write('001_one.sql', 'create table one (id bigint);');
  await expect(migrateUp(database.pool, folder)).rejects.toThrow('Migration 1 (one) was edited');
  await write('001_one.sql', 'create table one (id int);');

  await rm(join(folder, '003_three.sql'));
  await expect(migrateUp(database.pool, folder)).rejects.toThrow('install a newer version');
});

test('a corrected down section is not an edit', async () => {
  await write('001_one.sql', 'create table one (id int);', 'drop table wrong;');
  await migrateUp(database.pool, folder);
  await write('001_one.sql', 'create table one (id int);', 'drop table one;');
  expect(await migrateDown(database.pool, 0, folder)).toEqual([1]);
});

test.each(['one.sql', '01_one.sql', '001-one.sql'])('the name %s is refused', async (name) => {
  await write(name, 'select 1;');
  await expect(migrateUp(database.pool, folder)).rejects.toThrow('is not named like 001_name.sql');
});

test('two servers that start together apply each migration once', async () => {
  await write('001_slow.sql', 'create table slow (id int); select pg_sleep(0.2);');
  const other = connectDatabase(database.url);
  const both = await Promise.all([migrateUp(database.pool, folder), migrateUp(other.pool, folder)]);
  await other.close();
  expect(both.flat()).toEqual([1]);
});
