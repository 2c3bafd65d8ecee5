import type { Action, Change } from './change.ts';
import { emptiedChange, isErased } from './emptied.ts';
import type { AcceptanceStore } from './feed-store.ts';
import { sameJson } from './json.ts';
import { refOf } from './merge.ts';
import type { Judged } from './protocol/judged.ts';
import type { Outcome } from './protocol/outcome.ts';
import { refKey, type StoredRecord } from './record.ts';

/**
 * Refused here, and applied by a hub, as they are to be decided again. A phone may have brought here what the hub of its
 * clinic had applied already: the first who received it decided. Only what is in the log, whole and unaltered: nothing
 * else was refused.
 */
export async function reopenedActions(
  store: AcceptanceStore,
  known: ReadonlyMap<string, Outcome>,
  actions: readonly Action[],
  verdicts: ReadonlyMap<string, Judged>,
): Promise<Map<string, Action>> {
  const applied = actions.filter(({ id }) => verdicts.get(id)?.result === 'applied');
  const asked = applied.filter((action) => wasRefused(action, known));
  if (asked.length === 0) return new Map();
  const logged = await store.readLogged(asked.map(({ id }) => id));
  const records = await store.readRecords(asked.flatMap(({ changes }) => changes.map(refOf)));
  const held = new Map(records.map((record) => [refKey(record), record]));
  const asLogged = ({ id, changes }: Action): [string, Action][] => {
    const own = new Map(logged.filter(({ actionId }) => actionId === id).map((change) => [change.id, change]));
    const same = changes.flatMap((one) => asBoth(own.get(one.id), one, held.get(refKey(refOf(one)))) ?? []);
    for (const { id } of changes) own.delete(id);
    return own.size === 0 && same.length === changes.length ? [[id, { id, changes: same }]] : [];
  };
  return new Map(asked.flatMap(asLogged));
}

/** Was every one of these changes refused, as part of this action? */
function wasRefused({ id, changes }: Action, known: ReadonlyMap<string, Outcome>): boolean {
  const outcomes = changes.map((change) => known.get(change.id));
  return outcomes.every((outcome) => outcome?.result === 'refused' && outcome.actionId === id);
}

/**
 * A change as it is to be decided, or null where the log and the hub differ. Of an erased record one of them may have it
 * emptied: what the log has counts, for it is what the log will say was applied. Where the log is empty nothing else can
 * be said of it.
 */
function asBoth(logged: Change | undefined, change: Change, held: StoredRecord | undefined): Change | null {
  if (logged === undefined) return isErased(held) ? emptiedChange(change) : null;
  return isSameOrEmptied(logged, change) || isSameOrEmptied(change, logged) ? logged : null;
}

function isSameOrEmptied(one: Change, whole: Change): boolean {
  return sameJson(one, whole) || sameJson(one, emptiedChange(whole));
}
