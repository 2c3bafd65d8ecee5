import { type Action, type Change, isCreation, isEmptied } from './change.ts';
import { ERASED, type Key } from './key.ts';
import { KEPT_KEYS, refOf } from './merge.ts';
import type { RecordRef, StoredRecord } from './record.ts';

export function isErased(held: StoredRecord | null | undefined): boolean {
  return held?.values[ERASED] === true;
}

/**
 * A change with nothing in it that an erasure takes away: its id, number and stamp stay, so that its origin has no gap,
 * and of a making whose it was. The same object when nothing had to go. An erasure itself says nothing.
 */
export function emptiedChange(change: Change): Change {
  if (change.kind === 'erase' || isEmptied(change)) return change;
  // What a deletion saw is stamps; why it was made is told in words.
  if (change.kind !== 'put') return change.reason === null ? change : { ...change, reason: null };
  const fields = isCreation(change) ? kept(change.fields) : {};
  return { ...change, fields, replaced: { ...kept(change.replaced), [ERASED]: [change.stamp] }, reason: null };
}

/** An action with its changes of erased records emptied; the same object when nothing had to go. */
export function emptiedAction(action: Action, isOfErased: (ref: RecordRef) => boolean): Action {
  const changes = action.changes.map((change) => (isOfErased(refOf(change)) ? emptiedChange(change) : change));
  return changes.every((change, index) => change === action.changes[index]) ? action : { ...action, changes };
}

function kept<T>(from: Readonly<Record<Key, T>>): Record<Key, T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => KEPT_KEYS.has(key)));
}
