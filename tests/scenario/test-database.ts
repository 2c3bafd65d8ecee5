import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Connection, connectDatabase } from '../../db/postgres/connect.ts';
import { migrateUp } from '../../db/postgres/migrate.ts';

export type TestDatabase = Pick<Connection, 'pool' | 'kysely'> & { url: string; drop(): Promise<void> };

/** A fresh, migrated database of its own. Call once per file, `drop()` in afterAll. Project `postgres` only. */
export async function aDatabase(): Promise<TestDatabase> {
  const database = await anEmptyDatabase();
  await migrateUp(database.pool);
  return database;
}

/** As aDatabase, without migrations; `options` goes into CREATE DATABASE (encoding, locale). */
export async function anEmptyDatabase(
  options = `template template0 encoding 'UTF8' lc_ctype 'C.UTF-8' lc_collate 'C'`,
): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name} ${options}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const { pool, kysely, close } = connectDatabase(url);
  const drop = async () => {
    await close();
    await onServer(server, `drop database if exists ${name} with (force)`);
  };
  return { url, pool, kysely, drop };
}

/** What a backup of this database, taken now, would be restored to. Whoever is connected to it connects again. */
export async function aCopyOf(original: TestDatabase): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const [name, copy] = [new URL(original.url).pathname.slice(1), `test_${randomUUID().replaceAll('-', '')}`];
  await onServer(server, `alter database ${name} allow_connections false`);
  await onServer(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  await onServer(server, `create database ${copy} template ${name}`);
  await onServer(server, `alter database ${name} allow_connections true`);
  const url = Object.assign(new URL(server), { pathname: `/${copy}` }).href;
  const { pool, kysely, close } = connectDatabase(url);
  const drop = async () => {
    await close();
    await onServer(server, `drop database if exists ${copy} with (force)`);
  };
  return { url, pool, kysely, drop };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
