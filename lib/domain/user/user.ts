import { z } from 'zod';
import { type Actor, hasFlag, isAdmin, ROLES } from '../../access/actor.ts';
import { type Attempt, heldValue } from '../../access/write-rules.ts';
import { splitKey } from '../../replication/key.ts';
import type { StoredRecord } from '../../replication/record.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, code, id, instant, json, keyed, openCode, optional, text } from '../field-types.ts';

/** What a user may change of his own record. */
const OWN_COLUMNS: ReadonlySet<string> = new Set(['language', 'favourites']);

export const users = collection({
  name: 'users',
  scope: 'org',
  /** The home clinic may change. */
  fixed: [],
  mayWrite: mayWriteUser,
  fields: {
    name: text(120),
    role: code(ROLES),
    language: openCode(),
    /** Home clinic. */
    clinicId: optional(id()),
    qualification: optional(openCode()),
    deactivatedAt: optional(instant()),
    favourites: keyed(),
  },
});
export type User = RecordOf<typeof users>;

/** Only a super admin makes or changes admins; a clinic admin manages the users of his clinic below admin. */
function mayWriteUser(attempt: Attempt): boolean {
  const { actor, before, after, kind, keys, recordId } = attempt;
  if (actor.role === 'super_admin') return true;
  const changes = kind === 'put' && !attempt.creation;
  if (changes && recordId === actor.userId && keys.every((key) => OWN_COLUMNS.has(splitKey(key).column))) return true;
  const roles = [heldValue(before, 'role'), heldValue(after, 'role')];
  if (roles.some((role) => role === 'admin' || role === 'super_admin')) return false;
  if (isAdmin(actor)) return true;
  const homes = [before, after].filter((values) => values !== null).map((values) => heldValue(values, 'clinicId'));
  return (
    recordId !== actor.userId && homes.every((home) => typeof home === 'string' && hasFlag(actor, 'clinic-admin', home))
  );
}

/**
 * May the actor set this user's password: his own; as super admin anybody's; as admin those below; as clinic admin those
 * at home in his clinic, below admin.
 */
export function maySetPassword(actor: Actor, user: StoredRecord): boolean {
  if (actor.userId === user.id || actor.role === 'super_admin') return true;
  const { role, clinicId } = user.values;
  if (role === 'admin' || role === 'super_admin') return false;
  return isAdmin(actor) || (typeof clinicId === 'string' && hasFlag(actor, 'clinic-admin', clinicId));
}

/** Sign-in data. Held by the server and by the hubs of the user's clinics; never by a phone. */
export const credentials = collection({
  name: 'credentials',
  scope: 'custody',
  place: 'none',
  mayWrite: ({ actor, recordId }) =>
    isAdmin(actor) ||
    actor.userId === recordId ||
    Object.keys(actor.flags).some((clinicId) => hasFlag(actor, 'clinic-admin', clinicId)),
  fields: {
    /** Folded: NFKC, lower case. Unique. */
    username: text(64),
    email: optional(text(200)),
    /** Argon2id, PHC string. */
    passwordHash: text(300),
    /** bcrypt of an imported user, replaced at the first sign-in. */
    legacyHash: optional(text(300)),
    mustChange: boolean(),
    passwordChangedAt: instant(),
    /**
     * Where he belongs: his home clinic and, but for an administrator, those he has a flag in. Their hubs may sign him in;
     * the root keeps it so.
     */
    clinicIds: optional(json(z.array(z.string()))),
  },
});
