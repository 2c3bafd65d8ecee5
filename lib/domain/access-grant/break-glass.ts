import { z } from 'zod';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { reasonSchema } from '../reason.ts';
import { MAX_GRANT_HOURS, mayBreakGlass } from './access-grant.ts';

const HOUR_MS = 3_600_000;

/**
 * Opens the chart of a patient of another clinic in an emergency, to the clinic where the author is: from now, for at
 * most a day, with a reason that the audit shows. The patient himself need not be known here.
 */
export const breakGlass = command({
  name: 'breakGlass',
  input: z.strictObject({
    grantId: uuidSchema,
    patientId: uuidSchema,
    reason: reasonSchema,
    hours: z.int().min(1).max(MAX_GRANT_HOURS),
  }),
  needs: () => [],
  decide: ({ grantId, patientId, reason, hours }, { actor, clinicId, now }) => {
    if (clinicId === null) return refuseCommand('not-in-your-clinic', 'clinicId');
    if (!mayBreakGlass(actor, clinicId)) return refuseCommand('forbidden');
    const until = new Date(Date.parse(now) + hours * HOUR_MS).toISOString();
    const { userId } = actor;
    return edits(
      put('accessGrants', grantId, { patientId, clinicId, userId, reason, from: now, until, endedAt: null }),
    );
  },
});
