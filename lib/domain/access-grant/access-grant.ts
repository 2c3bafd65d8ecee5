import { type Actor, clinicsOf, hasAnyFlag, hasFlag, isAdmin } from '../../access/actor.ts';
import { heldValue, rights, type WriteRule } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { id, instant, optional, text } from '../field-types.ts';

/** The longest that a chart stays open to a clinic it does not belong to. */
export const MAX_GRANT_HOURS = 24;
const HOUR_MS = 3_600_000;

/**
 * Break-glass: for its duration the patient counts as one of the grant's clinic. Nothing of it is ever changed but its
 * end, and nobody deletes it: it is what an audit reads.
 */
export const accessGrants = collection({
  name: 'accessGrants',
  scope: 'record',
  place: 'chart',
  // Opening the chart of a deleted patient is nothing for people to decide.
  parents: {},
  // What cannot be taken back is an administrator's, as everywhere.
  mayWrite: rights({ create: mayOpen, change: mayEnd, remove: ({ kind }) => kind === 'erase' }),
  // Ended on a phone without a network, and by the server when its time had passed: it has ended.
  undecided: ['endedAt'],
  fixed: ['patientId', 'clinicId', 'userId', 'reason', 'from', 'until'],
  fields: {
    patientId: id(),
    /** The clinic that sees the chart. */
    clinicId: id(),
    userId: id(),
    reason: text(300),
    from: instant(),
    until: instant(),
    /** Null while it is in force. At the latest, the server writes it when `until` has passed. */
    endedAt: optional(instant()),
  },
  fault: ({ from, until }) => (isDuration(from, until) ? null : 'until'),
});
export type AccessGrant = RecordOf<typeof accessGrants>;

function isDuration(from: unknown, until: unknown): boolean {
  const lasts = Date.parse(String(until)) - Date.parse(String(from));
  return lasts > 0 && lasts <= MAX_GRANT_HOURS * HOUR_MS;
}

/** Who may see histories somewhere may see one in an emergency, in a clinic where he works. */
export function mayBreakGlass(actor: Actor, clinicId: string): boolean {
  const viewsHistories = clinicsOf(actor).some((one) => hasFlag(actor, 'view-history', one));
  return (isAdmin(actor) || viewsHistories) && hasAnyFlag(actor, clinicId);
}

/** Only for himself: nobody opens a chart in another's name. */
function mayOpen({ actor, after }: Parameters<WriteRule>[0]): boolean {
  return heldValue(after, 'userId') === actor.userId && mayBreakGlass(actor, String(heldValue(after, 'clinicId')));
}

/** Whoever opened it, or who administers the clinic. What has ended is never opened again. */
function mayEnd({ actor, before, after }: Parameters<WriteRule>[0]): boolean {
  if (heldValue(after, 'endedAt') === null) return false;
  return mayEndGrant(actor, { userId: heldValue(before, 'userId'), clinicId: heldValue(before, 'clinicId') });
}

export function mayEndGrant(actor: Actor, { userId, clinicId }: { userId: unknown; clinicId: unknown }): boolean {
  return userId === actor.userId || hasFlag(actor, 'clinic-admin', typeof clinicId === 'string' ? clinicId : null);
}
