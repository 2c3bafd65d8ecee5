import type { ExchangeReply, SealedHead } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { DeviceDatabase, SealsRow } from './device-database.ts';

/** A head as `npm run db:verify -- --heads` reads it. `head`: hex. */
export interface RememberedHead extends SealedHead {
  readonly scope: ScopeId;
}

/**
 * What is remembered after this reply; null when it adds nothing. Of each scope the head that reaches furthest: by a
 * shortened log an upstream could otherwise have itself forgotten. Only replies write the row, one at a time.
 */
export async function sealsAfter(
  database: DeviceDatabase,
  { epoch, seals }: Pick<ExchangeReply, 'epoch' | 'seals'>,
): Promise<SealsRow | null> {
  const heads = await readHeads(database);
  const known = heads[epoch] ?? {};
  const further = Object.entries(seals ?? {}).filter(([scope, { pos }]) => pos > (known[scope]?.pos ?? 0));
  if (further.length === 0) return null;
  return { key: 'seals', heads: { ...heads, [epoch]: { ...known, ...Object.fromEntries(further) } } };
}

/** What this phone remembers of the logs of one life of a feed. */
export async function rememberedHeads(database: DeviceDatabase, epoch: string): Promise<RememberedHead[]> {
  const held = (await readHeads(database))[epoch] ?? {};
  return Object.entries(held).map(([scope, { pos, head }]) => ({ scope, pos, head }));
}

async function readHeads(database: DeviceDatabase): Promise<SealsRow['heads']> {
  const row = await database.meta.get('seals');
  return row?.key === 'seals' ? row.heads : {};
}
