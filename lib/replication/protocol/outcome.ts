import { z } from 'zod';

export const REFUSAL_CODES = [
  'unknown-collection',
  'unknown-field',
  'invalid',
  'forbidden',
  'not-in-your-clinic',
  'immutable',
  'ledger-only',
  'schema-too-old',
  'too-large',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why a change was refused: which change, which key of it, and a code with a label and a remedy. Never a value. */
export const changeRefusalSchema = z.strictObject({
  changeId: z.string(),
  key: z.string().nullable(),
  code: z.enum(REFUSAL_CODES),
});
export type ChangeRefusal = Readonly<z.infer<typeof changeRefusalSchema>>;

export const RESULTS = ['applied', 'refused', 'held'] as const;

/**
 * What became of an action. It names the changes it settles; nothing else is settled. `duplicate`: it was decided
 * before, and this repeats that decision. `confirmed`: the root has it, so the phone may let go of its copy.
 */
export const outcomeSchema = z.strictObject({
  actionId: z.string(),
  changeIds: z.array(z.string()),
  result: z.enum(RESULTS),
  duplicate: z.boolean(),
  confirmed: z.boolean(),
  refusal: changeRefusalSchema.nullable(),
});
export type Outcome = Readonly<z.infer<typeof outcomeSchema>>;
