import { z } from 'zod';
import type { Json } from '../replication/json.ts';
import { command, edits } from './command.ts';
import { uuidSchema } from './identity.ts';
import { optionalReasonSchema } from './reason.ts';
import { seenSchema } from './seen.ts';

const changeSchema = z.strictObject({
  collection: z.string().max(40),
  recordId: uuidSchema,
  kind: z.enum(['put', 'delete', 'restore']),
  fields: z.record(z.string(), z.json() as unknown as z.ZodType<Json>),
  reason: optionalReasonSchema,
  /** What its author saw at the time: what others wrote meanwhile becomes a conflict, it is not written over. */
  seen: seenSchema,
});

/** What a refused action said, as new changes of whoever sends them: of use once the reason of the refusal is gone. */
export const sendAgain = command({
  name: 'sendAgain',
  input: z.strictObject({ changes: z.array(changeSchema).min(1) }),
  needs: ({ changes }) => changes.map(({ collection, recordId }) => ({ collection, id: recordId })),
  decide: ({ changes }) =>
    edits(
      ...changes.map(({ collection, recordId, kind, fields, reason, seen }) => ({
        ...{ collection, id: recordId, kind, fields, reason },
        ...(seen === undefined ? {} : { seen }),
      })),
    ),
});
