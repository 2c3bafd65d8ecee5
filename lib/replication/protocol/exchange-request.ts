import { z } from 'zod';
import { actionSchema } from '../change.ts';
import { judgedSchema } from './judged.ts';

/** Changes in one exchange. */
export const MAX_EXCHANGE_CHANGES = 200;
/** Largest exchange body. 256 KB passes in under 30 s at 80 kbit/s, the slowest link measured. */
export const MAX_EXCHANGE_BYTES = 256 * 1024;
export const MIN_REPLY_BYTES = 32 * 1024;
export const MAX_REPLY_BYTES = 1024 * 1024;

const watermark = z.strictObject({ seq: z.int().nonnegative(), chain: z.string().max(64) });

const deviceReportSchema = z.strictObject({
  appVersion: z.string().max(40),
  unsent: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  storageBytes: z.int().nonnegative(),
  clockOffsetMs: z.int(),
});

/** `POST /api/sync`: what this replica wants to give, and how far it has read. */
export const exchangeRequestSchema = z.strictObject({
  protocol: z.int(),
  schema: z.int().positive(),
  replicaId: z.uuid(),
  /** The sender's corrected time, milliseconds. */
  clock: z.int().nonnegative(),
  /** How many changes of each origin the sender has made or relays, with the rolling hash of their ids. */
  origins: z.record(z.uuid(), watermark),
  actions: z.array(actionSchema).max(MAX_EXCHANGE_CHANGES),
  /** What a relay decided of the actions that it hands on. From anything else than a hub it says nothing. */
  judged: z.array(judgedSchema).max(MAX_EXCHANGE_CHANGES).optional(),
  /** The greatest life of a root that a relay has seen. */
  rootEpoch: z.uuid().optional(),
  /** How the device fares, for its administrator; when something changed. */
  report: deviceReportSchema.optional(),
  /** The feed life that `cursors` belong to; null before the first reply. */
  epoch: z.string().max(64).nullable(),
  cursors: z.record(z.string().max(64), z.int().nonnegative()),
  maxBytes: z.int().min(1024).max(MAX_REPLY_BYTES),
});
export type ExchangeRequest = Readonly<z.infer<typeof exchangeRequestSchema>>;
