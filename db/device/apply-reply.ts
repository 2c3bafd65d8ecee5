import {
  departuresIn,
  moreUnchecked,
  pendingByRecord,
  readAfter,
  recordsOf,
} from '../../lib/replication/apply-reply.ts';
import { correctClock, observeStamps, type ReplicaClock } from '../../lib/replication/clock.ts';
import { lifeOf } from '../../lib/replication/confirmation.ts';
import type { Asked } from '../../lib/replication/exchange.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { placeKey, type RowPlace } from './chart.ts';
import type { DeviceDatabase, FeedRow, OriginRow, SealsRow, WalkRow } from './device-database.ts';
import { type Arriving, allPlaces, applyToRow, byPlace, placesToOpen, type Work } from './incoming-rows.ts';
import { stillWaiting } from './let-go.ts';
import { pendingIn } from './outbox.ts';
import { readFeed, readOrigin } from './replica-state.ts';
import { type OpenRow, RowMoved, readRows, sealRows, writeRows } from './rows.ts';
import { sealsAfter } from './sealed-heads.ts';
import { type OutboxAfter, settleRows, unconfirmedRecords } from './settle-outbox.ts';

const MOST_ATTEMPTS = 20;

/** What is to be stored, all of it in one transaction. */
interface Stored {
  readonly rows: readonly OpenRow[];
  /** The rows that were read to work it out. */
  readonly read: ReadonlyMap<string, OpenRow>;
  readonly outbox: Pick<OutboxAfter, 'changed' | 'forgotten'> | null;
  readonly walk: WalkRow | 'over' | null;
  readonly feed: FeedRow;
  readonly origin: (current: OriginRow) => OriginRow;
  readonly seals: SealsRow | null;
}

/**
 * Applies a reply: outcomes, rows and cursors in one transaction. Each pulled record is merged into the stored one and
 * what is still pending is shown over it. Returns the ids of the charts that changed. A reply to an older state than
 * this phone's is left out: it will be asked for again.
 */
export function applyReply(
  database: DeviceDatabase,
  key: CryptoKey,
  reply: ExchangeReply,
  asked: Asked,
  newId: () => string,
): Promise<readonly string[]> {
  return untilStored(database, key, async (origin, current) => {
    if (asked.version !== current.version) return null;
    const nowMs = asked.receivedMs;
    const outbox = await settleRows(database, key, origin, current, reply, nowMs);
    const sameRoot = lifeOf(current.rootEpoch, reply.rootEpoch) === 'same';
    const read = readAfter(current, reply, lifeOf(current.rootEpoch, reply.rootEpoch) === 'new');
    const records = read.pages.flatMap((page) => recordsOf(page.tables));
    const settledCharts = outbox.places.filter(isChart).map((place) => place.id);
    const unchecked = moreUnchecked(current.unchecked, settledCharts, current.scopes, read.reading.scopes);
    const begins = sameRoot && current.epoch !== null && current.cursors[reply.epoch] === undefined;
    const walking = sameRoot && (begins || current.walking);
    const incoming = byPlace(records);
    const over = walking && read.complete;
    const missed = over ? await missedBy(database, key, begins, incoming) : NOTHING_MISSED;
    const arriving: Arriving = {
      ...{ incoming, missed },
      departures: departuresIn(current.waiting, read.pages),
      scopes: read.reading.scopes,
      complete: read.complete ? unchecked : [],
    };
    const places = await placesToOpen(database, current.scopes, arriving, outbox.places);
    const opened = await readRows(database, key, places);
    const { applied, refused } = outbox;
    const work: Work = { ...arriving, applied, refused, pending: await outbox.pendingIn(places) };
    const rows = [...opened.values()].map((row) => applyToRow(row, work));
    const walk = over ? 'over' : walking ? walkRow(current.version, incoming) : null;
    const feed: FeedRow = {
      ...{ ...current, ...read.reading, rootEpoch: outbox.rootEpoch, lastContactMs: nowMs },
      waiting: stillWaiting(work.departures, rows, work.pending),
      unchecked: read.complete ? [] : unchecked,
      walking: walking && !over,
    };
    const forkedAs = outbox.forked ? newId() : null;
    const clock = (held: ReplicaClock) => clockAfter(held, records, asked, reply.clock);
    const originAfter = (held: OriginRow) => ({ ...identityAfter(held, forkedAs), clock: clock(held.clock) });
    const seals = await sealsAfter(database, reply);
    return { rows, read: opened, outbox, walk, feed, origin: originAfter, seals };
  });
}

