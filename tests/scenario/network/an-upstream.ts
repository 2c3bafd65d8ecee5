import type { MemoryFeedReplica } from '../../../db/memory/memory-feed-replica.ts';
import type { Actor } from '../../../lib/access/actor.ts';
import type { Sender } from '../../../lib/domain/world.ts';
import { ReplySize } from '../../../lib/replication/reply-size.ts';
import type { Upstream } from '../../../workers/upstream.ts';
import { snapshotPages } from '../snapshot-pages.ts';
import type { Network } from './a-network.ts';

/** A replica in memory as a phone's worker asks it, with what it was asked. Snapshots come in pages of three records. */
export function anUpstream(net: Network, replica: () => MemoryFeedReplica<Actor>, sender: Sender) {
  const asked = { snapshots: [] as { scopes: string[] | null; token: string | null }[], witness: 0 };
  const upstream: Upstream = {
    replySize: new ReplySize(),
    exchange: net.lineTo(replica, sender) as Upstream['exchange'],
    async snapshot(request) {
      const { scopes, token } = request as { scopes: string[] | null; token: string | null };
      asked.snapshots.push({ scopes, token });
      const own = token === null ? (scopes ?? net.grantsOf(replica(), sender).scopes) : token.split(' ').slice(1);
      const pages = await snapshotPages(replica(), own, 3);
      const page = pages[Number(token?.split(' ')[0] ?? 0)]!;
      return { ...page, token: page.token === null ? null : [page.token, ...own].join(' ') };
    },
    async witness(request) {
      asked.witness += 1;
      return net.witnessLine(sender)(request as never);
    },
  };
  return { upstream, asked };
}
