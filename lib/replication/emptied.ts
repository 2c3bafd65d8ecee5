import { type Action, type Change, isCreation, isEmptied } from './change.ts';
import { ERASED, type Key } from './key.ts';
import { KEPT_KEYS } from './merge.ts';
import type { RecordRef, StoredRecord } from './record.ts';
import type { Stamp } from './stamp.ts';

/** The stamp of a record's erasure; null for one that is not erased, or not held. */
export function erasureOf(held: StoredRecord | null | undefined): Stamp | null {
  return held?.values[ERASED] === true ? held.stamps[ERASED]! : null;
}

/**
 * A change with nothing in it that an erasure takes away: its id, number and stamp stay, so that its origin has no gap,
 * and of a making whose it was. The same object when nothing had to go. An erasure itself says nothing.
 */
export function emptiedChange(change: Change, erasure: Stamp): Change {
  if (change.kind === 'erase' || isEmptied(change)) return change;
  // What a deletion saw is stamps; why it was made is told in words.
  if (change.kind !== 'put') return change.reason === null ? change : { ...change, reason: null };
  const fields = isCreation(change) ? kept(change.fields) : {};
  return { ...change, fields, replaced: { ...kept(change.replaced), [ERASED]: [erasure] }, reason: null };
}

/** An action with its changes of erased records emptied; the same object when nothing had to go. */
export function emptiedAction(action: Action, erasure: (ref: RecordRef) => Stamp | null): Action {
  const changes = action.changes.map((change) => {
    const stamp = erasure({ collection: change.collection, id: change.recordId });
    return stamp === null ? change : emptiedChange(change, stamp);
  });
  return changes.every((change, index) => change === action.changes[index]) ? action : { ...action, changes };
}

function kept<T>(from: Readonly<Record<Key, T>>): Record<Key, T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => KEPT_KEYS.has(key)));
}
