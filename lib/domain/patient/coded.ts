import { z } from 'zod';

/** A code of a published system with the label shown when it was chosen. Free text has no code: never an invented one. */
export const codedSchema = z.strictObject({
  system: z.string().max(200),
  code: z.string().max(60),
  label: z.string().max(300),
});
export type Coded = z.infer<typeof codedSchema>;