/** Stores rows of a snapshot: merged like any pulled row, with where to read on. */
export function applyRows(
  database: DeviceDatabase,
  key: CryptoKey,
  records: readonly StoredRecord[],
  feedAfter: (current: FeedRow) => FeedRow,
): Promise<readonly string[]> {
  return untilStored(database, key, async (_, current) => {
    const incoming = byPlace(records);
    const places = [...incoming.values()].map((one) => one.place);
    const opened = await readRows(database, key, places);
    const pending = pendingByRecord(await pendingIn(database, key, places));
    const work: Work = {
      ...{ incoming, applied: new Map(), refused: new Map(), pending, missed: NOTHING_MISSED },
      ...{ departures: [], scopes: null, complete: [] },
    };
    const rows = [...opened.values()].map((row) => applyToRow(row, work));
    const rest = { outbox: null, walk: null, seals: null };
    return { rows, read: opened, feed: feedAfter(current), origin: (held) => held, ...rest };
  });
}

/** Works out what to store and stores it, again when a row was saved meanwhile. `work`: null stores nothing. */
async function untilStored(
  database: DeviceDatabase,
  key: CryptoKey,
  work: (origin: OriginRow, feed: FeedRow) => Promise<Stored | null>,
): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryStore(database, key, work);
    } catch (fault) {
      if (!(fault instanceof RowMoved) || attempt === MOST_ATTEMPTS) throw fault;
    }
  }
}

async function tryStore(
  database: DeviceDatabase,
  key: CryptoKey,
  work: (origin: OriginRow, feed: FeedRow) => Promise<Stored | null>,
): Promise<readonly string[]> {
  const origin = await readOrigin(database);
  const current = await readFeed(database);
  const done = await work(origin, current);
  if (done === null) return [];
  const changed = done.rows.filter((row) => row !== done.read.get(placeKey(row.place)));
  const sealed = await sealRows(key, changed);
  await database.transaction('rw', [database.charts, database.records, database.outbox, database.meta], async () => {
    const now = await readOrigin(database);
    if (await hasMoved(database, origin, now, current.version, done.read)) throw new RowMoved();
    const commit = now.commit + 1;
    await writeRows(database, sealed, commit);
    await database.outbox.bulkPut([...(done.outbox?.changed ?? [])]);
    await database.outbox.bulkDelete([...(done.outbox?.forgotten ?? [])]);
    if (done.walk === 'over') await database.meta.where('key').startsWith('walk:').delete();
    else if (done.walk !== null) await database.meta.put(done.walk);
    await database.meta.bulkPut([
      { ...done.origin(now), commit },
      { ...done.feed, version: current.version + 1 },
      ...(done.seals === null ? [] : [done.seals]),
    ]);
  });
  return changed.filter(({ place }) => isChart(place)).map((row) => row.place.id);
}

function isChart(place: RowPlace): boolean {
  return place.table === 'charts';
}

/**
 * Was a row saved since it was read? Saves of other rows do not matter: a page of hundreds takes longer to seal than
 * one save, and would otherwise lose every race against a busy window. (Saves take no row away; only replies do, and
 * they count `version` up.)
 */
async function hasMoved(
  database: DeviceDatabase,
  readAt: OriginRow,
  now: OriginRow,
  version: number,
  opened: ReadonlyMap<string, OpenRow>,
): Promise<boolean> {
  if ((await readFeed(database)).version !== version) return true;
  if (now.commit === readAt.commit) return false;
  const charts = await database.charts.where('commit').above(readAt.commit).primaryKeys();
  const records = await database.records.where('commit').above(readAt.commit).primaryKeys();
  return (
    charts.some((id) => opened.has(placeKey({ table: 'charts', id }))) ||
    records.some((id) => opened.has(placeKey({ table: 'records', id })))
  );
}

const NOTHING_MISSED: Work['missed'] = { places: [], kept: new Set() };

function walkRow(version: number, incoming: Work['incoming']): WalkRow {
  return { key: `walk:${version}`, brought: [...incoming.keys()] };
}

/**
 * What a new life of a feed, read to its end, did not bring: it left while nobody told this phone. Nothing of it that
 * the root is not known to have.
 */
async function missedBy(
  database: DeviceDatabase,
  key: CryptoKey,
  begins: boolean,
  incoming: Work['incoming'],
): Promise<Work['missed']> {
  const walked = begins ? [] : await database.meta.where('key').startsWith('walk:').toArray();
  const brought = new Set([...incoming.keys(), ...walked.flatMap((row) => ('brought' in row ? row.brought : []))]);
  const places = (await allPlaces(database)).filter((place) => !brought.has(placeKey(place)));
  return { places, kept: places.length === 0 ? new Set() : await unconfirmedRecords(database, key) };
}

/** Under a number that another replica uses as well nothing can be told apart: it goes on as a new origin. */
function identityAfter(held: OriginRow, forkedAs: string | null): OriginRow {
  return forkedAs === null ? held : { ...held, replicaId: forkedAs, seq: 0, chain: '' };
}

function clockAfter(
  clock: ReplicaClock,
  records: readonly StoredRecord[],
  asked: Asked,
  upstreamMs: number,
): ReplicaClock {
  const stamps = records.flatMap((record) => Object.values(record.stamps));
  return observeStamps(correctClock(clock, asked.sentMs, asked.receivedMs, upstreamMs), asked.receivedMs, stamps);
}
