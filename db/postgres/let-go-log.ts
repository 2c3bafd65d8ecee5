import type pg from 'pg';
import { RETENTION_MS } from '../../lib/replication/confirmation.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';
import { emptyBodies } from './empty-bodies.ts';
import { type Queryable, storedAmong } from './record-statements.ts';
import { inTransaction } from './replica-identity.ts';

const AMONG_THESE = '(collection, record_id) in (select * from unnest($1::text[], $2::uuid[]))';
const OF_IT = 'c.record_id = let_go.record_id and c.collection = let_go.collection';

function namesOf(refs: readonly RecordRef[]): string[][] {
  return [refs.map(({ collection }) => collection), refs.map(({ id }) => id)];
}

/** Notes those of these records, not held by a relay (any more), whose changes came by it. Its root has them. */
export async function noteLetGo(client: Queryable, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  await client.query({
    name: 'note let go',
    text: `insert into let_go (collection, record_id)
           select distinct r.* from unnest($1::text[], $2::uuid[]) r(collection, id)
           where exists (select from changes c where c.record_id = r.id and c.collection = r.collection) order by 2, 1
           on conflict (collection, record_id) do update set since = now(), waits = true`,
    values: namesOf(refs),
  });
}

/** Of these records those that were let go once, by `refKey`: the log need not have them, nor the tables. */
export async function letGoAmong(client: Queryable, refs: readonly RecordRef[]): Promise<Set<string>> {
  const found = await client.query<RecordRef>({
    name: 'let go among',
    text: `select collection, record_id as id from let_go where ${AMONG_THESE}`,
    values: namesOf(refs),
  });
  return new Set(found.rows.map(refKey));
}

/**
 * Empties in the log what was let go and is not held again, by the rule of a phone's outbox: a month later, and as far
 * as a backup of the root holds it. Resolves with how many changes that were.
 */
export async function forgetLetGo(pool: pg.Pool, nowMs: number): Promise<number> {
  return inTransaction(pool, 'begin', async (client) => {
    const due = await client.query<RecordRef>({
      name: 'let go long ago',
      // Another process may do the same.
      text: 'select collection, record_id as id from let_go where waits and since < $1 for update skip locked',
      values: [new Date(nowMs - RETENTION_MS)],
    });
    const stored = await storedAmong(client, due.rows);
    const away = due.rows.filter((ref) => !stored.has(refKey(ref)));
    const count = await emptyBodies(client, away, true);
    await waitNoMore(client, away);
    await takeBack(
      client,
      due.rows.filter((ref) => stored.has(refKey(ref))),
    );
    return count;
  });
}

/** Those of these records of which the log has nothing more. */
async function waitNoMore(client: Queryable, away: readonly RecordRef[]): Promise<void> {
  await client.query({
    name: 'wait no more',
    text: `update let_go set waits = false where ${AMONG_THESE} and not exists (
             select from changes c where ${OF_IT} and c.body is not null and c.kind <> 'erase')`,
    values: namesOf(away),
  });
}

/** Records that came back before anything of them was emptied were never let go. */
async function takeBack(client: Queryable, back: readonly RecordRef[]): Promise<void> {
  await client.query({
    name: 'back whole',
    text: `delete from let_go where ${AMONG_THESE} and not exists (
             select from changes c where ${OF_IT} and c.body is null)`,
    values: namesOf(back),
  });
}
