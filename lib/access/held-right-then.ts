import type { Change } from '../replication/change.ts';
import { mergeChange, refOf } from '../replication/merge.ts';
import { refKey, type StoredRecord } from '../replication/record.ts';
import type { Stamp } from '../replication/stamp.ts';
import type { Actor } from './actor.ts';
import { actorOf } from './actor-of.ts';

/** An applied change of somebody's `users` or `permissions` record, and when it came here (ISO instant). */
export interface LoggedRight {
  readonly change: Change;
  readonly receivedAt: string;
}

/** When a change was made, as its stamp says, and when it came here (ISO instant). */
export interface Moment {
  readonly stamp: Stamp;
  readonly receivedAt: string;
}

/**
 * Had the author the right when he made a change, and no longer when it arrived? `log`: every applied change of his
 * records, in any order. `may`: would somebody with these rights have been allowed to make it? False for who never held
 * the right, for who held it all along, and for a right that was given only afterwards.
 */
export function heldRightThen(
  log: readonly LoggedRight[],
  userId: string,
  { stamp, receivedAt }: Moment,
  may: (actor: Actor) => boolean,
): boolean {
  const then = actorFrom(log, userId, ({ change }) => change.stamp < stamp);
  const onArrival = actorFrom(log, userId, (logged) => logged.receivedAt <= receivedAt);
  return then !== undefined && may(then) && (onArrival === undefined || !may(onArrival));
}

/** The actor that the chosen part of the log makes; undefined when the user was not made yet, or was deleted. */
function actorFrom(
  log: readonly LoggedRight[],
  userId: string,
  counts: (logged: LoggedRight) => boolean,
): Actor | undefined {
  const records = new Map<string, StoredRecord>();
  for (const { change } of log.filter(counts)) {
    const key = refKey(refOf(change));
    records.set(key, mergeChange(records.get(key), change));
  }
  const held = [...records.values()];
  const user = held.find((record) => record.collection === 'users' && record.id === userId);
  const permissions = held.filter((record) => record.collection === 'permissions');
  return user === undefined ? undefined : actorOf(user, permissions);
}
