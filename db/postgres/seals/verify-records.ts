import type pg from 'pg';
import type { Change } from '../../../lib/replication/change.ts';
import type { Declaration } from '../../../lib/replication/declaration.ts';
import { type Json, sameJson } from '../../../lib/replication/json.ts';
import { CREATED, DELETED, ERASED } from '../../../lib/replication/key.ts';
import { decodeRow, encodeRow, type Layout, layoutOf, type Row } from '../../../lib/replication/layout.ts';
import { mergeChanges } from '../../../lib/replication/merge.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { isDataFault } from '../faults.ts';
import type { Queryable } from '../record-statements.ts';
import { columnsOf, quoted, tableName } from '../record-tables.ts';
import { BEGIN_READ, inTransaction } from '../replica-identity.ts';
import { selectRowText } from '../row-text.ts';
import type { Report } from './finding.ts';
import { grouped } from './grouped.ts';

const PAGE = 200;

/** What an erasure leaves of a record although it empties the changes that wrote it. */
const OUTLIVES_ERASURE = new Set<string>([CREATED, 'clinicId', 'patientId']);

/**
 * Compares every stored record of a collection with what its applied changes make of it, page by page, each page on a
 * snapshot of its own. Returns how many it read.
 */
export async function verifyRecords(pool: pg.Pool, collection: Declaration, report: Report): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  let read = 0;
  for (;;) {
    const page = await inTransaction(pool, BEGIN_READ, (client) => readPage(client, collection, after));
    if (page.rows.length === 0) return read;
    for (const row of page.rows) await compare(pool, collection, row, page, report);
    after = page.rows.at(-1)![0] as string;
    read += page.rows.length;
  }
}

interface Page {
  readonly rows: readonly Row[];
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  /** Records that changes of devices wrote and whose changes nobody has any more: there is nothing to compare with. */
  readonly witnessed: ReadonlySet<string>;
}

async function readPage(client: Queryable, { name }: Declaration, after: string): Promise<Page> {
  const found = await client.query<{ text: string }>({
    name: `verify ${name}`,
    text: selectRowText(name, 'id', `where id > $1 order by id limit ${PAGE}`),
    values: [after],
  });
  const rows = found.rows.map(({ text }) => JSON.parse(text) as Row);
  const ids = rows.map((row) => row[0] as string);
  const logged = await client.query<{ record_id: string; body: string }>({
    name: 'verify applied',
    text: `select record_id, body from changes
           where record_id = any($1::uuid[]) and collection = $2 and result = 'applied' and body is not null`,
    values: [ids, name],
  });
  const changes = grouped(
    logged.rows.map(({ body }) => JSON.parse(body) as Change),
    (change) => change.recordId,
  );
  return { rows, changes, witnessed: await readWitnessed(client, name, ids) };
}

/** Records that a restored root took from devices. */
async function readWitnessed(client: Queryable, collection: string, ids: readonly string[]): Promise<Set<string>> {
  const found = await client.query<{ record_id: string }>({
    name: 'verify witnessed',
    text: 'select record_id from witnessed where collection = $1 and record_id = any($2::uuid[])',
    values: [collection, ids],
  });
  return new Set(found.rows.map((row) => row.record_id));
}

async function compare(
  pool: pg.Pool,
  declaration: Declaration,
  row: Row,
  { changes, witnessed }: Page,
  report: Report,
): Promise<void> {
  const layout = layoutOf(declaration);
  const names = { collection: declaration.name, recordId: row[0] as string };
  if (witnessed.has(names.recordId)) return;
  const merged = mergeChanges(undefined, changes.get(names.recordId) ?? []);
  if (merged === undefined) {
    report({ kind: 'row-unknown', ...names });
    return;
  }
  const expected = merged.values[ERASED] === true ? withOutlived(merged, decodeRow(layout, row)) : merged;
  const differing = differences(layout, row, encodeRow(layout, expected));
  if (differing.length === 0) return;
  const written = await asWritten(pool, declaration, encodeRow(layout, expected));
  const still = written === null ? differing : differences(layout, row, written);
  for (const key of still) report({ kind: 'row-differs', ...names, key });
}

/** Whatever wrote these keys was emptied by the erasure: the stored ones stand for themselves. */
function withOutlived(expected: StoredRecord, stored: StoredRecord): StoredRecord {
  const outlived = [...OUTLIVES_ERASURE].filter((key) => !(key in expected.stamps) && key in stored.stamps);
  const values = { ...expected.values };
  const stamps = { ...expected.stamps };
  for (const key of outlived) {
    values[key] = stored.values[key] ?? null;
    stamps[key] = stored.stamps[key]!;
  }
  // A later deletion may have been emptied with the rest.
  if (stored.stamps[DELETED] !== undefined && stored.stamps[DELETED] > (expected.stamps[DELETED] ?? '')) {
    values[DELETED] = stored.values[DELETED] ?? null;
    stamps[DELETED] = stored.stamps[DELETED];
  }
  return { ...expected, values, stamps };
}

/** Names of columns, and of keys whose stamps differ. */
function differences(layout: Layout, stored: Row, expected: Row): string[] {
  const columns = ['id', 'stamps', 'unknown', ...layout.columns];
  const differing = columns.flatMap((name, index) => {
    if (name !== 'stamps') return sameJson(stored[index], expected[index]) ? [] : [name];
    return stored[index] === expected[index] ? [] : stampedOtherwise(layout, stored, expected);
  });
  return [...new Set(differing)];
}

function stampedOtherwise(layout: Layout, stored: Row, expected: Row): string[] {
  const [held, wanted] = [decodeRow(layout, stored).stamps, decodeRow(layout, expected).stamps];
  const keys = new Set([...Object.keys(held), ...Object.keys(wanted)]);
  return [...keys].filter((key) => held[key] !== wanted[key]);
}

/**
 * A row as its table writes it: a number loses the digits that its column does not keep. Null when the table would not
 * take it.
 */
async function asWritten(pool: pg.Pool, declaration: Declaration, row: Row): Promise<Row | null> {
  const table = quoted(tableName(declaration.name));
  const cells = columnsOf(declaration).map(({ name }, index): [string, Json] => [name, row[index] ?? null]);
  const given = Object.fromEntries(cells.filter(([, cell]) => cell !== null));
  try {
    const { rows } = await pool.query<{ text: string }>(
      `with ${table} as (select * from json_populate_recordset(null::${table}, $1::json))
       ${selectRowText(declaration.name, 'id', '')}`,
      [JSON.stringify([given])],
    );
    return JSON.parse(rows[0]!.text) as Row;
  } catch (fault) {
    if (isDataFault(fault)) return null;
    throw fault;
  }
}
