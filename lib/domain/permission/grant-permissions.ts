import { z } from 'zod';
import { command, edits, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { grantEdit, grantSchema } from './permission.ts';

/** Sets what a user may do in one clinic, flag by flag. */
export const grantPermissions = command({
  name: 'grantPermissions',
  input: z.strictObject({ userId: uuidSchema, ...grantSchema.shape }),
  needs: ({ userId }) => [{ collection: 'users', id: userId }],
  decide: ({ userId, ...grant }, { read }) => {
    if (read({ collection: 'users', id: userId }) === undefined) return refuseCommand('not-found', 'userId');
    return edits(grantEdit(userId, grant));
  },
});
