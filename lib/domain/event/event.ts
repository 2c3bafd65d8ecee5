import { hasFlag } from '../../access/actor.ts';
import { type Attempt, clinicsTouched, heldValue, oneOf, rights } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, date, id, instant, keyed, keyedRows } from '../field-types.ts';

/** One filled form of a visit. Each answer merges by itself. */
export const events = collection({
  name: 'events',
  scope: 'record',
  place: 'chart',
  reason: 'once-completed',
  parents: { patientId: 'patients', visitId: 'visits' },
  mayWrite: rights({ create: oneOf('edit-records'), change: mayEditEvent, remove: oneOf('delete-records') }),
  fields: {
    patientId: id(),
    clinicId: id(),
    visitId: id(),
    formId: id(),
    formVersionId: id(),
    occurredAt: instant(),
    occurredOn: date(),
    providerId: id(),
    status: code(['in-progress', 'completed']),
    answers: keyedRows(),
    /** What was typed when it was in another unit: `{ value, unit }`. */
    entered: keyed(),
    /** Why a question has no answer: a code of data.md §4. */
    missing: keyed(),
  },
});
export type Event = RecordOf<typeof events>;

function mayEditEvent(attempt: Attempt): boolean {
  const own = heldValue(attempt.before, 'providerId') === attempt.actor.userId;
  return clinicsTouched(attempt).every(
    (clinicId) =>
      hasFlag(attempt.actor, 'edit-records', clinicId) &&
      (own || hasFlag(attempt.actor, 'edit-other-provider-events', clinicId)),
  );
}
