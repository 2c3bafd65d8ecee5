import type pg from 'pg';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { worldOf } from '../../lib/domain/world.ts';
import { acceptRows } from '../../lib/replication/accept.ts';
import { readAfter, recordsOf } from '../../lib/replication/apply-reply.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { lifeOf } from '../../lib/replication/confirmation.ts';
import type { Asked, DownstreamStore, Limits, Outgoing } from '../../lib/replication/exchange.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { RecordRef, StoredRecord } from '../../lib/replication/record.ts';
import { isBelonging, patientOf, type ScopeId } from '../../lib/replication/scopes.ts';
import { BEGIN_PUSH } from './accept-changes.ts';
import { AcceptanceTransaction, InsertRaced } from './acceptance-store.ts';
import { isDataFault, isRerunnable } from './faults.ts';
import { type Queryable, readByIds } from './record-statements.ts';
import { confirmOutcomes, noteStandings } from './relay-confirm.ts';
import { departuresTold, letGo, patientsAwayFrom, takeAway, takeLeave } from './relay-let-go.ts';
import { readOriginsToTell, readUnconfirmed } from './relay-outgoing.ts';
import { feedGained, patientsIn, unfeed } from './relay-scopes.ts';
import { BEGIN_READ, inTransaction, readIdentity } from './replica-identity.ts';
import { noteMoved } from './tell-hints.ts';
import { forgetConfirmed, readUpstream, saveUpstream } from './upstream.ts';
import { writeFeedAndLog } from './write-feed.ts';

/** Hears of rows of the root's that PostgreSQL refuses here, and with what code. */
export type TellRefusedRow = (row: RecordRef, code: string) => void;

const ATTEMPTS = 5;

/**
 * The downstream side of a relay on PostgreSQL: hands on what its root has not confirmed with what was decided of it
 * here, and merges what it reads of the root into its own feeds. Other processes may push meanwhile.
 */
export function postgresRelay(pool: pg.Pool, tellRefused: TellRefusedRow): DownstreamStore {
  return {
    readOutgoing: (limits) => inTransaction(pool, BEGIN_READ, (client) => readOutgoing(client, limits)),
    async applyReply(reply, asked) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await inTransaction(pool, BEGIN_PUSH, (client) => applyWithin(client, reply, asked, tellRefused));
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
async function applyWithin(
  client: pg.PoolClient,
  reply: ExchangeReply,
  asked: Asked,
  tellRefused: TellRefusedRow,
): Promise<void> {
  const before = await readUpstream(client, 'for no key update');
  if (asked.version !== before.version) return;
  const identity = await readIdentity(client);
  const life = lifeOf(identity.rootEpoch, reply.rootEpoch);
  const { reading, pages, complete } = readAfter(before, reply, life === 'new');
  const lost = before.scopes.filter((scope) => !reading.scopes.includes(scope));
  const gained = reading.scopes.filter((scope) => !before.scopes.includes(scope));
  if (lost.length + gained.length > 0) await readUpstream(client, 'for update');
  if (life === 'new') await forgetConfirmed(client);
  if (life !== 'old') await noteStandings(client, reply.origins);
  const settled = life === 'old' ? [] : await confirmOutcomes(client, reply.outcomes);

  const rows = pages.flatMap((page) => recordsOf(page.tables)).filter(({ collection }) => collectionNamed(collection));
  const departures = departuresTold(pages);
  const inLost = await patientsIn(client, lost);
  // Before everything was read, the membership that brings a patient here may be on the next page.
  const away = complete ? await patientsAwayFrom(client, settled, reading.scopes) : [];
  const leaving = [...inLost.patientIds, ...away, ...departures.map(({ left }) => left.id)];
  const store = new AcceptanceTransaction(client);
  await store.loadRows(rows, [...new Set(leaving)]);
  const carries = (scope: ScopeId) => reading.scopes.includes(scope);
  await unfeed(client, lost);
  await feedGained(client, store, gained);
  const changed = await mergeRows(client, store, carries, rows, tellRefused);
  await takeLeave(client, store, departures, reading.scopes);
  await takeAway(client, store, pages, reading.scopes);
  const moved = complete ? await patientsMoved(client, changed) : [];
  const others = [...settled, ...inLost.refs];
  await letGo(client, store, [...new Set([...leaving, ...moved])], others, reading.scopes);
  await saveUpstream(client, reading);
  if (life === 'new') await client.query('update replica set root_epoch = $1', [reply.rootEpoch]);
  if (store.feed.size > 0) noteMoved(client, await writeFeedAndLog(client, store, identity.replicaId));
}

/** Of acceptRows only the names of the collections are asked. */
const WORLD = worldOf(new Map(), { kind: 'server' });

/** Merges rows into the records and their feeds. One that PostgreSQL refuses takes no other with it. */
async function mergeRows(
  client: Queryable,
  store: AcceptanceTransaction,
  carries: (scope: ScopeId) => boolean,
  rows: readonly StoredRecord[],
  tellRefused: TellRefusedRow,
): Promise<readonly RecordRef[]> {
  if (rows.length === 0) return [];
  await client.query('savepoint rows');
  try {
    const changed = await acceptRows(store.storeFor(null), WORLD, carries, rows);
    await store.flushRows();
    await client.query('release savepoint rows');
    return changed;
  } catch (fault) {
    // On a lost connection this fails as well, and says less.
    await client.query('rollback to savepoint rows').catch(() => Promise.reject(fault));
    store.discardDraft();
    if (!isDataFault(fault)) throw fault;
    if (rows.length === 1) tellRefused(rows[0]!, fault.code ?? '');
    if (rows.length === 1) return [];
  }
  const middle = Math.ceil(rows.length / 2);
  const first = await mergeRows(client, store, carries, rows.slice(0, middle), tellRefused);
  return [...first, ...(await mergeRows(client, store, carries, rows.slice(middle), tellRefused))];
}

/** Patients of whose belonging something changed. */
async function patientsMoved(client: Queryable, changed: readonly RecordRef[]): Promise<string[]> {
  const records = await readByIds(client, changed.filter(isBelonging));
  return records.flatMap((record) => patientOf(collectionNamed(record.collection)!, record) ?? []);
}
