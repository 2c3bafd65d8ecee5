import { beginRepair } from '../db/device/begin-repair.ts';
import type { DeviceDatabase } from '../db/device/device-database.ts';
import type { Surroundings } from '../db/device/device-report.ts';
import { applySnapshotPage, deviceStore } from '../db/device/device-store.ts';
import { changeFeed, readFeed, readOrigin } from '../db/device/replica-state.ts';
import { scopeDigests } from '../db/device/scope-digest.ts';
import { witnessStore } from '../db/device/witness-store.ts';
import { collectionNamed } from '../lib/domain/collections.ts';
import { createIdSource } from '../lib/domain/identity.ts';
import { type ExchangeProgress, exchangeOnce } from '../lib/replication/exchange.ts';
import { differing, isFromRoot } from '../lib/replication/healing.ts';
import type { ExchangeReply } from '../lib/replication/protocol/exchange-reply.ts';
import { type SnapshotPage, snapshotPageSchema } from '../lib/replication/protocol/snapshot.ts';
import { PROTOCOL_VERSION } from '../lib/replication/protocol/version.ts';
import type { SyncStatus } from '../lib/replication/sync-worker.ts';
import { bearWitness } from '../lib/replication/witness.ts';
import { heal } from './heal.ts';
import type { Upstream } from './upstream.ts';

const newId = createIdSource({
  now: Date.now,
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
});

export interface SyncRound {
  /** Null when no scope was read to its end, or something is still pending. */
  readonly digestsEqual: boolean | null;
  readonly comparedWith: SyncStatus['comparedWith'];
}

/**
 * One round: a first sync if there was none, then exchanges until nothing is left to send or read. Then what is due
 * once in a while: witness to a root that was restored, scopes read again whose digests differ, and everything where
 * that did not help.
 */
export async function syncRound(
  database: DeviceDatabase,
  key: CryptoKey,
  upstream: Upstream,
  onCharts: (ids: readonly string[]) => void,
  onProgress: () => Promise<void>,
): Promise<SyncRound> {
  await firstSync(database, key, upstream, onCharts, onProgress);
  const drain = () => drained(database, key, upstream, onCharts, onProgress);
  let reply = await drain();
  if (await witnessed(database, key, upstream, reply, onCharts)) reply = await drain();
  let scopes = await differingScopes(database, reply);
  if (scopes !== null && (await heal(database, key, upstream, reply.epoch, scopes, Date.now(), onCharts))) {
    reply = await drain();
    scopes = await differingScopes(database, reply);
  }
  if (scopes !== null && scopes.length > 0 && (await beginRepair(database, reply))) {
    reply = await drain();
    scopes = await differingScopes(database, reply);
  }
  if (scopes === null) return { digestsEqual: null, comparedWith: null };
  const { rootEpoch } = await readFeed(database);
  return { digestsEqual: scopes.length === 0, comparedWith: isFromRoot(reply, rootEpoch) ? 'server' : 'hub' };
}

/** Exchanges until nothing is left to send or read; the last reply. */
async function drained(
  database: DeviceDatabase,
  key: CryptoKey,
  upstream: Upstream,
  onCharts: (ids: readonly string[]) => void,
  onProgress: () => Promise<void>,
): Promise<ExchangeReply> {
  let reply: ExchangeReply | null = null;
  const transport = async (request: unknown) => {
    reply = (await upstream.exchange(request)) as ExchangeReply;
    return reply;
  };
  const store = deviceStore(database, key, onCharts, newId, surroundings);
  let progress: ExchangeProgress;
  let again = true;
  const ask = (maxBytes: number) => exchangeOnce(store, transport, Date.now, maxBytes, again);
  do {
    progress = await upstream.replySize.of(ask, Date.now);
    again = false;
    await onProgress();
  } while (progress.sent > 0 || progress.more);
  return reply!;
}

/** Gives a root that was restored what it has lost, once in each of its lives. True when it was heard. */
async function witnessed(
  database: DeviceDatabase,
  key: CryptoKey,
  upstream: Upstream,
  reply: ExchangeReply,
  onCharts: (ids: readonly string[]) => void,
): Promise<boolean> {
  if (reply.recovering !== true || (await readFeed(database)).witnessed === reply.epoch) return false;
  const { replicaId } = await readOrigin(database);
  const store = witnessStore(database, key, replicaId, onCharts);
  if (!(await bearWitness(store, collectionNamed, (request) => upstream.witness(request)))) return false;
  await changeFeed(database, (feed) => ({ ...feed, witnessed: reply.epoch }));
  return true;
}

/**
 * Pages of the snapshot until its token is used up. Each page is durable by itself: an interruption resumes at the first
 * that was not stored. While one is stored the next is already on its way: neither waits for the other.
 */
async function firstSync(
  database: DeviceDatabase,
  key: CryptoKey,
  upstream: Upstream,
  onCharts: (ids: readonly string[]) => void,
  onProgress: () => Promise<void>,
) {
  const { epoch, snapshot } = await readFeed(database);
  if (epoch !== null && snapshot === null) return;
  const { replicaId } = await readOrigin(database);
  const ask = (token: string | null) => {
    const page = upstream.replySize.of(async (maxBytes) => {
      const request = { protocol: PROTOCOL_VERSION, replicaId, scopes: null, token, maxBytes };
      return snapshotPageSchema.parse(await upstream.snapshot(request));
    }, Date.now);
    // Told where it is awaited: storing the page before may fail first.
    page.catch(() => undefined);
    return page;
  };
  let coming: Promise<SnapshotPage> | null = ask(snapshot?.token ?? null);
  while (coming !== null) {
    const page: SnapshotPage = await coming;
    coming = page.token === null ? null : ask(page.token);
    onCharts(await applySnapshotPage(database, key, page));
    await onProgress();
  }
}

/**
 * The cheapest finder of replication bugs: what the upstream says its scopes hold against what this phone holds. Null
 * when no scope was read to its end, or something is still pending.
 */
async function differingScopes(database: DeviceDatabase, reply: ExchangeReply): Promise<string[] | null> {
  const scopes = Object.keys(reply.digests);
  if (scopes.length === 0 || (await database.outbox.where('state').equals('pending').count()) > 0) return null;
  const { cursors: read } = await readFeed(database);
  const cursors = read[reply.epoch] ?? {};
  const own = await scopeDigests(database, scopes);
  return differing(reply, own).filter((scope) => cursors[scope] === reply.cursors[scope]);
}

async function surroundings(): Promise<Surroundings> {
  const estimate = await globalThis.navigator?.storage?.estimate?.();
  return { appVersion: process.env.APP_VERSION ?? 'development', storageBytes: estimate?.usage ?? 0 };
}
