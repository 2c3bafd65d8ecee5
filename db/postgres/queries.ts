import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Database } from './tables.ts';

const builders = new WeakMap<pg.Pool, Kysely<Database>>();

/**
 * The query builder over a pool, for the portal's reads: typed by `tables.ts`. Pushes and pulls name their statements
 * and go to the pool itself, because Kysely's are planned anew every time.
 */
export function queriesOn(pool: pg.Pool): Kysely<Database> {
  const known = builders.get(pool);
  if (known !== undefined) return known;
  const made = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    // Otherwise it would rename the keys inside JSON values: answers and definitions are people's data.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  builders.set(pool, made);
  return made;
}
