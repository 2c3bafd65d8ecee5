import type pg from 'pg';
import { asOnlySweeper, readExpiredGrants } from '../../db/postgres/expired-grants.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { isInForce } from '../../lib/domain/access-grant/grant-in-force.ts';
import { put } from '../../lib/domain/command.ts';
import { everyMinute } from './every-minute.ts';
import { editAsServer } from './server-author.ts';

/**
 * Ends every emergency opening whose time has passed, as the server's own actions: the charts leave the clinics by the
 * feed. One process at a time; a relay leaves it to its server. Resolves with how many it ended.
 */
export async function endExpiredGrants(pool: pg.Pool, nowMs: number): Promise<number> {
  const identity = await readIdentity(pool);
  if (!identity.root) return 0;
  const ended = await asOnlySweeper(pool, async () => {
    const expired = await readExpiredGrants(pool, new Date(nowMs).toISOString());
    let count = 0;
    for (const id of expired) if (await endGrant(pool, identity.replicaId, id, nowMs)) count += 1;
    return count;
  });
  return ended ?? 0;
}

function endGrant(pool: pg.Pool, replicaId: string, id: string, nowMs: number): Promise<boolean> {
  const ref = { collection: 'accessGrants', id };
  const now = new Date(nowMs).toISOString();
  return editAsServer(pool, replicaId, ref, 'the end of an emergency opening', ({ read }) => {
    const grant = read(ref);
    if (grant === undefined || !isInForce(grant)) return null;
    // When its time was over, so that whoever ends it late as well says the same.
    const until = String(grant.values.until);
    const passed = until < now;
    return [put('accessGrants', id, { endedAt: passed ? until : now })];
  });
}

/** Does so once a minute until it is stopped. */
export function watchExpiredGrants(pool: pg.Pool): { stop(): Promise<void> } {
  return everyMinute('endExpiredGrants', () => endExpiredGrants(pool, Date.now()));
}
