import type { RecordRef } from '../../lib/replication/record.ts';
import type { Queryable } from './record-statements.ts';

/**
 * Empties what the log holds of erased records, whatever became of it: text and salt go, the hash stays, so that the
 * chain still holds. The erasures themselves say nothing. At a relay not before the root has it: an action is handed on
 * whole.
 */
export async function emptyErased(client: Queryable, erased: readonly RecordRef[]): Promise<void> {
  if (erased.length === 0) return;
  await client.query({
    name: 'empty erased',
    text: `update changes set body = null, salt = null
           where record_id = any($2::uuid[]) and (collection, record_id) in (select * from unnest($1::text[], $2::uuid[]))
             and kind <> 'erase' and confirmed and body is not null`,
    values: [erased.map(({ collection }) => collection), erased.map(({ id }) => id)],
  });
}
