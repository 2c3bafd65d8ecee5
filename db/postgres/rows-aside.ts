import { collectionNamed } from '../../lib/domain/collections.ts';
import { isLost } from '../../lib/replication/healing.ts';
import { mergeRecords } from '../../lib/replication/merge.ts';
import type { Page } from '../../lib/replication/protocol/page.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { type Queryable, readByIds } from './record-statements.ts';

/** Instead of PostgreSQL's: this version has no table for the row. */
export const UNKNOWN_COLLECTION = 'unknown-collection';

/** A row of the root's that could not be stored here, and the scopes in whose feeds it came. */
interface RowAside {
  readonly row: StoredRecord;
  readonly code: string;
  readonly scopes: readonly ScopeId[];
}

/** Rows aside by the keys of their records. */
export type Aside = ReadonlyMap<string, StoredRecord>;

/** Rows that were kept aside: all of them, or those of these records. */
export async function readAside(client: Queryable, of: readonly RecordRef[] | 'all'): Promise<Aside> {
  const refs = of === 'all' ? [] : of;
  const found = await client.query<{ body: string }>({
    name: 'read aside',
    text: `select body from rows_aside where $3 or (collection, record_id) in
             (select * from unnest($1::text[], $2::uuid[])) order by collection, record_id`,
    values: [refs.map(({ collection }) => collection), refs.map(({ id }) => id), of === 'all'],
  });
  const rows = found.rows.map(({ body }) => JSON.parse(body) as StoredRecord);
  return new Map(rows.map((row) => [refKey(row), row]));
}

/** Everything that is known of each record: what came now over what was kept aside. */
export function withAside(rows: readonly StoredRecord[], aside: Aside): StoredRecord[] {
  const all = new Map(aside);
  for (const row of rows) all.set(refKey(row), mergeRecords(all.get(refKey(row)), row));
  return [...all.values()];
}

/** Keeps these rows, and no longer those of `tried` that were stored now. A row stands aside since it first did. */
export async function keepAside(client: Queryable, tried: Aside, rows: readonly RowAside[]): Promise<void> {
  const kept = new Set(rows.map(({ row }) => refKey(row)));
  await forgetAside(
    client,
    [...tried.values()].filter((row) => !kept.has(refKey(row))),
  );
  if (rows.length === 0) return;
  await client.query({
    name: 'keep aside',
    text: `insert into rows_aside (collection, record_id, patient_id, code, body, scopes)
           select c, i, p, k, b, array(select json_array_elements_text(s))
           from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::json[]) t(c, i, p, k, b, s)
           on conflict (collection, record_id) do update set patient_id = excluded.patient_id, code = excluded.code,
             body = excluded.body, scopes = array(select unnest(rows_aside.scopes) union select unnest(excluded.scopes))`,
    values: [
      rows.map(({ row }) => row.collection),
      rows.map(({ row }) => row.id),
      rows.map(({ row }) => patientIdIn(row)),
      rows.map(({ code }) => code),
      rows.map(({ row }) => JSON.stringify(row)),
      rows.map(({ scopes }) => JSON.stringify(scopes)),
    ],
  });
}

async function forgetAside(client: Queryable, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  await client.query({
    name: 'forget aside',
    text: 'delete from rows_aside where (collection, record_id) in (select * from unnest($1::text[], $2::uuid[]))',
    values: [refs.map(({ collection }) => collection), refs.map(({ id }) => id)],
  });
}

/** Rows aside go as stored ones do: with the scopes lost, with what left a scope, with what a whole walk did not bring. */
export async function letGoAside(
  client: Queryable,
  lost: readonly ScopeId[],
  pages: readonly Page[],
  isWalked: boolean,
): Promise<void> {
  const left = pages.flatMap(({ scope, left }) => left.map((one) => ({ scope, ...one })));
  await client.query({
    name: 'unscope aside',
    text: `update rows_aside r set scopes = array(
             select s from unnest(r.scopes) s where s <> all($1::text[]) and not exists (
               select from unnest($2::text[], $3::text[], $4::uuid[]) t(scope, collection, id)
               where t.scope = s and t.collection = r.collection and t.id = r.record_id))`,
    values: [lost, left.map(({ scope }) => scope), left.map(({ collection }) => collection), left.map(({ id }) => id)],
  });
  await client.query({
    name: 'let go aside',
    text: `delete from rows_aside r where scopes = '{}' or ($1 and not exists (
             select from walk_brought b where b.collection = r.collection and b.record_id = r.record_id))`,
    values: [isWalked],
  });
}

/** A record has a patient by this key in every version; the patient is one himself. */
function patientIdIn({ collection, id, values }: StoredRecord): string | null {
  if (collection === 'patients') return id;
  return typeof values.patientId === 'string' ? values.patientId : null;
}

/**
 * Keeps what a repair put the root's rows in the place of, for a person to see. Not what somebody signs in by: that is
 * for nobody's eyes, and a stolen hub is to hold no more of it than its clinics' own.
 */
export async function keepReplaced(client: Queryable, replaced: readonly StoredRecord[]): Promise<void> {
  const rows = replaced.filter(({ collection }) => collectionNamed(collection)?.scope !== 'custody');
  if (rows.length === 0) return;
  await client.query({
    name: 'keep replaced',
    text: `insert into rows_replaced (collection, record_id, patient_id, body)
           select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[])`,
    values: [
      rows.map(({ collection }) => collection),
      rows.map(({ id }) => id),
      rows.map(patientIdIn),
      rows.map((row) => JSON.stringify(row)),
    ],
  });
}

/** What is held again, or was erased since, is kept no longer. Asked of records that came. */
export async function forgetFound(client: Queryable, came: readonly RecordRef[]): Promise<void> {
  const found = await client.query<{ number: string; body: string }>({
    name: 'replaced of',
    text: `select number, body from rows_replaced
           where (collection, record_id) in (select * from unnest($1::text[], $2::uuid[]))`,
    values: [came.map(({ collection }) => collection), came.map(({ id }) => id)],
  });
  if (found.rows.length === 0) return;
  const replaced = found.rows.map(({ number, body }) => ({ number, row: JSON.parse(body) as StoredRecord }));
  const records = await readByIds(
    client,
    replaced.map(({ row }) => row),
  );
  const held = new Map(records.map((record) => [refKey(record), record]));
  const gone = replaced.filter(({ row }) => !isLost(row, held.get(refKey(row))));
  await client.query({
    name: 'forget replaced',
    text: 'delete from rows_replaced where number = any($1::bigint[])',
    values: [gone.map(({ number }) => number)],
  });
}
