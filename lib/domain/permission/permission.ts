import { z } from 'zod';
import { FLAGS, type Flag, hasFlag, isAdmin } from '../../access/actor.ts';
import { type Attempt, heldValue } from '../../access/write-rules.ts';
import type { Edit } from '../../replication/author-action.ts';
import { splitKey } from '../../replication/key.ts';
import { collection, type RecordOf } from '../collection.ts';
import { put } from '../command.ts';
import { id, presence } from '../field-types.ts';
import { deterministicId, idFrom, uuidSchema } from '../identity.ts';

/** What a user may do in one clinic. Id: v5 of user and clinic. */
export const permissions = collection({
  name: 'permissions',
  scope: 'org',
  mayWrite: mayGrant,
  idOf: idFrom('permissions', 'userId', 'clinicId'),
  fields: { userId: id(), clinicId: id(), flags: presence() },
  fault: (values) =>
    Object.keys(values).find((key) => key.startsWith('flags.') && !isFlag(key.slice('flags.'.length))) ?? null,
});
export type Permission = RecordOf<typeof permissions>;

function isFlag(text: string): text is Flag {
  return (FLAGS as readonly string[]).includes(text);
}

/** A clinic admin grants in his clinic, never a flag that he lacks and never in his own row. */
function mayGrant({ actor, after, keys }: Attempt): boolean {
  if (isAdmin(actor)) return true;
  const clinicId = heldValue(after, 'clinicId');
  if (typeof clinicId !== 'string' || heldValue(after, 'userId') === actor.userId) return false;
  if (!hasFlag(actor, 'clinic-admin', clinicId)) return false;
  const flags = keys.map(splitKey).filter(({ column }) => column === 'flags');
  return flags.every(({ entry }) => entry !== null && isFlag(entry) && hasFlag(actor, entry, clinicId));
}

/** What a user may do in one clinic, as a form gives it. */
export const grantSchema = z.strictObject({ clinicId: uuidSchema, flags: z.array(z.enum(FLAGS)) });

/** Every flag of the grant is written, given or not, so that what was taken away is taken away. */
export function grantEdit(userId: string, grant: z.infer<typeof grantSchema>): Edit {
  const flags = Object.fromEntries(FLAGS.map((flag) => [`flags.${flag}`, grant.flags.includes(flag)]));
  const id = deterministicId('permissions', userId, grant.clinicId);
  return put('permissions', id, { userId, clinicId: grant.clinicId, ...flags });
}
