import type { RecordRef } from '../../lib/replication/record.ts';
import type { Queryable } from './record-statements.ts';

/**
 * Empties what the log holds of these records, whatever became of it: text and salt go, the hash stays, so that the chain
 * still holds. Erasures themselves say nothing. At a relay not before the root has it: an action is handed on whole; and
 * where `inBackup`, only what its backup holds. Resolves with how many changes it emptied.
 */
export async function emptyBodies(client: Queryable, refs: readonly RecordRef[], inBackup = false): Promise<number> {
  if (refs.length === 0) return 0;
  const emptied = await client.query({
    name: 'empty bodies',
    text: `update changes c set body = null, salt = null
           where record_id = any($2::uuid[]) and (collection, record_id) in (select * from unnest($1::text[], $2::uuid[]))
             and kind <> 'erase' and confirmed and body is not null
             and (not $3 or exists (select from origins where replica_id = c.origin and backed_up_seq >= c.origin_seq))`,
    values: [refs.map(({ collection }) => collection), refs.map(({ id }) => id), inBackup],
  });
  return emptied.rowCount ?? 0;
}
