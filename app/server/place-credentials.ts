import type pg from 'pg';
import { readMisplacedCredentials } from '../../db/postgres/misplaced-credentials.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { hearMoved } from '../../db/postgres/scope-hints.ts';
import { put } from '../../lib/domain/command.ts';
import { everyMinute } from './every-minute.ts';
import { editAsServer } from './server-author.ts';

/**
 * Gives credentials to the hubs of the clinics where their users belong, and takes them from the others': it follows
 * from rights and homes, whoever wrote those, so nobody who writes them has to think of it. The root alone does so: a
 * relay does not know every right. Resolves with how many it moved.
 */
export async function placeCredentials(pool: pg.Pool): Promise<number> {
  const identity = await readIdentity(pool);
  if (!identity.root) return 0;
  const misplaced = await readMisplacedCredentials(pool);
  for (const { id, clinicIds } of misplaced) {
    const ref = { collection: 'credentials', id };
    const edits = [put('credentials', id, { clinicIds })];
    await editAsServer(pool, identity.replicaId, ref, 'a move of credentials', () => edits);
  }
  return misplaced.length;
}

/** Does so whenever something of the organisation moved, and once a minute, for a hint may be lost. */
export function watchCredentials(pool: pg.Pool): { stop(): Promise<void> } {
  const sweep = everyMinute('placeCredentials', () => placeCredentials(pool));
  const silence = hearMoved(pool, {
    moved: (hints) => {
      if (hints.some(({ scope }) => scope === 'org')) sweep.now();
    },
    lookAgain: sweep.now,
  });
  return {
    stop: async () => {
      silence();
      await sweep.stop();
    },
  };
}
