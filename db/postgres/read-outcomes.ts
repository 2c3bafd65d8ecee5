import type { ChangeRefusal, Outcome } from '../../lib/replication/protocol/outcome.ts';
import type { Queryable } from './record-statements.ts';

interface OutcomeRow {
  id: string;
  action_id: string;
  result: Outcome['result'];
  refusal: ChangeRefusal | null;
  confirmed: boolean;
}

/** What was decided of these changes, by change id; changes never seen are left out. */
export async function readOutcomes(client: Queryable, changeIds: readonly string[]): Promise<Map<string, Outcome>> {
  const found = await client.query<OutcomeRow>({
    name: 'outcomes',
    text: `select id, action_id, result, refusal, confirmed from changes where id = any($1::uuid[])
           order by origin_seq, id`,
    values: [changeIds],
  });
  const idsByAction = new Map<string, string[]>();
  for (const row of found.rows) {
    const ids = idsByAction.get(row.action_id);
    if (ids === undefined) idsByAction.set(row.action_id, [row.id]);
    else ids.push(row.id);
  }
  return new Map(
    found.rows.map((row) => [
      row.id,
      {
        actionId: row.action_id,
        changeIds: idsByAction.get(row.action_id)!,
        result: row.result,
        duplicate: false,
        confirmed: row.confirmed,
        refusal: row.refusal,
      },
    ]),
  );
}
