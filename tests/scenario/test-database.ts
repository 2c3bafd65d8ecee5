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

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
