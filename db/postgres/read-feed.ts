import type pg from 'pg';
import type { FeedLine, FeedReader, ScopeHead } from '../../lib/replication/feed-store.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { type Queryable, readTextByIds } from './record-statements.ts';
import { BEGIN_READ, inTransaction } from './replica-identity.ts';

/** Runs reads on one snapshot: pages, rows and digests agree whatever is written meanwhile. */
export function readSnapshotOf<T>(pool: pg.Pool, reading: (reader: FeedReader<string>) => Promise<T>): Promise<T> {
  return inTransaction(pool, BEGIN_READ, (client) =>
    reading({
      heads: (scopes) => readHeads(client, scopes),
      readFeed: (scope, seq, limit) => readLines(client, scope, seq, limit),
    }),
  );
}

/** Where these scopes stand. A scope that nothing was ever written to stands at 0. */
export async function readHeads(client: Queryable, scopes: readonly ScopeId[]): Promise<ScopeHead[]> {
  const found = await client.query<{ id: string; seq: number; count: number; digest: string }>({
    name: 'heads',
    text: 'select id, seq, count, digest::text as digest from scopes where id = any($1::text[])',
    values: [scopes],
  });
  return found.rows.map((row) => ({ scope: row.id, seq: row.seq, count: row.count, digest: row.digest }));
}

interface LineRow {
  seq: number;
  collection: string;
  record_id: string;
  left_stamp: string | null;
}

async function readLines(client: Queryable, scope: ScopeId, seq: number, limit: number): Promise<FeedLine<string>[]> {
  // The limit is written out: as a parameter a generic plan would guess a tenth of the table.
  const count = Math.trunc(limit);
  const found = await client.query<LineRow>({
    name: `feed ${count}`,
    text: `select seq, collection, record_id, left_stamp from feed
           where scope = (select number from scopes where id = $1) and seq > $2 order by seq limit ${count}`,
    values: [scope, seq],
  });
  const here = found.rows.filter((row) => row.left_stamp === null);
  const texts = await readTextByIds(client, here.map(refOf));
  return found.rows.map((row) => {
    const { collection, record_id: recordId, left_stamp: leftStamp } = row;
    const text = leftStamp === null ? texts.get(refKey(refOf(row))) : null;
    if (text === undefined) throw new Error(`the feed names a record that is not stored: ${refKey(refOf(row))}`);
    const record = text === null ? null : { row: () => text, bytes: text.length };
    return { seq: row.seq, entry: { scope, collection, recordId, leftStamp }, record };
  });
}

function refOf(row: LineRow): RecordRef {
  return { collection: row.collection, id: row.record_id };
}
