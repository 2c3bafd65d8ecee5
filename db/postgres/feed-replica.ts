import type pg from 'pg';
import type { Sender } from '../../lib/domain/world.ts';
import type { FeedReplica } from '../../lib/replication/answer-exchange.ts';
import { readStandings, type Standings } from './origins.ts';
import { pushQueueOf } from './push-queue.ts';
import { readSnapshotOf } from './read-feed.ts';
import { outliveRoot, readIdentity } from './replica-identity.ts';
import { readRevised } from './revise-log.ts';

/** The feed replica on PostgreSQL, as one sender meets it. `receivedFrom`: the device the changes come from. */
export function postgresFeedReplica(pool: pg.Pool, sender: Sender, receivedFrom: string | null = null): FeedReplica {
  // Both are asked at once, of the same origins: one statement answers, and hardly ever a second.
  let asked: { origins: string; standings: Promise<Standings> } | null = null;
  const standingsOf = (origins: readonly string[]) => {
    const shared = asked?.origins === origins.join() ? asked.standings : null;
    asked = shared === null ? { origins: origins.join(), standings: readStandings(pool, origins) } : null;
    return shared ?? asked!.standings;
  };
  return {
    identity: () => readIdentity(pool),
    accept: (actions, judged = []) => pushQueueOf(pool).push({ sender, receivedFrom, actions, judged }),
    read: (reading) => readSnapshotOf(pool, reading),
    // What is stored is what was accepted; a sender's own claim moves nothing.
    standingOf: async (origins) => (await standingsOf(origins)).origins,
    revisedOf: async (origins) => {
      const { revised } = await standingsOf(origins);
      return revised.length === 0 ? [] : readRevised(pool, revised);
    },
    outlive: (rootEpoch) => outliveRoot(pool, rootEpoch),
  };
}
