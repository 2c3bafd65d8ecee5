import { z } from 'zod';
import { FLAGS, ROLES } from '../../access/actor.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { deterministicId, uuidSchema } from '../identity.ts';
import { credentials, users } from './user.ts';

/** A sign-in name as it is stored and compared: NFKC, lower case, no outer blanks. */
export function foldUsername(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}

/** Flags per clinic as `permissions` keeps them. */
export const grantSchema = z.strictObject({ clinicId: uuidSchema, flags: z.array(z.enum(FLAGS)) });

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
    return edits(
      put('users', userId, { name, role, language, clinicId }),
      put('credentials', userId, { username, passwordHash, mustChange, passwordChangedAt: now }),
      ...grants.map((grant) => grantEdit(userId, grant)),
    );
  },
});

/** Every flag of the grant is written, given or not, so that what was taken away is taken away. */
export function grantEdit(userId: string, grant: z.infer<typeof grantSchema>) {
  const flags = Object.fromEntries(FLAGS.map((flag) => [`flags.${flag}`, grant.flags.includes(flag)]));
  const id = deterministicId('permissions', userId, grant.clinicId);
  return put('permissions', id, { userId, clinicId: grant.clinicId, ...flags });
}
