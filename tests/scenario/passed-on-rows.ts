import { compressedJson } from '../../app/server/compressed.ts';
import { replyJson } from '../../app/server/reply-json.ts';
import { type Queryable, readByIds } from '../../db/postgres/record-statements.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import type { FeedLine } from '../../lib/replication/feed-store.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Table } from '../../lib/replication/protocol/page.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';

/** A reply whose rows are text, as whoever asked for it reads it. */
export async function sentReply(reply: ExchangeReply<string>): Promise<unknown> {
  return (await compressedJson(new Request('http://localhost'), replyJson(reply))).json();
}

/** Every record of tables whose rows are text. */
export function recordsOfText(tables: readonly Table<string>[]): StoredRecord[] {
  return recordsOf(tables.map((table) => ({ ...table, records: table.records.map((row): Json[] => JSON.parse(row)) })));
}

/** The records that are in the scope by these lines of its feed, as they are stored. */
export function recordsOfLines(client: Queryable, lines: readonly FeedLine<string>[]): Promise<StoredRecord[]> {
  const here = lines.filter(({ record }) => record !== null);
  return readByIds(
    client,
    here.map(({ entry }) => ({ collection: entry.collection, id: entry.recordId })),
  );
}
