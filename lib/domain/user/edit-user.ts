import { z } from 'zod';
import { ROLES } from '../../access/actor.ts';
import { command, edits, given, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { credentials, maySetPassword, users } from './user.ts';

export const editUser = command({
  name: 'editUser',
  input: z.strictObject({
    userId: uuidSchema,
    name: users.fields.name.schema.optional(),
    role: z.enum(ROLES).optional(),
    language: users.fields.language.schema.optional(),
    clinicId: uuidSchema.nullable().optional(),
    /** True ends the user's sessions; what he did before is still accepted from his phones. */
    deactivated: z.boolean().optional(),
  }),
  needs: ({ userId }) => [{ collection: 'users', id: userId }],
  decide: ({ userId, deactivated, ...fields }, { read, now }) => {
    if (read({ collection: 'users', id: userId }) === undefined) return refuseCommand('not-found', 'userId');
    const deactivatedAt = deactivated === undefined ? undefined : deactivated ? now : null;
    return edits(put('users', userId, given({ ...fields, deactivatedAt })));
  },
});

/** A new password, hashed by the caller. */
export const setPassword = command({
  name: 'setPassword',
  input: z.strictObject({
    userId: uuidSchema,
    passwordHash: credentials.fields.passwordHash.schema,
    mustChange: z.boolean(),
  }),
  needs: ({ userId }) => [
    { collection: 'credentials', id: userId },
    { collection: 'users', id: userId },
  ],
  decide: ({ userId, passwordHash, mustChange }, { actor, read, now }) => {
    const user = read({ collection: 'users', id: userId });
    if (user === undefined || read({ collection: 'credentials', id: userId }) === undefined)
      return refuseCommand('not-found', 'userId');
    if (!maySetPassword(actor, user)) return refuseCommand('forbidden', 'userId');
    return edits(put('credentials', userId, { passwordHash, mustChange, passwordChangedAt: now, legacyHash: null }));
  },
});
