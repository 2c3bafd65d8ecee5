import type pg from 'pg';
import { inTransaction, newId, newLifeAfter, readIdentity } from './replica-identity.ts';

/**
 * This database was restored from a backup: it goes on as another replica, with another life of its feeds, so that
 * nobody takes what it has lost for read. A root begins a new life as well, and hears witnesses until `endRecovery`.
 */
export async function markRestored(pool: pg.Pool): Promise<{ readonly root: boolean }> {
  return inTransaction(pool, 'begin', async (client) => {
    const { root, rootEpoch } = await readIdentity(client);
    await client.query(
      `update replica set replica_id = $1, epoch = $2, own_seq = 0, recovering = root,
         root_epoch = case when root then $3::uuid else root_epoch end`,
      [newId(), newId(), newLifeAfter(rootEpoch)],
    );
    await client.query('update upstream set version = version + 1');
    return { root };
  });
}

/** From now on no witness is heard. False when none was. */
export async function endRecovery(pool: pg.Pool): Promise<boolean> {
  const ended = await pool.query('update replica set recovering = false where recovering');
  return ended.rowCount === 1;
}
