import type pg from 'pg';
import type { CommandRefusal, Decision } from '../../lib/domain/command.ts';
import { BEGIN_PUSH } from './accept-changes.ts';
import { authorWithin, refusalOf, type ServerEdit, type ServerView } from './author-edits.ts';
import { isRerunnable } from './faults.ts';
import type { Queryable } from './record-statements.ts';
import { inTransaction } from './replica-identity.ts';

/** Who decided about a refused action, and why. */
export interface RefusedDecision {
  readonly actionId: string;
  readonly decidedBy: string;
  readonly reason: string;
}

/** What makes the same edit once more. `decide` is called again when the transaction is run again. */
export interface AcceptingEdit extends Omit<ServerEdit, 'decide' | 'founder'> {
  readonly decide: (view: ServerView) => Decision;
}

export type Accepted =
  | { readonly ok: true; readonly acceptedActionId: string | null }
  | { readonly ok: false; readonly refusal: CommandRefusal };

const ATTEMPTS = 5;
const DECIDED: CommandRefusal = { kind: 'not-found', field: null, problems: [] };

/** Takes everything of a transaction back, with what is to be said of it. */
class TakenBack extends Error {
  readonly refusal: CommandRefusal;

  constructor(refusal: CommandRefusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

const DECIDE = `insert into refused_decisions (action_id, decision, decided_by, reason) values ($1, $2, $3, $4)
  on conflict do nothing`;

/** Notes that a refused action was dismissed. False when somebody decided about it before. */
export async function dismissRefused(client: Queryable, decision: RefusedDecision): Promise<boolean> {
  return note(client, 'dismissed', decision);
}

async function note(
  client: Queryable,
  word: 'accepted' | 'dismissed',
  { actionId, decidedBy, reason }: RefusedDecision,
): Promise<boolean> {
  const values = [actionId, word, decidedBy, reason];
  return (await client.query({ name: 'decide refused', text: DECIDE, values })).rowCount === 1;
}

/**
 * Makes the edit of a refused action as this replica's own and notes the decision, both or neither. Refused with
 * `not-found` when somebody decided about it before, and as the command or the judge says; nothing is then written.
 */
export async function acceptRefusedAction(
  pool: pg.Pool,
  decision: RefusedDecision,
  edit: AcceptingEdit,
): Promise<Accepted> {
  for (let attempt = 1; ; attempt++) {
    try {
      const acceptedActionId = await inTransaction(pool, BEGIN_PUSH, (client) => acceptOnce(client, decision, edit));
      return { ok: true, acceptedActionId };
    } catch (fault) {
      if (fault instanceof TakenBack) return { ok: false, refusal: fault.refusal };
      if (!isRerunnable(fault) || attempt === ATTEMPTS) throw fault;
    }
  }
}

async function acceptOnce(
  client: Queryable,
  decision: RefusedDecision,
  { decide, ...edit }: AcceptingEdit,
): Promise<string | null> {
  if (!(await note(client, 'accepted', decision))) throw new TakenBack(DECIDED);
  const outcome = await authorWithin(client, {
    ...edit,
    decide: (view) => {
      const decided = decide(view);
      if (!decided.ok) throw new TakenBack(decided.refusal);
      return decided.edits;
    },
  });
  // All of it stands already.
  if (outcome === null) return null;
  const refusal = refusalOf(outcome);
  if (refusal !== null) throw new TakenBack(refusal);
  await client.query({
    name: 'accepted as',
    text: 'update refused_decisions set accepted_action_id = $2 where action_id = $1',
    values: [decision.actionId, outcome.actionId],
  });
  return outcome.actionId;
}
