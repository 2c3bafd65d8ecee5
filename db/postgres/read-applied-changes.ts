import type { Change } from '../../lib/replication/change.ts';
import type { RecordRef } from '../../lib/replication/record.ts';
import type { Queryable } from './record-statements.ts';

/** Every applied change that the log holds of records with these ids, in no order; those emptied by an erasure are left out. */
export async function readAppliedChanges(client: Queryable, refs: readonly RecordRef[]): Promise<Change[]> {
  const { rows } = await client.query<{ body: string }>({
    name: 'applied changes',
    text: `select body from changes where record_id = any($1::uuid[]) and result = 'applied' and body is not null`,
    values: [refs.map((ref) => ref.id)],
  });
  return rows.map(({ body }) => JSON.parse(body) as Change);
}

/** The changes of these refused actions as they were handed in first; those emptied by an erasure are left out. */
export async function readLogged(client: Queryable, actionIds: readonly string[]): Promise<Change[]> {
  const { rows } = await client.query<{ body: string }>({
    name: 'logged changes',
    text: `select body from changes where action_id = any($1::uuid[]) and result = 'refused' and body is not null`,
    values: [actionIds],
  });
  return rows.map(({ body }) => JSON.parse(body) as Change);
}
