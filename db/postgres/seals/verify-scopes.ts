import { collectionNamed } from '../../../lib/domain/collections.ts';
import { decodeStamps } from '../../../lib/replication/layout.ts';
import { recordHash } from '../../../lib/replication/record.ts';
import { together } from '../faults.ts';
import type { Queryable } from '../record-statements.ts';
import { quoted, tableName } from '../record-tables.ts';
import type { Report } from './finding.ts';
import { grouped } from './grouped.ts';

const PAGE = 1000;

interface ScopeRow {
  readonly number: number;
  readonly id: string;
  readonly count: number;
  readonly digest: string;
}

interface LineRow {
  readonly seq: number;
  readonly collection: string;
  readonly record_id: string;
}

/** Compares a scope's count and digest with the records that its feed has. Run on one snapshot. */
export async function verifyScopeSums(client: Queryable, scope: ScopeRow, report: Report): Promise<void> {
  let seq = 0;
  let count = 0;
  let digest = 0n;
  for (;;) {
    const { rows } = await client.query<LineRow>({
      name: 'verify feed',
      text: `select seq, collection, record_id from feed where scope = $1 and seq > $2 and left_stamp is null
             order by seq limit ${PAGE}`,
      values: [scope.number, seq],
    });
    if (rows.length === 0) break;
    const stamps = await readStamps(client, rows);
    for (const { collection, record_id: id } of rows) {
      const held = stamps.get(`${collection}/${id}`);
      if (held === undefined) report({ kind: 'feed-orphan', scope: scope.id, collection, recordId: id });
      else digest ^= recordHash({ collection, id, values: {}, stamps: decodeStamps(held) });
    }
    count += rows.length;
    seq = rows.at(-1)!.seq;
  }
  if (count !== scope.count) report({ kind: 'scope-count', scope: scope.id });
  if (String(digest) !== scope.digest) report({ kind: 'scope-digest', scope: scope.id });
}

async function readStamps(client: Queryable, lines: readonly LineRow[]): Promise<Map<string, string>> {
  const byCollection = grouped(lines, (line) => line.collection);
  const known = [...byCollection].filter(([collection]) => collectionNamed(collection) !== undefined);
  const found = await together(
    known.map(async ([collection, named]) => {
      const { rows } = await client.query<{ id: string; stamps: string }>({
        name: `verify stamps ${collection}`,
        text: `select id, stamps from ${quoted(tableName(collection))} where id = any($1::uuid[])`,
        values: [named.map((line) => line.record_id)],
      });
      return rows.map(({ id, stamps }): [string, string] => [`${collection}/${id}`, stamps]);
    }),
  );
  return new Map(found.flat());
}
