import { z } from 'zod';
import { textSchema } from './field-types.ts';

/** Why a saved value is changed or a record deleted: shown to everyone in the history. */
export const reasonSchema: z.ZodType<string> = textSchema(300);
export const optionalReasonSchema = z.union([reasonSchema, z.null()]);
