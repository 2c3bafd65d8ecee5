import { z } from 'zod';
import { tableSchema } from './page.ts';

/** Stages are an order of delivery, never a filter that later stages rely on. */
export const STAGES = ['org', 'patients', 'recent', 'charts'] as const;
export type Stage = (typeof STAGES)[number];

/** `POST /api/sync/snapshot`: the next page of a first sync; `token` null starts one for `scopes`. */
export const snapshotRequestSchema = z.strictObject({
  protocol: z.int(),
  replicaId: z.uuid(),
  scopes: z.array(z.string().max(64)).max(500).nullable(),
  token: z.string().max(8192).nullable(),
  maxBytes: z
    .int()
    .min(1024)
    .max(1024 * 1024),
});
export type SnapshotRequest = Readonly<z.infer<typeof snapshotRequestSchema>>;

export const snapshotPageSchema = z.object({
  epoch: z.string(),
  rootEpoch: z.string(),
  stage: z.enum(STAGES),
  /** Null on the last page: then exchange from `cursors`. */
  token: z.string().nullable(),
  scopes: z.array(z.string()),
  /** The cursor vector remembered when the snapshot started. */
  cursors: z.record(z.string(), z.int().nonnegative()),
  totals: z.object({ patients: z.int(), records: z.int() }),
  /** Delivered with this page. */
  delivered: z.object({ patients: z.int(), records: z.int() }),
  tables: z.array(tableSchema),
});
export type SnapshotPage = Readonly<z.infer<typeof snapshotPageSchema>>;
