import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { moreUnchecked, recordsOf } from '../../lib/replication/apply-reply.ts';
import type { DownstreamStore } from '../../lib/replication/exchange.ts';
import { takeBatch } from '../../lib/replication/outbox.ts';
import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import { applyReply, applyRows } from './apply-reply.ts';
import type { DeviceDatabase, FeedRow, OriginRow } from './device-database.ts';
import { type DeviceReport, reportDue, type Surroundings } from './device-report.ts';
import { offeredActions } from './outbox.ts';
import { changeFeed, readFeed, readOrigin } from './replica-state.ts';

/** The phone's side of an exchange. `onCharts` is told which charts a reply changed. */
export function deviceStore(
  database: DeviceDatabase,
  key: CryptoKey,
  onCharts: (ids: readonly string[]) => void,
  newId: () => string,
  surroundings: () => Promise<Surroundings | null> = nothingToReport,
): DownstreamStore {
  let said: DeviceReport | null = null;
  return {
    async readOutgoing({ maxChanges, maxBytes, again = false }) {
      const origin = await readOrigin(database);
      const feed = await readFeed(database);
      const { epoch, rootEpoch, cursors, version, notHere } = feed;
      const around = await surroundings();
      said = around === null ? null : await reportDue(database, origin, feed, around);
      const besides = again ? { besides: origin.replicaId } : null;
      const actions = await offeredActions(database, key, epoch, maxChanges, besides, notHere);
      return {
        replicaId: origin.replicaId,
        schema: SCHEMA_VERSION,
        clock: origin.clock,
        origins: { ...formerOrigins(origin), [origin.replicaId]: { seq: origin.seq, chain: origin.chain } },
        actions: takeBatch(actions, maxChanges, maxBytes),
        epoch,
        cursors: epoch === null ? {} : (cursors[epoch] ?? {}),
        rootEpoch,
        version,
        ...(said === null ? {} : { report: said }),
      };
    },
    async applyReply(reply, asked) {
      onCharts(await applyReply(database, key, reply, asked, newId));
      const reported = said;
      if (reported !== null) await changeFeed(database, (feed) => ({ ...feed, reported }));
    },
  };
}

async function nothingToReport(): Promise<null> {
  return null;
}

function formerOrigins({ former = [] }: OriginRow): Record<string, { seq: number; chain: string }> {
  return Object.fromEntries(former.map((replicaId) => [replicaId, { seq: 0, chain: '' }]));
}

/** Stores one page of a first sync; the cursor vector of its start is taken over with the last page. */
export async function applySnapshotPage(
  database: DeviceDatabase,
  key: CryptoKey,
  page: SnapshotPage,
): Promise<readonly string[]> {
  return applyRows(database, key, recordsOf(page.tables), (current) => feedAfter(current, page));
}

/** Stores one page of scopes that are read again from the upstream of this life: merged, and counted. */
export async function applyHealingPage(
  database: DeviceDatabase,
  key: CryptoKey,
  epoch: string,
  page: SnapshotPage,
): Promise<readonly string[]> {
  return applyRows(database, key, recordsOf(page.tables), (current, changed) => {
    const healing = current.healing[epoch]!;
    // Another life answers: what it says does not heal this one.
    const over = page.token === null || page.epoch !== epoch;
    const next = { ...healing, token: page.token, over };
    return { ...current, healing: { ...current.healing, [epoch]: next }, healed: current.healed + changed };
  });
}

function feedAfter(current: FeedRow, page: SnapshotPage): FeedRow {
  const before = current.snapshot?.delivered ?? { patients: 0, records: 0 };
  const delivered = {
    patients: before.patients + page.delivered.patients,
    records: before.records + page.delivered.records,
  };
  // Rights that were withdrawn since: the exchange that follows looks at every row.
  const unchecked = moreUnchecked(current.unchecked, [], current.scopes, page.scopes);
  const held = { ...current, scopes: page.scopes, unchecked };
  // A life of the root is obeyed by exchanges only: a new one asks for what was confirmed in another.
  const life = { epoch: page.epoch, rootEpoch: current.rootEpoch ?? page.rootEpoch };
  if (page.token === null) return { ...held, ...life, cursors: { [page.epoch]: page.cursors }, snapshot: null };
  return { ...held, snapshot: { token: page.token, stage: page.stage, totals: page.totals, delivered } };
}
