import { FLAGS, type Flag, hasFlag, isAdmin } from '../../access/actor.ts';
import { type Attempt, heldValue } from '../../access/write-rules.ts';
import { splitKey } from '../../replication/key.ts';
import { collection, type RecordOf } from '../collection.ts';
import { id, presence } from '../field-types.ts';

/** What a user may do in one clinic. Id: v5 of user and clinic. */
export const permissions = collection({
  name: 'permissions',
  scope: 'org',
  mayWrite: mayGrant,
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
