import type { Declaration } from './declaration.ts';
import type { FeedLine, FeedReader, ScopeHead } from './feed-store.ts';
import type { Json } from './json.ts';
import { encodeRow, type Layout, layoutOf, unknownLayout } from './layout.ts';
import type { ExchangeReply, ScopeDigest } from './protocol/exchange-reply.ts';
import type { Page, Table } from './protocol/page.ts';
import type { StoredRecord } from './record.ts';
import type { ScopeId } from './scopes.ts';

export type Declared = (name: string) => Declaration | undefined;
export type Pulled<R = Json[]> = Pick<ExchangeReply<R>, 'pages' | 'cursors' | 'more' | 'digests'>;

/** Lines read from a feed at a time. */
const [FEWEST_LINES, MOST_LINES] = [32, 512];
/** About how long a line is. Of shorter ones, what a reply has room for is read in several pages. */
const LINE_BYTES = 1024;
/** About how long a departure is. */
const LEFT_BYTES = 100;

/** What a replica has not read yet of the scopes it may hold: pages of at most about `maxBytes` in all. */
export async function readPages<R>(
  reader: FeedReader<R>,
  declared: Declared,
  scopes: readonly ScopeId[],
  cursors: Readonly<Record<ScopeId, number>>,
  maxBytes: number,
): Promise<Pulled<R>> {
  const heads = new Map((await reader.heads(scopes)).map((head) => [head.scope, head]));
  const pages: Page<R>[] = [];
  const reached: Record<ScopeId, number> = {};
  const digests: Record<ScopeId, ScopeDigest> = {};
  let room = maxBytes;
  let more = false;
  for (const scope of scopes) {
    const head = heads.get(scope) ?? emptyHead(scope);
    let at = Math.min(cursors[scope] ?? 0, head.seq);
    while (at < head.seq && room > 0) {
      const limit = linesFor(room);
      const lines = await reader.readFeed(scope, at, limit);
      // Fewer lines than asked for: with all of them the scope is read to its head.
      const last = lines.length < limit ? head.seq : lines.at(-1)!.seq;
      const { page, bytes } = pageOf(declared, scope, lines, last, room);
      pages.push(page);
      room -= bytes;
      at = page.upTo;
    }
    reached[scope] = at;
    if (at < head.seq) more = true;
    else digests[scope] = { count: head.count, digest: head.digest };
  }
  return { pages, cursors: reached, more, digests };
}

function emptyHead(scope: ScopeId): ScopeHead {
  return { scope, seq: 0, count: 0, digest: '0' };
}

/** A small reply reads no more than may fit. Few different numbers: a store may prepare a statement for each. */
function linesFor(room: number): number {
  return Math.min(MOST_LINES, Math.max(FEWEST_LINES, 2 ** Math.ceil(Math.log2(room / LINE_BYTES))));
}

/** A page of as many of the lines as there is room for; `last`: where it ends with all of them. */
function pageOf<R>(
  declared: Declared,
  scope: ScopeId,
  lines: readonly FeedLine<R>[],
  last: number,
  room: number,
): { page: Page<R>; bytes: number } {
  const rows: Placed<R>[] = [];
  const left: Page['left'] = [];
  let bytes = 0;
  let upTo = last;
  for (const [index, { seq, entry, record }] of lines.entries()) {
    if (record !== null) rows.push({ collection: entry.collection, row: record.row });
    else left.push({ collection: entry.collection, id: entry.recordId, stamp: entry.leftStamp ?? '' });
    bytes += record?.bytes ?? LEFT_BYTES;
    if (bytes < room || index === lines.length - 1) continue;
    upTo = seq;
    break;
  }
  const page: Page<R> = { scope, count: rows.length + left.length, upTo, tables: tablesWith(declared, rows), left };
  return { page, bytes };
}

/** Records grouped by collection, as rows with their layout. */
export function tablesOf(declared: Declared, records: readonly StoredRecord[]): Table[] {
  const placed = records.map((record) => ({
    collection: record.collection,
    row: (layout: Layout) => encodeRow(layout, record),
  }));
  return tablesWith(declared, placed);
}

/** A record's row, and the collection whose layout it is to have. */
interface Placed<R> {
  readonly collection: string;
  readonly row: (layout: Layout) => R;
}

function tablesWith<R>(declared: Declared, placed: readonly Placed<R>[]): Table<R>[] {
  const tables = new Map<string, Layout & { readonly records: R[] }>();
  for (const { collection, row } of placed) {
    const table = tables.get(collection) ?? { ...layoutFor(declared, collection), records: [] };
    table.records.push(row(table));
    tables.set(collection, table);
  }
  return [...tables.values()] as Table<R>[];
}

function layoutFor(declared: Declared, name: string): Layout {
  const collection = declared(name);
  return collection === undefined ? unknownLayout(name) : layoutOf(collection);
}
