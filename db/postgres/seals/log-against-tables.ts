import { collectionNamed, isCustody } from '../../../lib/domain/collections.ts';
import { type Change, isEmptied } from '../../../lib/replication/change.ts';
import { ERASED } from '../../../lib/replication/key.ts';
import { type RecordRef, refKey } from '../../../lib/replication/record.ts';
import { together } from '../faults.ts';
import { type Queryable, readByIds } from '../record-statements.ts';
import { quoted, tableName } from '../record-tables.ts';
import { readIdentity } from '../replica-identity.ts';
import type { Report } from './finding.ts';
import { grouped } from './grouped.ts';
import type { LoggedRow } from './verify-log.ts';

/** Reports changes without their text where nothing was erased and no custody has left a relay, or whose salt is left. */
export async function reportEmptied(
  client: Queryable,
  scope: string,
  rows: readonly LoggedRow[],
  report: Report,
): Promise<void> {
  const emptied = rows.filter((row) => row.body === null);
  if (emptied.length === 0) return;
  // The tombstone, not the change that made it: a relay reads it of its root, a restored root in the list of erasures.
  const refs = emptied.map(({ collection, record_id }) => ({ collection, id: record_id }));
  const held = await readByIds(client, [...new Map(refs.map((ref) => [refKey(ref), ref])).values()]);
  const erased = new Set(held.filter(({ values }) => values[ERASED] === true).map(refKey));
  const { root } = await readIdentity(client);
  const mayBeEmpty = (ref: RecordRef) => erased.has(refKey(ref)) || (!root && isCustody(ref));
  for (const { pos, id, collection, record_id, bare } of emptied) {
    if (bare && mayBeEmpty({ collection, id: record_id })) continue;
    report({ kind: 'body-missing', scope, pos, changeId: id, collection, recordId: record_id });
  }
}

/** Reports records that applied changes made and that are not stored. */
export async function reportMissingRows(
  client: Queryable,
  scope: string,
  rows: readonly LoggedRow[],
  report: Report,
): Promise<void> {
  const byCollection = grouped(
    rows.filter((row) => row.result === 'applied' && collectionNamed(row.collection) !== undefined),
    (row) => row.collection,
  );
  const asked = [...byCollection].map(async ([collection, changes]) => {
    const { rows: missing } = await client.query<{ id: string }>({
      name: `verify rows ${collection}`,
      text: `select i as id from unnest($1::uuid[]) i
             where not exists (select from ${quoted(tableName(collection))} where id = i)`,
      values: [[...new Set(changes.map((row) => row.record_id))]],
    });
    for (const { id } of missing) {
      const made = changes.find((row) => row.record_id === id && !makesNothing(row));
      if (made !== undefined)
        report({ kind: 'row-missing', scope, pos: made.pos, changeId: made.id, collection, recordId: id });
    }
  });
  await together(asked);
}

/** Its phone knew of an erasure that has not come here. */
function makesNothing({ body }: LoggedRow): boolean {
  return body !== null && isEmptied(JSON.parse(body) as Change);
}
