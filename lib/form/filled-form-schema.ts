import { z } from 'zod';
import type { Json } from '../replication/json.ts';
import { MISSING_REASONS } from './field.ts';

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const fieldKey = z.string().regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,40}(~other)?$/);

/** A filled form as a command receives it. What the answers must be is the form's business (`validate`). */
export const filledFormSchema = z.strictObject({
  answers: z.record(fieldKey, json),
  entered: z.record(
    fieldKey,
    z
      .strictObject({
        value: z.number().optional(),
        unit: z.string().max(20).optional(),
        confirmed: z.string().max(300).optional(),
      })
      .nullable(),
  ),
  missing: z.record(fieldKey, z.enum(MISSING_REASONS).nullable()),
});
