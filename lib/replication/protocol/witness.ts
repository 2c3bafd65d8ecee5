import { z } from 'zod';
import { tableSchema } from './page.ts';

export const MAX_WITNESS_HASHES = 2000;
/** Rows in one request: about 256 KB of ordinary charts. */
export const MAX_WITNESS_ROWS = 200;

/**
 * `POST /api/sync/witness`: to a root that was restored from a backup. First the hashes of the rows held, then the rows
 * that it asked for.
 */
export const witnessRequestSchema = z.strictObject({
  protocol: z.int(),
  replicaId: z.uuid(),
  /** Collection, id and hash of rows. */
  hashes: z.array(z.tuple([z.string().max(40), z.uuid(), z.string().max(24)])).max(MAX_WITNESS_HASHES),
  tables: z.array(tableSchema).max(100),
});
export type WitnessRequest = Readonly<z.infer<typeof witnessRequestSchema>>;

export const witnessReplySchema = z.object({
  /** False: the root is not, or no longer, in recovery, and takes nothing. */
  recovering: z.boolean(),
  /** Collection and id of rows that it lacks, or has in another state. */
  wanted: z.array(z.tuple([z.string(), z.string()])),
  /** Patients that the root knows and that are none of the asker's clinics' any more. */
  gone: z.array(z.string()),
});
export type WitnessReply = Readonly<z.infer<typeof witnessReplySchema>>;
