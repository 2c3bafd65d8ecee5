import { isCustody } from '../../lib/domain/collections.ts';
import { ERASED } from '../../lib/replication/key.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import { emptyBodies } from './empty-bodies.ts';
import { noteLetGo } from './let-go-log.ts';
import { type Queryable, readByIds } from './record-statements.ts';
import { reviseLog } from './revise-log.ts';

/** What the root confirmed gets the root's outcome. The records that those changes are about. */
export async function confirmOutcomes(client: Queryable, outcomes: readonly Outcome[]): Promise<RecordRef[]> {
  const confirmed = outcomes.filter((outcome) => outcome.confirmed);
  const revisions = confirmed.flatMap((outcome) => outcome.changeIds.map((id) => ({ id, outcome })));
  if (revisions.length === 0) return [];
  await reviseLog(client, revisions);
  const found = await client.query<{ collection: string; record_id: string }>({
    name: 'records of changes',
    text: 'select distinct collection, record_id from changes where id = any($1::uuid[])',
    values: [revisions.map(({ id }) => id)],
  });
  const settled = found.rows.map((row) => ({ collection: row.collection, id: row.record_id }));
  const held = new Map((await readByIds(client, settled)).map((record) => [refKey(record), record]));
  const away = settled.filter((ref) => !held.has(refKey(ref)));
  const erased = settled.filter((ref) => held.get(refKey(ref))?.values[ERASED] === true);
  await noteLetGo(client, away);
  // What is signed in by leaves the log at once.
  await emptyBodies(client, [...erased, ...away.filter(isCustody)]);
  return settled;
}

/** What the root has of each origin, and its backup: told to phones as it is. */
export async function noteStandings(client: Queryable, origins: ExchangeReply['origins']): Promise<void> {
  const told = Object.entries(origins).sort(([left], [right]) => (left < right ? -1 : 1));
  if (told.length === 0) return;
  await client.query({
    name: 'note standings',
    text: `with told as (
             select t.* from unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[]) t(id, seq, chain, backed)
             join origins o on o.replica_id = t.id order by t.id for no key update of o)
           update origins o set confirmed_seq = told.seq, confirmed_chain = told.chain, backed_up_seq = told.backed
           from told where o.replica_id = told.id`,
    values: [
      told.map(([origin]) => origin),
      told.map(([, { received, confirmed = received }]) => confirmed.seq),
      told.map(([, { received, confirmed = received }]) => confirmed.chain),
      told.map(([, { backedUp = 0 }]) => backedUp),
    ],
  });
}
