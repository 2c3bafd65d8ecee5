import { isDeleted, type StoredRecord } from '../replication/record.ts';
import { type Actor, FLAGS, type Flag, type Role } from './actor.ts';

/** The actor that a user's record and his permission records make. Undefined when the user is deleted. */
export function actorOf(user: StoredRecord, permissions: Iterable<StoredRecord>): Actor | undefined {
  if (isDeleted(user)) return undefined;
  const flags: Record<string, Flag[]> = {};
  for (const permission of permissions) {
    if (permission.values.userId !== user.id || isDeleted(permission)) continue;
    flags[permission.values.clinicId as string] = FLAGS.filter((flag) => permission.values[`flags.${flag}`] === true);
  }
  const active = (user.values.deactivatedAt ?? null) === null;
  const home = (user.values.clinicId as string | undefined) ?? null;
  return { userId: user.id, role: user.values.role as Role, active, flags, home };
}

/** Every actor among these users. */
export function actorsOf(users: Iterable<StoredRecord>, permissions: readonly StoredRecord[]): Map<string, Actor> {
  const actors = new Map<string, Actor>();
  for (const user of users) {
    const actor = actorOf(user, permissions);
    if (actor !== undefined) actors.set(user.id, actor);
  }
  return actors;
}
