import { COLLECTIONS } from '../../lib/domain/collections.ts';
import { layoutOf } from '../../lib/replication/layout.ts';
import { columnsOf, quoted, tableName } from './record-tables.ts';

/** Rows of one collection as PostgreSQL wrote them, commas between: passed on without being parsed. */
export interface TextTable {
  readonly collection: string;
  readonly rows: string;
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

/** About how long the JSON of these tables is. */
export function sizeOf(tables: readonly TextTable[]): number {
  return tables.reduce((sum, { collection, rows }) => sum + heads.get(collection)!.length + rows.length, 0);
}

/** The JSON of these tables with commas between, as `tableSchema` of the protocol reads them, in UTF-8. */
export function tablesBytes(tables: readonly TextTable[], afterOthers: boolean): Buffer {
  const pieces = tables.flatMap(({ collection, rows }, index) => [
    `${index > 0 || afterOthers ? ',' : ''}${heads.get(collection)},"records":[`,
    rows,
    ']}',
  ]);
  // Piece by piece: most tables are plain ASCII, and one name in another script would make all of it a slow string.
  const bytes = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let at = 0;
  for (const piece of pieces) at += bytes.write(piece, at);
  return bytes;
}
