import type pg from 'pg';
import { readSealedHeads } from '../../db/postgres/seals/read-sealed-heads.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';

/**
 * The reply with where the logs of the device's clinics and of the organisation are sealed. Only a reply that brings
 * something carries them: one with nothing new is what a phone is told all day, and stays small.
 */
export async function withSealedHeads<R>(
  pool: pg.Pool,
  clinicIds: readonly string[],
  reply: ExchangeReply<R>,
): Promise<ExchangeReply<R>> {
  if (reply.outcomes.length === 0 && reply.pages.length === 0) return reply;
  const seals = await readSealedHeads(pool, ['org', ...clinicIds.map((clinicId) => `${clinicId}:trail`)]);
  return Object.keys(seals).length === 0 ? reply : { ...reply, seals };
}
