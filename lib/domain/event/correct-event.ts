import { z } from 'zod';
import { filledFormSchema } from '../../form/filled-form-schema.ts';
import type { Edit } from '../../replication/author-action.ts';
import type { Json } from '../../replication/json.ts';
import type { StoredRecord } from '../../replication/record.ts';
import { type CommandContext, command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { reasonSchema } from '../reason.ts';
import { seenSchema } from '../seen.ts';
import { answerEvent, hasMeasure } from './event-answers.ts';
import { vitalsOfEvent } from './record-event.ts';

/**
 * Corrects a saved event with a reason; the vitals that it recorded follow. Earlier values stay in the history. Given
 * what the form held when it `opened`, what others corrected meanwhile stands.
 */
export const correctEvent = command({
  name: 'correctEvent',
  input: z.strictObject({
    eventId: uuidSchema,
    patientId: uuidSchema,
    visitId: uuidSchema,
    formVersionId: uuidSchema,
    filled: filledFormSchema,
    reason: reasonSchema,
    seen: seenSchema,
    opened: filledFormSchema.optional(),
  }),
  needs: ({ eventId, patientId, visitId, formVersionId }) => [
    { collection: 'events', id: eventId },
    { collection: 'vitals', id: vitalsOfEvent(eventId) },
    { collection: 'patients', id: patientId },
    { collection: 'visits', id: visitId },
    { collection: 'formVersions', id: formVersionId },
  ],
  decide: ({ eventId, patientId, visitId, formVersionId, filled, reason, seen, opened }, context) => {
    const event = context.read({ collection: 'events', id: eventId });
    if (event === undefined) return refuseCommand('not-found', 'eventId');
    const about = { patientId, visitId, formVersionId, occurredOn: String(event.values.occurredOn ?? context.today) };
    const answered = answerEvent(about, event, filled, context, opened);
    if (!answered.ok) return answered.decision;
    const moved = event.values.formVersionId === formVersionId ? {} : { formVersionId };
    const edit = {
      ...put('events', eventId, { ...moved, ...answered.keys }, reason),
      ...(seen === undefined ? {} : { seen }),
    };
    return edits(edit, correctVitals(event, answered.measures, reason, context));
  },
});

function correctVitals(
  event: StoredRecord,
  measures: Record<string, Json>,
  reason: string,
  context: CommandContext,
): Edit | null {
  const id = vitalsOfEvent(event.id);
  const held = context.read({ collection: 'vitals', id });
  if (held !== undefined) return put('vitals', id, { ...staleCompanions(held, measures), ...measures }, reason);
  if (!hasMeasure(measures)) return null;
  const { patientId, clinicId, visitId, occurredAt, occurredOn, providerId } = event.values;
  const shared = { patientId, clinicId, visitId, occurredAt, occurredOn, providerId } as Record<string, Json>;
  return put('vitals', id, { ...shared, eventId: event.id, ...measures });
}

/** What was typed in another unit, or confirmed, for a value that is no longer the one shown. */
function staleCompanions(held: StoredRecord, measures: Record<string, Json>): Record<string, Json> {
  const companions = Object.keys(held.values).filter(
    (key) => key.startsWith('entered.') || key.startsWith('confirmed.'),
  );
  return Object.fromEntries(companions.filter((key) => !(key in measures)).map((key) => [key, null]));
}
