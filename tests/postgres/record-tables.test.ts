import { CamelCasePlugin } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { columnsOf, snakeCase, tableName } from '../../db/postgres/record-tables.ts';
import { COLLECTIONS } from '../../lib/domain/collections.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
const found = new Map<string, Map<string, { type: string; nullable: boolean; generated: boolean }>>();

beforeAll(async () => {
  database = await aDatabase();
  const rows = await database.pool.query(
    `select c.table_name, c.column_name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
            a.attgenerated <> '' as generated
     from information_schema.columns c
     join pg_attribute a on a.attrelid = c.table_name::regclass and a.attname = c.column_name
     where c.table_schema = 'public'`,
  );
  for (const { table_name, column_name, ...column } of rows.rows) {
    if (!found.has(table_name)) found.set(table_name, new Map());
    found.get(table_name)!.set(column_name, column);
  }
});
afterAll(() => database.drop());

/** PostgreSQL's own spelling of a declared type. */
const spelled = (type: string) => type.replace('timestamptz(3)', 'timestamp(3) with time zone');

it.each(COLLECTIONS.map((collection) => [collection.name, collection] as const))(
  'the table of %s has the declared columns and no others',
  (name, collection) => {
    const table = found.get(tableName(name));
    expect(table, `no migration makes the table of ${name}`).toBeDefined();
    const declared = columnsOf(collection).map(({ name: column, type }) => [column, spelled(type)]);
    const stored = [...table!].filter(([, column]) => !column.generated).map(([column, { type }]) => [column, type]);
    expect(stored.sort()).toEqual(declared.sort());
  },
);

it('only id and stamps are required, for a record may arrive in parts', () => {
  for (const { name } of COLLECTIONS) {
    const required = [...found.get(tableName(name))!]
      .filter(([, column]) => !column.nullable)
      .map(([column]) => column);
    expect(required.sort(), name).toEqual(['id', 'stamps']);
  }
});

it('every condition of a declaration stands on its column', async () => {
  const rows = await database.pool.query<{ table_name: string; column_name: string }>(
    `select conrelid::regclass::text as table_name, attname as column_name from pg_constraint
     join pg_attribute on attrelid = conrelid and attnum = conkey[1] where contype = 'c'`,
  );
  const checked = new Set(rows.rows.map((row) => `${row.table_name.replaceAll('"', '')}.${row.column_name}`));
  for (const collection of COLLECTIONS) {
    for (const { name, check } of columnsOf(collection)) {
      if (check !== null) expect(checked).toContain(`${tableName(collection.name)}.${name}`);
    }
  }
});

it('names are those that Kysely makes, there and back', () => {
  const plugin = new CamelCasePlugin() as unknown as {
    snakeCase(name: string): string;
    camelCase(name: string): string;
  };
  for (const collection of COLLECTIONS) {
    for (const { field } of columnsOf(collection)) {
      expect(snakeCase(field)).toBe(plugin.snakeCase(field));
      expect(plugin.camelCase(snakeCase(field))).toBe(field);
    }
  }
});

it('a number that a declaration allows fits its column', () => {
  for (const collection of COLLECTIONS) {
    for (const [name, field] of Object.entries(collection.fields)) {
      const numeric = /^numeric\((\d+),(\d+)\)$/.exec(field.column);
      const limit = / and (\d+)$/.exec(field.check ?? '');
      if (numeric === null || limit === null) continue;
      expect(Number(limit[1]), `${collection.name}.${name}`).toBeLessThan(
        10 ** (Number(numeric[1]) - Number(numeric[2])),
      );
    }
  }
});
