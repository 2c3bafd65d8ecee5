import type pg from 'pg';

/**
 * Refuses a database in which Arabic names could not be found: one not in UTF-8, or one whose LC_CTYPE is C,
 * where pg_trgm sees no letter outside ASCII. Run before migrating (encoding) and after (pg_trgm is there then).
 * Throws an Error with a sentence that says what to do.
 */
export async function checkDatabase(pool: pg.Pool): Promise<void> {
  const encoding = await pool.query<{ encoding: string; ctype: string; trigrams: boolean }>(`
    select current_setting('server_encoding') as encoding,
           (select datctype from pg_database where datname = current_database()) as ctype,
           to_regproc('show_trgm') is not null as trigrams`);
  const found = encoding.rows[0]!;
  if (found.encoding !== 'UTF8') {
    throw new Error(`The database is encoded in ${found.encoding}, but names need UTF8. ${remedy}`);
  }
  if (!found.trigrams) return;
  const arabic = await pool.query<{ seen: boolean }>(`select show_trgm('محمد') <> '{}' as seen`);
  if (!arabic.rows[0]?.seen) {
    throw new Error(`The database (LC_CTYPE ${found.ctype}) cannot search Arabic names. ${remedy}`);
  }
}

const remedy = `Make a new one: CREATE DATABASE hikma TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8' LC_COLLATE 'C'.`;
