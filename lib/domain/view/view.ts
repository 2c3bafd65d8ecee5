import { heldValue, rights, type WriteRule } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { id, instant, openCode, optional } from '../field-types.ts';
import { deterministicId } from '../identity.ts';

/**
 * Who looked at whose chart. Counted once per user, patient, clinic, hour and grant: those make its id, so the same
 * look noted by two phones is one. That is why it merges by fields: a ledger would refuse the second phone. No phone
 * holds it; it waits in the outbox and goes.
 */
export const views = collection({
  name: 'views',
  scope: 'trail',
  place: 'none',
  mayWrite: rights({ create: forHimself, change: forHimself, remove: ({ kind }) => kind === 'erase' }),
  idOf: viewId,
  fields: {
    patientId: id(),
    /** Where he looked; null for an administrator's look at a patient of no clinic, which stands in the log only. */
    clinicId: optional(id()),
    userId: id(),
    /** What he looked at: `chart` on a phone, `portal`. */
    screen: openCode(),
    at: instant(),
    /** The emergency opening that showed it to him. */
    grantId: optional(id()),
  },
});
export type View = RecordOf<typeof views>;

function forHimself({ actor, after }: Parameters<WriteRule>[0]): boolean {
  return heldValue(after, 'userId') === actor.userId;
}

/** The id of a look; null while it does not say whose, at whom and when. */
export function viewId(values: Readonly<Record<string, unknown>>): string | null {
  const { userId, patientId, clinicId, at } = values;
  const parts = [userId, patientId, clinicId ?? '-', at].filter((part) => typeof part === 'string');
  const [user, patient, clinic, instantOf] = parts;
  if (user === undefined || patient === undefined || clinic === undefined || instantOf === undefined) return null;
  const grant = typeof values.grantId === 'string' ? values.grantId : '-';
  return deterministicId('views', user, patient, clinic, instantOf.slice(0, HOUR), grant);
}

/** `2026-11-21T10` of an instant. */
const HOUR = 13;
