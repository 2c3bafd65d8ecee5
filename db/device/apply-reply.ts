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
import { placeKey } from './chart.ts';
import type { DeviceDatabase, FeedRow, OriginRow, OutboxRow, WalkRow } from './device-database.ts';
import { type Arriving, allPlaces, applyToRow, byPlace, placesToOpen, type Work } from './incoming-rows.ts';
import { stillWaiting } from './let-go.ts';
import { pendingIn } from './outbox.ts';
import { type OpenRow, readRows } from './rows.ts';
import { sealsAfter } from './sealed-heads.ts';
import { settleRows, unconfirmedRecords } from './settle-outbox.ts';
import { isChart, untilStored } from './store-rows.ts';

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
    // While the root recovers, it may be the root that lacks what a walk does not bring.
    const walking = sameRoot && reply.recovering !== true && (begins || current.walking === reply.epoch);
    const incoming = byPlace(records);
    const over = walking && read.complete;
    const missed = over ? await missedBy(database, key, begins, incoming, outbox.changed) : NOTHING_MISSED;
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
    const walk = walking && !over ? walkRow(current.version, incoming) : 'over';
    const feed: FeedRow = {
      ...{ ...current, ...read.reading, rootEpoch: outbox.rootEpoch, lastContactMs: nowMs },
      waiting: stillWaiting(work.departures, rows, work.pending),
      unchecked: read.complete ? [] : unchecked,
      walking: walking && !over ? reply.epoch : null,
    };
    const forkedAs = outbox.forked ? newId() : null;
    const clock = (held: ReplicaClock) => clockAfter(held, records, asked, reply.clock);
    const originAfter = (held: OriginRow) => ({ ...identityAfter(held, forkedAs), clock: clock(held.clock) });
    const seals = await sealsAfter(database, reply);
    return { rows, read: opened, outbox, walk, feed, origin: originAfter, seals };
  });
}

/**
 * Stores rows of a snapshot: merged like any pulled row, with where to read on. `changed`: how many of the records were
 * not held, or held in an older state.
 */
export function applyRows(
  database: DeviceDatabase,
  key: CryptoKey,
  records: readonly StoredRecord[],
  feedAfter: (current: FeedRow, changed: number) => FeedRow,
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
    const changed = countChanged(opened, rows);
    const rest = { outbox: null, walk: null, seals: null };
    return { rows, read: opened, feed: feedAfter(current, changed), origin: (held) => held, ...rest };
  });
}

function countChanged(before: ReadonlyMap<string, OpenRow>, after: readonly OpenRow[]): number {
  return after.reduce((sum, { place, held }) => {
    const was = before.get(placeKey(place))?.held.stored ?? {};
    return sum + Object.entries(held.stored).filter(([key, record]) => record !== was[key]).length;
  }, 0);
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
  settled: readonly OutboxRow[],
): Promise<Work['missed']> {
  const walked = begins ? [] : await database.meta.where('key').startsWith('walk:').toArray();
  const brought = new Set([...incoming.keys(), ...walked.flatMap((row) => ('brought' in row ? row.brought : []))]);
  const places = (await allPlaces(database)).filter((place) => !brought.has(placeKey(place)));
  return { places, kept: places.length === 0 ? new Set() : await unconfirmedRecords(database, key, settled) };
}

/** Identities that are still asked about: their work may yet be decided otherwise. */
const FORMER = 5;

/** Under a number that another replica uses as well nothing can be told apart: it goes on as a new origin. */
function identityAfter(held: OriginRow, forkedAs: string | null): OriginRow {
  if (forkedAs === null) return held;
  const former = [...(held.former ?? []), held.replicaId].slice(-FORMER);
  return { ...held, replicaId: forkedAs, seq: 0, chain: '', former };
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
