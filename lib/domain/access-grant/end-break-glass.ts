import { z } from 'zod';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { mayEndGrant } from './access-grant.ts';

/**
 * Ends an emergency opening: the chart leaves the clinic. One that has ended stays as it ended. One whose time has
 * passed ends at that time, whoever says so: two who end it at once then say the same.
 */
export const endBreakGlass = command({
  name: 'endBreakGlass',
  input: z.strictObject({ grantId: uuidSchema }),
  needs: ({ grantId }) => [{ collection: 'accessGrants', id: grantId }],
  decide: ({ grantId }, { actor, read, now }) => {
    const grant = read({ collection: 'accessGrants', id: grantId });
    if (grant === undefined) return refuseCommand('not-found', 'grantId');
    const { userId, clinicId, until, endedAt } = grant.values;
    if (!mayEndGrant(actor, { userId, clinicId })) return refuseCommand('forbidden');
    if ((endedAt ?? null) !== null) return edits();
    const end = typeof until === 'string' && until < now ? until : now;
    return edits(put('accessGrants', grantId, { endedAt: end }));
  },
});
