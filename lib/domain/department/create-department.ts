import { z } from 'zod';
import { command, edits, put } from '../command.ts';
import { labelsSchema } from '../field-types.ts';
import { uuidSchema } from '../identity.ts';

export const createDepartment = command({
  name: 'createDepartment',
  input: z.strictObject({
    departmentId: uuidSchema,
    clinicId: uuidSchema,
    name: labelsSchema,
    order: z.int().min(0).max(10_000),
    canDispense: z.boolean(),
    canTest: z.boolean(),
    canImage: z.boolean(),
  }),
  needs: () => [],
  decide: ({ departmentId, ...fields }) => edits(put('departments', departmentId, fields)),
});
