import { z } from 'zod';
import { ROLES } from '../../access/actor.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { grantEdit, grantSchema } from '../permission/permission.ts';
import { credentials, users } from './user.ts';

/** A sign-in name as it is stored and compared: NFKC, lower case, no outer blanks. */
export function foldUsername(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}

/** A user, his sign-in and his permissions, in one action. The password arrives hashed: a command never sees it. */
export const createUser = command({
  name: 'createUser',
  input: z.strictObject({
    userId: uuidSchema,
    name: users.fields.name.schema,
    role: z.enum(ROLES),
    language: users.fields.language.schema,
    clinicId: uuidSchema.nullable(),
    username: credentials.fields.username.schema,
    passwordHash: credentials.fields.passwordHash.schema,
    mustChange: z.boolean(),
    grants: z.array(grantSchema),
  }),
  needs: () => [],
  decide: (input, { now }) => {
    const { userId, name, role, language, clinicId, passwordHash, mustChange, grants } = input;
    const username = foldUsername(input.username);
    if (username === '') return refuseCommand('invalid', 'username');
    // An administrator needs no flags: they bring his hash to no hub.
    const given = role === 'admin' || role === 'super_admin' ? [] : grants.filter(({ flags }) => flags.length > 0);
    const belongs = [clinicId, ...given.map((grant) => grant.clinicId)].filter((one) => one !== null);
    const clinicIds = [...new Set(belongs)].sort();
    return edits(
      put('users', userId, { name, role, language, clinicId }),
      put('credentials', userId, { username, passwordHash, mustChange, passwordChangedAt: now, clinicIds }),
      ...grants.map((grant) => grantEdit(userId, grant)),
    );
  },
});
