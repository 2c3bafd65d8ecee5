import { z } from 'zod';
import type { Json } from '../json.ts';
import { outcomeSchema } from './outcome.ts';
import { type Page, pageSchema } from './page.ts';

const watermark = z.object({ seq: z.int().nonnegative(), chain: z.string() });

export const digestSchema = z.object({ count: z.int().nonnegative(), digest: z.string() });
/** What a scope holds: how many records, and the XOR of their hashes as a signed 64-bit decimal. */
export type ScopeDigest = Readonly<z.infer<typeof digestSchema>>;

const originStandingSchema = z.object({
  received: watermark,
  /** Absent where it is the same as what was received: at a root. */
  confirmed: watermark.optional(),
  /** How far a backup of the root holds them. */
  backedUp: z.int().nonnegative().optional(),
});
/** How far the changes of one origin are stored at the upstream, at the root and in its backup. */
export type OriginStanding = Readonly<z.infer<typeof originStandingSchema>>;

const sealedHeadSchema = z.object({ pos: z.int().nonnegative(), head: z.string() });
export type SealedHead = Readonly<z.infer<typeof sealedHeadSchema>>;

export const exchangeReplySchema = z.object({
  replicaId: z.string(),
  epoch: z.string(),
  rootEpoch: z.string(),
  /** The upstream's trusted time, milliseconds. */
  clock: z.int().nonnegative(),
  outcomes: z.array(outcomeSchema),
  /** What is stored here, and what at the root, of each origin that was named. */
  origins: z.record(z.string(), originStandingSchema),
  /**
   * Version of the rights that the scopes follow from; a device obeys the greatest it has seen. The scopes are those of
   * `cursors`, and those in `elsewhere`: one that is in neither is to be let go.
   */
  grants: z.int().nonnegative(),
  /** Scopes that this device may hold and that this upstream does not carry. */
  elsewhere: z.array(z.string()).optional(),
  /** Clinics whose work was handed in and is none of this upstream's: it is for another one, and has no outcome here. */
  notHere: z.array(z.string()).optional(),
  pages: z.array(pageSchema),
  cursors: z.record(z.string(), z.int().nonnegative()),
  /** Scopes with more to read: ask again at once. */
  more: z.boolean(),
  /** At the cursors of this reply, for scopes that were read to their end. */
  digests: z.record(z.string(), digestSchema),
  /** The root was restored from a backup and asks for the rows that it has lost. */
  recovering: z.boolean().optional(),
  /** Where the sealed logs of this device's clinics stand, to be remembered: a shortened log is noticed by them. */
  seals: z.record(z.string(), sealedHeadSchema).optional(),
});
export type ExchangeReply<R = Json[]> = Readonly<
  Omit<z.infer<typeof exchangeReplySchema>, 'pages'> & { pages: Page<R>[] }
>;

/** Every scope that the device may hold, carried by this upstream or not. */
export function scopesOfReply(reply: Pick<ExchangeReply, 'cursors' | 'elsewhere'>): string[] {
  return [...Object.keys(reply.cursors), ...(reply.elsewhere ?? [])];
}
