import type pg from 'pg';
import type { Sender } from '../../lib/domain/world.ts';
import type { FeedReplica } from '../../lib/replication/answer-exchange.ts';
import { readOrigins } from './origins.ts';
import { pushQueueOf } from './push-queue.ts';
import { readSnapshotOf } from './read-feed.ts';
import { readIdentity } from './replica-identity.ts';

/** The feed replica on PostgreSQL, as one sender meets it. `receivedFrom`: the device the changes come from. */
export function postgresFeedReplica(pool: pg.Pool, sender: Sender, receivedFrom: string | null = null): FeedReplica {
  return {
    identity: () => readIdentity(pool),
    accept: (actions) => pushQueueOf(pool).push({ sender, receivedFrom, actions }),
    read: (reading) => readSnapshotOf(pool, reading),
    // What is stored is what was accepted; a sender's own claim moves nothing.
    receiveOrigins: (origins) => readOrigins(pool, Object.keys(origins)),
  };
}
