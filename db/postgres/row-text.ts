import { COLLECTIONS } from '../../lib/domain/collections.ts';
import { layoutOf } from '../../lib/replication/layout.ts';
import { columnsOf, quoted, tableName } from './record-tables.ts';

/** Rows of one collection as PostgreSQL wrote them, with the layout that reads them: passed on without being parsed. */
export interface TextTable {
  readonly collection: string;
  readonly rows: readonly string[];
}

/** The SQL expression that writes a record of this collection as a row of `lib/replication/layout.ts`, as JSON text. */
const expressions: ReadonlyMap<string, string> = new Map(
  COLLECTIONS.map((collection) => {
    const cells = columnsOf(collection).map(({ name, type }) =>
      type.startsWith('timestamptz')
        ? `to_char(${quoted(name)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
        : quoted(name),
    );
    return [collection.name, `json_build_array(${cells.join(', ')})::text`];
  }),
);

/** `select key, row text` from a collection; `condition` is SQL over the table's columns. */
export function selectRowText(collection: string, key: string, condition: string): string {
  const expression = expressions.get(collection);
  if (expression === undefined) throw new Error(`no table for the collection ${collection}`);
  return `select ${key} as key, ${expression} as text from ${quoted(tableName(collection))} ${condition}`;
}

const heads: ReadonlyMap<string, string> = new Map(
  COLLECTIONS.map((collection) => [collection.name, JSON.stringify(layoutOf(collection)).slice(0, -1)]),
);

/** The JSON text of these tables, as `tableSchema` of the protocol reads them. */
export function tablesText(tables: readonly TextTable[]): string {
  return `[${tables.map(({ collection, rows }) => `${heads.get(collection)},"records":[${rows.join(',')}]}`).join(',')}]`;
}
