import type { Declaration } from './declaration.ts';
import type { FeedLine, FeedReader, ScopeHead } from './feed-store.ts';
import { encodeRow, type Layout, layoutOf, unknownLayout } from './layout.ts';
import type { ExchangeReply, ScopeDigest } from './protocol/exchange-reply.ts';
import type { Page, Table } from './protocol/page.ts';
import type { StoredRecord } from './record.ts';
import type { ScopeId } from './scopes.ts';

export type Declared = (name: string) => Declaration | undefined;
export type Pulled = Pick<ExchangeReply, 'pages' | 'cursors' | 'more' | 'digests'>;

/** Lines read from a feed at a time; a page ends earlier when it is full. */
const LINES = 500;

/** What a replica has not read yet of the scopes it may hold: pages of at most about `maxBytes` in all. */
export async function readPages(
  reader: FeedReader,
  declared: Declared,
  scopes: readonly ScopeId[],
  cursors: Readonly<Record<ScopeId, number>>,
  maxBytes: number,
): Promise<Pulled> {
  const heads = new Map((await reader.heads(scopes)).map((head) => [head.scope, head]));
  const pages: Page[] = [];
  const reached: Record<ScopeId, number> = {};
  const digests: Record<ScopeId, ScopeDigest> = {};
  let room = maxBytes;
  let more = false;
  for (const scope of scopes) {
    const head = heads.get(scope) ?? emptyHead(scope);
    const from = Math.min(cursors[scope] ?? 0, head.seq);
    reached[scope] = from;
    while (reached[scope] < head.seq && room > 0) {
      const { page, bytes } = pageOf(declared, scope, await reader.readFeed(scope, reached[scope], LINES), head, room);
      pages.push(page);
      room -= bytes;
      reached[scope] = page.upTo;
    }
    if (reached[scope] < head.seq) more = true;
    else digests[scope] = { count: head.count, digest: head.digest };
  }
  return { pages, cursors: reached, more, digests };
}

function emptyHead(scope: ScopeId): ScopeHead {
  return { scope, seq: 0, count: 0, digest: '0' };
}

function pageOf(declared: Declared, scope: ScopeId, lines: readonly FeedLine[], head: ScopeHead, room: number) {
  const records: StoredRecord[] = [];
  const left: Page['left'] = [];
  let bytes = 0;
  let upTo = head.seq;
  for (const [index, line] of lines.entries()) {
    if (line.record !== null) records.push(line.record);
    else left.push({ collection: line.entry.collection, id: line.entry.recordId, stamp: line.entry.leftStamp ?? '' });
    bytes += line.record === null ? 100 : JSON.stringify(line.record.values).length + 300;
    if (bytes < room && index < lines.length - 1) continue;
    // Fewer lines than asked for and all of them taken: the scope was read to its head.
    upTo = index === lines.length - 1 && lines.length < LINES ? head.seq : line.seq;
    break;
  }
  const page: Page = { scope, count: records.length + left.length, upTo, tables: tablesOf(declared, records), left };
  return { page, bytes };
}

/** Records grouped by collection, as rows with their layout. */
export function tablesOf(declared: Declared, records: readonly StoredRecord[]): Table[] {
  const layouts = new Map<string, { layout: Layout; records: (readonly unknown[])[] }>();
  for (const record of records) {
    const held = layouts.get(record.collection) ?? { layout: layoutFor(declared, record.collection), records: [] };
    held.records.push(encodeRow(held.layout, record));
    layouts.set(record.collection, held);
  }
  return [...layouts.values()].map(({ layout, records }) => ({ ...layout, records }) as unknown as Table);
}

function layoutFor(declared: Declared, name: string): Layout {
  const collection = declared(name);
  return collection === undefined ? unknownLayout(name) : layoutOf(collection);
}
