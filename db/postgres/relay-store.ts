import type pg from 'pg';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { readAfter, recordsOf } from '../../lib/replication/apply-reply.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { lifeOf } from '../../lib/replication/confirmation.ts';
import type { Asked, DownstreamStore, Limits, Outgoing } from '../../lib/replication/exchange.ts';
import { readAnew, repair, type Walked } from '../../lib/replication/healing.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { BEGIN_PUSH } from './accept-changes.ts';
import { AcceptanceTransaction, InsertRaced } from './acceptance-store.ts';
import { isRerunnable } from './faults.ts';
import type { Queryable } from './record-statements.ts';
import { confirmOutcomes, noteStandings } from './relay-confirm.ts';
import { letGo, readLeaving } from './relay-let-go.ts';
import { readOriginsToTell, readUnconfirmed } from './relay-outgoing.ts';
import { mergeTried, type RelayWatch, readTried } from './relay-rows.ts';
import { feedGained, unfeed } from './relay-scopes.ts';
import { forgetSuspects } from './relay-suspects.ts';
import { differingSums, forgetBrought, walkOn } from './relay-walk.ts';
import { BEGIN_READ, inTransaction, readIdentity } from './replica-identity.ts';
import { letGoAside } from './rows-aside.ts';
import { noteMoved } from './tell-hints.ts';
import { forgetConfirmed, readUpstream, saveUpstream, type UpstreamReading } from './upstream.ts';
import { writeFeedAndLog } from './write-feed.ts';

const ATTEMPTS = 5;

interface Rows {
  readonly watch: RelayWatch;
  /** Are those that could not be stored tried once more? */
  readonly areTriedAgain: boolean;
}

/**
 * The downstream side of a relay on PostgreSQL: hands on what its root has not confirmed with what was decided of it
 * here, and merges what it reads of the root into its own feeds. Other processes may push meanwhile. What could not be
 * stored is tried again once: a program that was started again may have been mended.
 */
export function postgresRelay(pool: pg.Pool, watch: RelayWatch): DownstreamStore {
  let areTriedAgain = true;
  return {
    readOutgoing: (limits) => inTransaction(pool, BEGIN_READ, (client) => readOutgoing(client, limits)),
    async applyReply(reply, asked) {
      for (let attempt = 1; ; attempt++) {
        try {
          const rows = { watch, areTriedAgain };
          await inTransaction(pool, BEGIN_PUSH, (client) => applyWithin(client, reply, asked, rows));
          areTriedAgain = false;
          return;
        } catch (fault) {
          const again = isRerunnable(fault) || fault instanceof InsertRaced;
          if (!again || attempt === ATTEMPTS) throw fault;
        }
      }
    },
  };
}

async function readOutgoing(client: Queryable, limits: Limits): Promise<Outgoing> {
  const identity = await readIdentity(client);
  const { epoch, cursors, version } = await readUpstream(client);
  const { actions, judged } = await readUnconfirmed(client, limits);
  const named = actions.flatMap((action) => action.changes.map((change) => change.origin));
  return {
    replicaId: identity.replicaId,
    schema: SCHEMA_VERSION,
    clock: NEW_CLOCK,
    origins: await readOriginsToTell(client, [...new Set(named)]),
    actions,
    judged,
    rootEpoch: identity.rootEpoch,
    epoch,
    cursors: epoch === null ? {} : (cursors[epoch] ?? {}),
    version,
  };
}

/** Locks as a push does: the scopes held, origins, charts, records, and the feeds last. */
async function applyWithin(client: pg.PoolClient, reply: ExchangeReply, asked: Asked, rows: Rows): Promise<void> {
  const before = await readUpstream(client, 'for no key update');
  if (asked.version !== before.version) return;
  const { replicaId, rootEpoch } = await readIdentity(client);
  const life = lifeOf(rootEpoch, reply.rootEpoch);
  const { reading, pages, complete } = readAfter(before, reply, life);
  const { scopes } = reading;
  const lost = before.scopes.filter((scope) => !scopes.includes(scope));
  const gained = scopes.filter((scope) => !before.scopes.includes(scope));
  if (lost.length + gained.length > 0) await readUpstream(client, 'for update');
  if (life === 'new') await forgetConfirmed(client);
  if (life !== 'old') await noteStandings(client, reply.origins);
  const settled = life === 'old' ? [] : await confirmOutcomes(client, reply.outcomes);

  const came = pages.flatMap((page) => recordsOf(page.tables));
  const walked = await walkOn(client, before, reply, life === 'same', complete, came);
  const leaving = await readLeaving(client, { pages, complete, scopes, lost, settled, isWalked: walked.over !== null });
  const tried = await readTried(client, came, rows.areTriedAgain);
  const store = new AcceptanceTransaction(client);
  await store.loadRows(tried.known, leaving.patientIds, leaving.unbrought);
  await unfeed(client, lost);
  await feedGained(client, store, gained);
  const walk = walked.walk ?? (walked.over === null ? null : before.walk);
  const merging = { client, store, scopes, walk, epoch: reply.epoch };
  await mergeTried(merging, tried, pages, rows.watch);
  await letGoAside(client, lost, pages, walked.over !== null);
  await letGo(client, store, leaving, tried.known, scopes);
  if (complete) await forgetSuspects(client);
  if (life === 'new') await client.query('update replica set root_epoch = $1', [reply.rootEpoch]);
  const differing = complete ? await differingSums(client, store, reply, { ...before, scopes }) : [];
  if (differing.length > 0) rows.watch.repairs(differing.length);
  await saveReading(client, reply.epoch, { ...before, ...reading }, walked, differing.join());
  if (store.feed.size > 0) noteMoved(client, await writeFeedAndLog(client, store, replicaId));
}

/** What was read, and the walk that goes on, or that begins because the root's sums differ. */
async function saveReading(
  client: Queryable,
  epoch: string,
  read: UpstreamReading,
  { walk, over }: Walked,
  differing: string,
): Promise<void> {
  if (over !== null || differing !== '') await forgetBrought(client);
  if (differing === '') return saveUpstream(client, read, walk, read.healed);
  await saveUpstream(client, readAnew(read, epoch, false), repair(epoch), differing);
}
