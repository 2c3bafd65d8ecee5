import { z } from 'zod';
import { outcomeSchema } from './outcome.ts';
import { pageSchema } from './page.ts';

const watermark = z.object({ seq: z.int().nonnegative(), chain: z.string() });

export const digestSchema = z.object({ count: z.int().nonnegative(), digest: z.string() });
/** What a scope holds: how many records, and the XOR of their hashes as a signed 64-bit decimal. */
export type ScopeDigest = Readonly<z.infer<typeof digestSchema>>;

export const exchangeReplySchema = z.object({
  replicaId: z.string(),
  epoch: z.string(),
  rootEpoch: z.string(),
  /** The upstream's trusted time, milliseconds. */
  clock: z.int().nonnegative(),
  outcomes: z.array(outcomeSchema),
  /** What is stored here, and what at the root, of each origin that was named. */
  origins: z.record(z.string(), z.object({ received: watermark, confirmed: watermark })),
  /** The scopes this device may hold, whole; one that is missing is to be let go. `grants` is their version. */
  grants: z.int().nonnegative(),
  scopes: z.array(z.string()),
  pages: z.array(pageSchema),
  cursors: z.record(z.string(), z.int().nonnegative()),
  /** Scopes with more to read: ask again at once. */
  more: z.boolean(),
  /** At the cursors of this reply, for scopes that were read to their end. */
  digests: z.record(z.string(), digestSchema),
});
export type ExchangeReply = Readonly<z.infer<typeof exchangeReplySchema>>;
