import { MemoryFeedReplica } from '../../db/memory/memory-feed-replica.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { actorsOf } from '../../lib/access/actor-of.ts';
import { type Sender, worldOf } from '../../lib/domain/world.ts';
import { describeFeedReplica } from './feed-replica-suite.ts';

describeFeedReplica('memory', async (founder) => {
  const root: Actor = { userId: founder, role: 'super_admin', active: true, flags: {} };
  const identity = {
    replicaId: '01934567-0000-7000-8000-00000000000f',
    epoch: 'e',
    rootEpoch: 'e',
    root: true,
    recovering: false,
  };
  const replica: MemoryFeedReplica<Actor> = new MemoryFeedReplica(identity, () => worldFor({ kind: 'server' }));
  const worldFor = (sender: Sender) => {
    const all = [...replica.records.values()];
    const of = (collection: string) => all.filter((record) => record.collection === collection);
    return worldOf(new Map([[founder, root], ...actorsOf(of('users'), of('permissions'))]), sender);
  };
  return {
    founder,
    as: (sender) => replica.judgedBy(() => worldFor(sender)),
    sent: async (reply) => JSON.parse(JSON.stringify(reply)),
  };
});
