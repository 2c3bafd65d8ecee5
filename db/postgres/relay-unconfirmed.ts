import type { RecordRef } from '../../lib/replication/record.ts';
import type { Queryable } from './record-statements.ts';

/** Ids of the records of which the root has not everything. */
export async function unconfirmedAmong(
  client: Queryable,
  records: readonly Pick<RecordRef, 'id'>[],
): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  const found = await client.query<{ record_id: string }>({
    name: 'records unconfirmed',
    text: `select distinct record_id from changes
           where record_id = any($1::uuid[]) and not confirmed and body is not null`,
    values: [records.map(({ id }) => id)],
  });
  return new Set(found.rows.map((row) => row.record_id));
}

/** Is there anything that the root has not confirmed? */
export async function hasUnconfirmed(client: Queryable): Promise<boolean> {
  const text = 'select exists (select from changes where not confirmed and body is not null) as any';
  const { rows } = await client.query<{ any: boolean }>({ name: 'has unconfirmed', text });
  return rows[0]!.any;
}
