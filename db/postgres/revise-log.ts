import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { readOutcomes } from './read-outcomes.ts';
import type { Queryable } from './record-statements.ts';

/** Another outcome for a change in the log. */
export interface Revision {
  readonly id: string;
  readonly outcome: Pick<Outcome, 'result' | 'refusal' | 'confirmed'>;
}

/**
 * Gives changes in the log another outcome. `revised`: another than the one first given, which its origin is to hear of;
 * of what was held every one, for only an outcome confirms it.
 */
export async function reviseLog(client: Queryable, revisions: readonly Revision[]): Promise<void> {
  await client.query({
    name: 'revise log',
    text: `update changes c set result = t.result, refusal = t.refusal, confirmed = t.confirmed,
             revised = c.revised or c.result <> t.result or c.result = 'held'
           from unnest($1::uuid[], $2::text[], $3::json[], $4::boolean[]) t(id, result, refusal, confirmed)
           where c.id = t.id`,
    values: [
      revisions.map(({ id }) => id),
      revisions.map(({ outcome }) => outcome.result),
      revisions.map(({ outcome }) => (outcome.refusal === null ? null : JSON.stringify(outcome.refusal))),
      revisions.map(({ outcome }) => outcome.confirmed),
    ],
  });
}

/** Most revised outcomes told at once. */
const MOST = 200;

/** Outcomes of these origins' actions that became another after they were first given. Any of them, so that each has its turn. */
export async function readRevised(client: Queryable, origins: readonly string[]): Promise<Outcome[]> {
  const found = await client.query<{ id: string }>({
    name: 'revised',
    text: `select id from changes where origin = any($1::uuid[]) and revised order by random() limit ${MOST}`,
    values: [origins],
  });
  if (found.rows.length === 0) return [];
  const outcomes = await readOutcomes(
    client,
    found.rows.map((row) => row.id),
  );
  return [...new Map([...outcomes.values()].map((outcome) => [outcome.actionId, outcome])).values()];
}
