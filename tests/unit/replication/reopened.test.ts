import { expect, it } from 'vitest';
import type { Action } from '../../../lib/replication/change.ts';
import { emptiedAction } from '../../../lib/replication/emptied.ts';
import type { AcceptanceStore } from '../../../lib/replication/feed-store.ts';
import type { Outcome } from '../../../lib/replication/protocol/outcome.ts';
import { reopenedActions } from '../../../lib/replication/reopened.ts';
import { actionOf, changeNumbered, idOf } from '../../scenario/numbered-changes.ts';

const whole = actionOf(changeNumbered(1, { collection: 'patients', id: idOf('b', 1) }, 'put', { phone: '1' }, {}));
const empty = emptiedAction(whole, () => true);

/** What is decided again when a hub hands in as applied what was refused here and is in the log as `logged`. */
async function reopened(logged: Action, handedIn: Action): Promise<Action | undefined> {
  const store = { readLogged: async () => logged.changes, readRecords: async () => [] };
  const outcome: Outcome = {
    ...{ actionId: whole.id, changeIds: [whole.changes[0]!.id], result: 'refused', duplicate: false, confirmed: true },
    refusal: { changeId: whole.changes[0]!.id, key: null, code: 'forbidden' },
  };
  const known = new Map([[whole.changes[0]!.id, outcome]]);
  const verdicts = new Map([[whole.id, { actionId: whole.id, result: 'applied' as const, refusal: null }]]);
  const found = await reopenedActions(store as unknown as AcceptanceStore, known, [handedIn], verdicts);
  return found.get(whole.id);
}

it('what the log has whole is decided again whole, whatever was taken out of it elsewhere: the log says so for ever', async () => {
  expect(await reopened(whole, whole)).toEqual(whole);
  expect(await reopened(whole, empty)).toEqual(whole);
  expect(await reopened(empty, whole)).toEqual(empty);
});

it('what is not what the log has is not decided again', async () => {
  const other = { ...whole, changes: [{ ...whole.changes[0]!, fields: { phone: '2' } }] };
  expect(await reopened(whole, other)).toBeUndefined();
});
