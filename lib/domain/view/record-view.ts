import { z } from 'zod';
import { isAdmin } from '../../access/actor.ts';
import { isDeleted } from '../../replication/record.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { viewId } from './view.ts';

/** Notes that the author looks at a patient's chart; under an emergency opening, under which. Once an hour. */
export const recordView = command({
  name: 'recordView',
  input: z.strictObject({
    patientId: uuidSchema,
    screen: z.enum(['chart', 'portal']),
    grantId: uuidSchema.nullable(),
  }),
  needs: ({ patientId }) => [{ collection: 'patients', id: patientId }],
  decide: ({ patientId, screen, grantId }, { actor, clinicId, now, read }) => {
    if (clinicId === null && !isAdmin(actor)) return refuseCommand('not-in-your-clinic', 'clinicId');
    const patient = read({ collection: 'patients', id: patientId });
    if (patient === undefined || isDeleted(patient)) return refuseCommand('not-found', 'patientId');
    const view = { patientId, clinicId, userId: actor.userId, screen, at: now, grantId };
    const id = viewId(view);
    if (id === null) return refuseCommand('invalid');
    return read({ collection: 'views', id }) === undefined ? edits(put('views', id, view)) : edits();
  },
});
