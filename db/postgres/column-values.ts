import pg from 'pg';

const textArray: number = 1009;

type Read = (text: string) => unknown;

/**
 * How PostgreSQL's text becomes a value, by type oid. A calendar date stays `YYYY-MM-DD` (a Date would move a
 * birthday across time zones); an instant is ISO with milliseconds and `Z`; a number that a double cannot hold
 * is a fault, never a rounded value.
 */
const readers = new Map<number, Read>([
  [pg.types.builtins.DATE, (text) => text],
  [pg.types.builtins.TIMESTAMPTZ, instant],
  [pg.types.builtins.INT8, safeInteger],
  [pg.types.builtins.NUMERIC, finiteNumber],
]);
const arrayReaders = new Map<number, Read>([
  [1182, arrayOf((text) => text)],
  [1185, arrayOf(instant)],
  [1016, arrayOf(safeInteger)],
  [1231, arrayOf(finiteNumber)],
]);

/** The `types` option of a pg pool or client. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    const own = format === 'binary' ? undefined : (readers.get(oid) ?? arrayReaders.get(oid));
    return own ?? pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

function instant(text: string): string {
  const date = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text) as unknown;
  if (!(date instanceof Date)) throw new Error('An instant from the database is not finite.');
  return date.toISOString();
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error('An integer from the database is beyond 2^53.');
  return value;
}

function finiteNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error('A number from the database is not finite.');
  return value;
}

/** One level deep: no table of ours has arrays of arrays of these. */
function arrayOf(read: (text: string) => unknown): Read {
  const split = pg.types.getTypeParser(textArray) as (text: string) => (string | null)[];
  return (text) => split(text).map((element) => (element === null ? null : read(element)));
}
