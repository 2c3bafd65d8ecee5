import { z } from 'zod';
import { calendarDayIn } from '../calendar-date.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { instantSchema, textSchema } from '../field-types.ts';
import { uuidSchema } from '../identity.ts';
import { TRIAGE_LEVELS, VISIT_KINDS } from './visit.ts';

/** Opens a visit of a patient in the clinic where the author is. `occurredAt` may be in the past, never in the future. */
export const startVisit = command({
  name: 'startVisit',
  input: z.strictObject({
    visitId: uuidSchema,
    patientId: uuidSchema,
    kind: z.enum(VISIT_KINDS),
    reason: textSchema(300).nullable(),
    departmentId: uuidSchema.nullable(),
    triage: z.enum(TRIAGE_LEVELS).nullable(),
    /** Null = now. */
    occurredAt: instantSchema.nullable(),
  }),
  needs: ({ patientId }) => [{ collection: 'patients', id: patientId }],
  decide: (input, context) => {
    const { clinicId, now } = context;
    if (clinicId === null) return refuseCommand('not-in-your-clinic', 'clinicId');
    if (context.read({ collection: 'patients', id: input.patientId }) === undefined)
      return refuseCommand('not-found', 'patientId');
    const occurredAt = input.occurredAt ?? now;
    if (occurredAt > now) return refuseCommand('invalid', 'occurredAt');
    const { visitId, patientId, kind, reason, departmentId, triage } = input;
    const occurredOn = input.occurredAt === null ? context.today : calendarDayIn(occurredAt, context.timeZone);
    const when = { occurredAt, occurredOn };
    const closing = { status: 'open', closedAt: null };
    const provider = { providerId: context.actor.userId };
    return edits(
      put('visits', visitId, {
        patientId,
        clinicId,
        ...when,
        kind,
        reason,
        departmentId,
        triage,
        ...provider,
        closing,
      }),
    );
  },
});
