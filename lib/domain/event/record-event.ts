import { z } from 'zod';
import { filledFormSchema } from '../../form/filled-form-schema.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { deterministicId, uuidSchema } from '../identity.ts';
import { answerEvent, hasMeasure } from './event-answers.ts';

/** Saves a filled form of a visit: the event, and the vitals that its questions record, in one action. */
export const recordEvent = command({
  name: 'recordEvent',
  input: z.strictObject({
    eventId: uuidSchema,
    patientId: uuidSchema,
    visitId: uuidSchema,
    formId: uuidSchema,
    formVersionId: uuidSchema,
    filled: filledFormSchema,
  }),
  needs: ({ patientId, visitId, formVersionId }) => [
    { collection: 'patients', id: patientId },
    { collection: 'visits', id: visitId },
    { collection: 'formVersions', id: formVersionId },
  ],
  decide: (input, context) => {
    const { eventId, patientId, visitId, formId, formVersionId, filled } = input;
    const visit = context.read({ collection: 'visits', id: visitId });
    if (visit === undefined || visit.values.patientId !== patientId) return refuseCommand('not-found', 'visitId');
    const { clinicId } = context;
    if (clinicId === null) return refuseCommand('not-in-your-clinic', 'clinicId');
    const when = {
      occurredAt: visit.values.occurredAt ?? context.now,
      occurredOn: visit.values.occurredOn ?? context.today,
    };
    const answered = answerEvent(
      { patientId, visitId, formVersionId, occurredOn: String(when.occurredOn) },
      undefined,
      filled,
      context,
    );
    if (!answered.ok) return answered.decision;
    const shared = { patientId, clinicId, visitId, ...when, providerId: context.actor.userId };
    const event = { ...shared, formId, formVersionId, status: 'completed', ...answered.keys };
    const measured = hasMeasure(answered.measures);
    return edits(
      put('events', eventId, event),
      measured ? put('vitals', vitalsOfEvent(eventId), { ...shared, eventId, ...answered.measures }) : null,
    );
  },
});

/** The vitals record that an event's questions fill: one per event, so that correcting the event corrects it. */
export function vitalsOfEvent(eventId: string): string {
  return deterministicId('vitals', eventId);
}
