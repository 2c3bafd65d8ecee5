import type { Action, Change } from '../../lib/replication/change.ts';
import type { Limits } from '../../lib/replication/exchange.ts';
import { takeBatch } from '../../lib/replication/outbox.ts';
import type { ExchangeRequest } from '../../lib/replication/protocol/exchange-request.ts';
import type { Judged } from '../../lib/replication/protocol/judged.ts';
import type { Queryable } from './record-statements.ts';

interface UnconfirmedRow {
  action_id: string;
  result: Judged['result'];
  refusal: Judged['refusal'];
  body: string;
}

/** The oldest actions that the root has not confirmed, whole, with what was decided of each. */
export async function readUnconfirmed(
  client: Queryable,
  { maxChanges, maxBytes }: Limits,
): Promise<{ actions: Action[]; judged: Judged[] }> {
  // The limit is written out: as a parameter a generic plan would guess a tenth of the table.
  const count = Math.trunc(maxChanges);
  const found = await client.query<UnconfirmedRow>({
    name: `unconfirmed ${count}`,
    text: `select action_id, result, refusal, body from changes
           where not confirmed and body is not null and action_id in (
             select action_id from changes where not confirmed and body is not null order by number limit ${count})
           order by number`,
  });
  const rows = new Map<string, UnconfirmedRow>();
  const actions = new Map<string, Change[]>();
  for (const row of found.rows) {
    const change = JSON.parse(row.body) as Change;
    const changes = actions.get(row.action_id);
    if (changes === undefined) actions.set(row.action_id, [change]);
    else changes.push(change);
    rows.set(row.action_id, row);
  }
  const whole = [...actions].map(([id, changes]) => ({ id, changes }));
  const batch = takeBatch(whole, maxChanges, maxBytes);
  const judged = batch.map(({ id }) => {
    const { result, refusal } = rows.get(id)!;
    return { actionId: id, result, refusal };
  });
  return { actions: batch, judged };
}

/** Origins told of in one exchange beside those of its actions. */
const MOST = 50;

/**
 * These origins, and some of those that the root or its backup may not have as far as they are here. Any of them, so
 * that each has its turn.
 */
export async function readOriginsToTell(
  client: Queryable,
  named: readonly string[],
): Promise<ExchangeRequest['origins']> {
  const found = await client.query<{ replica_id: string; received_seq: number; received_chain: string }>({
    name: 'origins to tell',
    text: `(select replica_id, received_seq, received_chain from origins where replica_id = any($1::uuid[]))
           union
           (select replica_id, received_seq, received_chain from origins
            where least(confirmed_seq, backed_up_seq) < received_seq order by random() limit ${MOST})`,
    values: [named],
  });
  return Object.fromEntries(
    found.rows.map((row) => [row.replica_id, { seq: row.received_seq, chain: row.received_chain }]),
  );
}
