import type pg from 'pg';
import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import type { Json } from '../../lib/replication/json.ts';
import { decodeRow, encodeRow, type Layout, layoutOf, type Row } from '../../lib/replication/layout.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { together } from './faults.ts';
import { columnsOf, quoted, TABLE_ORDER, tableName } from './record-tables.ts';
import { selectRowText } from './row-text.ts';

export type Queryable = Pick<pg.ClientBase, 'query'>;

interface Statements {
  readonly layout: Layout;
  readonly names: readonly string[];
  readonly select: string;
  readonly insert: string;
  readonly update: string;
}

const statements: ReadonlyMap<string, Statements> = new Map(
  COLLECTIONS.map((collection) => {
    const table = quoted(tableName(collection.name));
    const names = columnsOf(collection).map(({ name }) => name);
    const list = names.map(quoted).join(', ');
    const sets = names.filter((name) => name !== 'id').map((name) => `${quoted(name)} = x.${quoted(name)}`);
    const given = `json_populate_recordset(null::${table}, $1::json)`;
    return [
      collection.name,
      {
        layout: layoutOf(collection),
        names,
        select: `select ${list} from ${table}`,
        insert: `insert into ${table} (${list}) select ${list} from ${given} on conflict (id) do nothing`,
        update: `update ${table} t set ${sets.join(', ')} from ${given} x where t.id = x.id`,
      },
    ];
  }),
);

function statementsOf(collection: string): Statements {
  const found = statements.get(collection);
  if (found === undefined) throw new Error(`no table for the collection ${collection}`);
  return found;
}

/**
 * Records of one collection that fulfil a condition, as every replica holds them. `condition` is SQL over the table's
 * columns, with parameters; the same text must always come under the same collection, for it names the statement.
 */
export async function readRecords(
  client: Queryable,
  collection: string,
  condition: string,
  parameters: unknown[],
): Promise<StoredRecord[]> {
  const { layout, select } = statementsOf(collection);
  const text = `${select} ${condition}`;
  const found = await client.query<Json[]>({
    name: statementName(collection, condition),
    text,
    values: parameters,
    rowMode: 'array',
  } as pg.QueryArrayConfig);
  return found.rows.map((row) => decodeRow(layout, row as unknown as Row));
}

/** PostgreSQL cuts names at 63 bytes, so a long condition goes unnamed rather than be taken for another. */
function statementName(collection: string, condition: string): string | undefined {
  const name = `${collection}:${condition}`;
  return name.length <= 63 ? name : undefined;
}

/** Reads these records, locked until the transaction ends, in one order everywhere: by collection, then by id. */
export async function lockRecords(client: Queryable, refs: readonly RecordRef[]): Promise<StoredRecord[]> {
  const reads = [...byCollection(refs)].map(([collection, wanted]) =>
    readRecords(client, collection, 'where id = any($1) order by id for no key update', [ids(wanted)]),
  );
  return (await together(reads)).flat();
}

/** Reads these records without locking them. */
export async function readByIds(client: Queryable, refs: readonly RecordRef[]): Promise<StoredRecord[]> {
  const reads = [...byCollection(refs)].map(([collection, wanted]) =>
    readRecords(client, collection, 'where id = any($1)', [ids(wanted)]),
  );
  return (await together(reads)).flat();
}

/** Of these records those that are stored, by `refKey`. */
export async function storedAmong(client: Queryable, refs: readonly RecordRef[]): Promise<Set<string>> {
  const reads = [...byCollection(refs)].map(async ([collection, wanted]) => {
    const found = await client.query<{ id: string }>({
      name: `stored:${collection}`,
      text: `select id from ${quoted(tableName(collection))} where id = any($1::uuid[])`,
      values: [ids(wanted)],
    });
    return found.rows.map(({ id }) => refKey({ collection, id }));
  });
  return new Set((await together(reads)).flat());
}

/** The rows of these records as JSON text, by `refKey`: to be passed on without being read. */
export async function readTextByIds(client: Queryable, refs: readonly RecordRef[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const reads = [...byCollection(refs)].map(async ([collection, wanted]) => {
    const text = selectRowText(collection, 'id', 'where id = any($1)');
    const found = await client.query<{ key: string; text: string }>({
      name: `${collection} as text`,
      text,
      values: [ids(wanted)],
    });
    for (const row of found.rows) texts.set(refKey({ collection, id: row.key }), row.text);
  });
  await together(reads);
  return texts;
}

/** Sends the inserts of new records; each result is whether every row went in (false: another pusher was first). */
export function insertRecords(client: Queryable, records: readonly StoredRecord[]): Promise<boolean>[] {
  return [...byCollection(records)].map(([collection, made]) => send(client, 'insert', collection, made));
}

export function updateRecords(client: Queryable, records: readonly StoredRecord[]): Promise<boolean>[] {
  return [...byCollection(records)].map(([collection, changed]) => send(client, 'update', collection, changed));
}

async function send(
  client: Queryable,
  verb: 'insert' | 'update',
  collection: string,
  records: readonly StoredRecord[],
): Promise<boolean> {
  const known = statementsOf(collection);
  const sorted = [...records].sort((left, right) => (left.id < right.id ? -1 : 1));
  const rows = sorted.map((record) => objectOf(known, record));
  const done = await client.query({
    name: `${verb}:${collection}`,
    text: known[verb],
    values: [JSON.stringify(rows)],
  });
  return done.rowCount === records.length;
}

function objectOf({ layout, names }: Statements, record: StoredRecord): Record<string, Json> {
  const row = encodeRow(layout, record);
  const object: Record<string, Json> = {};
  names.forEach((name, index) => {
    const cell = row[index];
    if (cell !== null && cell !== undefined) object[name] = cell;
  });
  return object;
}

/** Grouped by collection in the order of the tables; collections that this version does not know are left out. */
function byCollection<T extends RecordRef>(refs: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const ref of [...refs].sort((left, right) => order(left) - order(right))) {
    if (collectionNamed(ref.collection) === undefined) continue;
    const group = groups.get(ref.collection);
    if (group === undefined) groups.set(ref.collection, [ref]);
    else group.push(ref);
  }
  return groups;
}

function order(ref: RecordRef): number {
  return TABLE_ORDER.get(ref.collection) ?? -1;
}

function ids(refs: readonly RecordRef[]): string[] {
  return refs.map((ref) => ref.id);
}
