import { z } from 'zod';
import { command, edits, refuseCommand } from './command.ts';
import { uuidSchema } from './identity.ts';
import { reasonSchema } from './reason.ts';

const recordRef = { collection: z.string().max(40), id: uuidSchema };

/** Deletes a record with a reason ("entered in error"). What hangs on it is hidden through it and comes back with it. */
export const deleteRecord = command({
  name: 'deleteRecord',
  input: z.strictObject({ ...recordRef, reason: reasonSchema }),
  needs: ({ collection, id }) => [{ collection, id }],
  decide: ({ collection, id, reason }, { read }) => {
    if (read({ collection, id }) === undefined) return refuseCommand('not-found', 'id');
    return edits({ collection, id, kind: 'delete', fields: {}, reason });
  },
});

/** Takes a deletion back. */
export const restoreRecord = command({
  name: 'restoreRecord',
  input: z.strictObject({ ...recordRef, reason: reasonSchema }),
  needs: ({ collection, id }) => [{ collection, id }],
  decide: ({ collection, id, reason }, { read }) => {
    if (read({ collection, id }) === undefined) return refuseCommand('not-found', 'id');
    return edits({ collection, id, kind: 'restore', fields: {}, reason });
  },
});
