import type pg from 'pg';
import type { Sender } from '../../lib/domain/world.ts';
import type { FeedReplica } from '../../lib/replication/answer-exchange.ts';
import { pushQueueOf } from './push-queue.ts';
import { readSnapshotOf } from './read-feed.ts';
import { readStanding } from './read-standing.ts';
import { outliveRoot, readIdentity } from './replica-identity.ts';
import { carriedScopes } from './upstream.ts';

/**
 * The feed replica on PostgreSQL, as one sender meets it; rows come as the JSON text that PostgreSQL made.
 * `receivedFrom`: the device the changes come from. `known`: what the sender's session read of the replica: whether it
 * has no upstream, and the life of its feed.
 */
export function postgresFeedReplica(
  pool: pg.Pool,
  sender: Sender,
  receivedFrom: string | null = null,
  known: { readonly root: boolean; readonly epoch: string | null } = { root: true, epoch: null },
): FeedReplica<string> {
  return {
    life: async () => known.epoch ?? (await readIdentity(pool)).epoch,
    carried: () => carriedScopes(pool, known),
    accept: (actions, judged = []) => pushQueueOf(pool).push({ sender, receivedFrom, actions, judged }),
    read: (reading) => readSnapshotOf(pool, reading),
    // What is stored is what was accepted; a sender's own claim moves nothing.
    standing: (origins, scopes) => readStanding(pool, origins, scopes),
    outlive: (rootEpoch) => outliveRoot(pool, rootEpoch),
  };
}
