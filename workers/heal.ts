import type { DeviceDatabase, Healing } from '../db/device/device-database.ts';
import { applyHealingPage } from '../db/device/device-store.ts';
import { changeFeed, readFeed, readOrigin } from '../db/device/replica-state.ts';
import { LIVES } from '../lib/replication/apply-reply.ts';
import { NOWHERE } from '../lib/replication/healing.ts';
import { snapshotPageSchema } from '../lib/replication/protocol/snapshot.ts';
import { PROTOCOL_VERSION } from '../lib/replication/protocol/version.ts';
import { type Upstream, UpstreamRefusal } from './upstream.ts';

/** What reading again did not mend today it would not mend in a minute either. */
const HEAL_AGAIN_MS = 86_400_000;

/**
 * Reads scopes again whose digests differ, merging; once a day from one upstream. An interrupted reading goes on where
 * it was. True when something was read.
 */
export async function heal(
  database: DeviceDatabase,
  key: CryptoKey,
  upstream: Upstream,
  epoch: string,
  differing: readonly string[],
  nowMs: number,
  onCharts: (ids: readonly string[]) => void,
): Promise<boolean> {
  const begun = (await readFeed(database)).healing[epoch];
  if (begun === undefined || begun.over) {
    const isEarly = begun !== undefined && Math.abs(nowMs - begun.startedMs) < HEAL_AGAIN_MS;
    if (isEarly || differing.length === 0) return false;
    const scopes = differing.filter((scope) => scope !== NOWHERE);
    // What is in no scope nothing brings: only a repair takes it away.
    await begin(database, epoch, { startedMs: nowMs, scopes, token: null, over: scopes.length === 0 });
  }
  const { replicaId } = await readOrigin(database);
  for (;;) {
    const { scopes, token, over } = (await readFeed(database)).healing[epoch]!;
    if (over) return true;
    await upstream.replySize.of(async (maxBytes) => {
      const again = token === null ? { scopes, token } : { scopes: null, token };
      const asked = upstream.snapshot({ protocol: PROTOCOL_VERSION, replicaId, ...again, maxBytes });
      const page = await asked.catch((fault) => giveUp(database, epoch, fault));
      onCharts(await applyHealingPage(database, key, epoch, snapshotPageSchema.parse(page)));
    }, Date.now);
  }
}

/** What the upstream refuses (a token of before an update) it would refuse at every round. */
async function giveUp(database: DeviceDatabase, epoch: string, fault: unknown): Promise<never> {
  if (fault instanceof UpstreamRefusal && fault.problem === 'internal')
    await changeFeed(database, (feed) => {
      const over = { ...feed.healing[epoch]!, token: null, over: true };
      return { ...feed, healing: { ...feed.healing, [epoch]: over } };
    });
  throw fault;
}

function begin(database: DeviceDatabase, epoch: string, begun: Healing): Promise<void> {
  return changeFeed(database, (feed) => {
    const others = Object.entries(feed.healing).filter(([life]) => life !== epoch);
    return { ...feed, healing: Object.fromEntries([...others.slice(1 - LIVES), [epoch, begun]]) };
  });
}
