import { z } from 'zod';
import { changeRefusalSchema, RESULTS } from './outcome.ts';

/**
 * What the first feed replica that received an action decided. It travels with the action: nobody further up judges
 * the same work by other rights than those that held where it was done.
 */
export const judgedSchema = z.strictObject({
  actionId: z.string().max(64),
  result: z.enum(RESULTS),
  refusal: changeRefusalSchema.nullable(),
});
export type Judged = Readonly<z.infer<typeof judgedSchema>>;
