import { z } from 'zod';
import type { Declaration } from '../replication/declaration.ts';
import type { StoredRecord } from '../replication/record.ts';
import { textSchema } from './field-types.ts';

/** Why a saved value is changed or a record deleted: shown to everyone in the history. */
export const reasonSchema: z.ZodType<string> = textSchema(300);
export const optionalReasonSchema = z.union([reasonSchema, z.null()]);

/** Is a change to what this record says a correction, which carries a reason? */
export function correctsAFact({ reason }: Declaration, { values }: Pick<StoredRecord, 'values'>): boolean {
  return reason === 'yes' || (reason === 'once-completed' && values.status === 'completed');
}
