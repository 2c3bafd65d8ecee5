import { z } from 'zod';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';

/** Closes a visit. A visit that is closed already stays as it was closed. */
export const closeVisit = command({
  name: 'closeVisit',
  input: z.strictObject({ visitId: uuidSchema }),
  needs: ({ visitId }) => [{ collection: 'visits', id: visitId }],
  decide: ({ visitId }, { read, now }) => {
    const visit = read({ collection: 'visits', id: visitId });
    if (visit === undefined) return refuseCommand('not-found', 'visitId');
    const closing = visit.values.closing as { status?: string } | undefined;
    if (closing?.status === 'closed') return edits();
    return edits(put('visits', visitId, { closing: { status: 'closed', closedAt: now } }));
  },
});
