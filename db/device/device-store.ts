import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import type { DownstreamStore } from '../../lib/replication/exchange.ts';
import { takeBatch } from '../../lib/replication/outbox.ts';
import { MAX_EXCHANGE_CHANGES } from '../../lib/replication/protocol/exchange-request.ts';
import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import { applyIncoming, type Incoming, incomingOf } from './apply-reply.ts';
import type { DeviceDatabase, FeedRow } from './device-database.ts';
import { pendingEntries } from './outbox.ts';
import { readFeed, readOrigin } from './replica-state.ts';

/** The phone's side of an exchange. `onCharts` is told which charts a reply changed. */
export function deviceStore(
  database: DeviceDatabase,
  key: CryptoKey,
  onCharts: (ids: readonly string[]) => void,
): DownstreamStore {
  return {
    async readOutgoing(limits) {
      const origin = await readOrigin(database);
      const feed = await readFeed(database);
      const entries = await pendingEntries(database, key, MAX_EXCHANGE_CHANGES);
      return {
        replicaId: origin.replicaId,
        schema: SCHEMA_VERSION,
        clock: origin.clock,
        origins: { [origin.replicaId]: { seq: origin.seq, chain: origin.chain } },
        actions: takeBatch(entries, limits.maxChanges, limits.maxBytes),
        epoch: feed.epoch,
        cursors: feed.cursors,
      };
    },
    async applyReply(reply, timing) {
      onCharts(await applyIncoming(database, key, incomingOf(reply, timing)));
    },
  };
}

/** Stores one page of a first sync; the cursor vector of its start is taken over with the last page. */
export async function applySnapshotPage(
  database: DeviceDatabase,
  key: CryptoKey,
  page: SnapshotPage,
): Promise<readonly string[]> {
  const incoming: Incoming = {
    records: recordsOf(page.tables),
    outcomes: [],
    pages: [],
    scopes: null,
    complete: false,
    feed: (current) => feedAfter(current, page),
    clock: null,
  };
  return applyIncoming(database, key, incoming);
}

function feedAfter(current: FeedRow, page: SnapshotPage): FeedRow {
  const before = current.snapshot?.delivered ?? { patients: 0, records: 0 };
  const delivered = {
    patients: before.patients + page.delivered.patients,
    records: before.records + page.delivered.records,
  };
  const life = { epoch: page.epoch, rootEpoch: page.rootEpoch, scopes: page.scopes };
  if (page.token === null) return { ...current, ...life, cursors: page.cursors, snapshot: null };
  const snapshot = { token: page.token, stage: page.stage, totals: page.totals, delivered };
  return { ...current, scopes: page.scopes, snapshot };
}
