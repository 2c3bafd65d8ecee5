import type { WriteAttempt } from '../replication/declaration.ts';
import type { Json } from '../replication/json.ts';
import type { Key } from '../replication/key.ts';
import { type Actor, type Flag, hasFlag, isAdmin } from './actor.ts';

/** The rules that declarations are written with. Each is asked about the record before and after the change. */
export type WriteRule = (attempt: WriteAttempt<Actor>) => boolean;
export type Attempt = WriteAttempt<Actor>;

export const nobody: WriteRule = () => false;
export const adminOnly: WriteRule = ({ actor }) => isAdmin(actor);

/** The clinics that a change touches: the record's before, the record's after; where the author acted when it has none. */
export function clinicsTouched(attempt: Attempt, key: Key = 'clinicId'): (string | null)[] {
  const clinics = [attempt.before, attempt.after]
    .filter((values) => values !== null)
    .map((values) => values[key] ?? null)
    .filter((clinicId): clinicId is string => typeof clinicId === 'string');
  return clinics.length === 0 ? [attempt.clinicId] : [...new Set(clinics)];
}

/** One of the flags in every clinic that the change touches. */
export function oneOf(...flags: Flag[]): WriteRule {
  return (attempt) =>
    clinicsTouched(attempt).every((clinicId) => flags.some((flag) => hasFlag(attempt.actor, flag, clinicId)));
}

/** Different rights to make, change and delete. Restoring needs what deleting needs. */
export function rights(rules: { create: WriteRule; change: WriteRule; remove: WriteRule }): WriteRule {
  return (attempt) => {
    if (attempt.kind !== 'put') return rules.remove(attempt);
    return attempt.creation ? rules.create(attempt) : rules.change(attempt);
  };
}

/** Clinical records: `edit-records` to make and change, `delete-records` to delete. */
export const clinicalRecord: WriteRule = rights({
  create: oneOf('edit-records'),
  change: oneOf('edit-records'),
  remove: oneOf('delete-records'),
});

export function heldValue(values: Readonly<Record<Key, Json>> | null, key: Key): Json {
  return values?.[key] ?? null;
}
