import { collectionNamed } from '../../../lib/domain/collections.ts';
import { type Change, isEmptied } from '../../../lib/replication/change.ts';
import { ERASED } from '../../../lib/replication/key.ts';
import { type RecordRef, refKey } from '../../../lib/replication/record.ts';
import { letGoAmong } from '../let-go-log.ts';
import { type Queryable, readByIds, storedAmong } from '../record-statements.ts';
import type { Finding, Report } from './finding.ts';
import type { LoggedRow } from './verify-log.ts';

/** Reports changes without their text where nothing was erased and no relay has let go, or whose salt is left. */
export async function reportEmptied(
  client: Queryable,
  scope: string,
  rows: readonly LoggedRow[],
  report: Report,
): Promise<void> {
  const emptied = rows.filter((row) => row.body === null);
  if (emptied.length === 0) return;
  // The tombstone, not the change that made it: a relay reads it of its root, a restored root in the list of erasures.
  const refs = recordsOf(emptied);
  const held = await readByIds(client, refs);
  const erased = new Set(held.filter(({ values }) => values[ERASED] === true).map(refKey));
  const letGo = await letGoAmong(client, refs);
  for (const row of emptied) {
    const key = refKey(recordOf(row));
    if (!row.bare || !(erased.has(key) || letGo.has(key))) report({ kind: 'body-missing', ...namesOf(row, scope) });
  }
}

/** Reports records that applied changes made and that are not stored, but for what a relay has let go. */
export async function reportMissingRows(
  client: Queryable,
  scope: string,
  rows: readonly LoggedRow[],
  report: Report,
): Promise<void> {
  const applied = rows.filter((row) => row.result === 'applied' && collectionNamed(row.collection) !== undefined);
  const stored = await storedAmong(client, recordsOf(applied));
  const missing = recordsOf(applied).filter((ref) => !stored.has(refKey(ref)));
  if (missing.length === 0) return;
  const letGo = await letGoAmong(client, missing);
  for (const key of missing.map(refKey)) {
    const made = applied.find((row) => refKey(recordOf(row)) === key && !makesNothing(row));
    if (made !== undefined && !letGo.has(key)) report({ kind: 'row-missing', ...namesOf(made, scope) });
  }
}

function recordOf({ collection, record_id: id }: LoggedRow): RecordRef {
  return { collection, id };
}

/** The records of these changes, each once. */
function recordsOf(rows: readonly LoggedRow[]): RecordRef[] {
  return [...new Map(rows.map(recordOf).map((ref) => [refKey(ref), ref])).values()];
}

function namesOf({ pos, id, collection, record_id }: LoggedRow, scope: string): Omit<Finding, 'kind'> {
  return { scope, pos, changeId: id, collection, recordId: record_id };
}

/** Its phone knew of an erasure that has not come here. */
function makesNothing({ body }: LoggedRow): boolean {
  return body !== null && isEmptied(JSON.parse(body) as Change);
}
