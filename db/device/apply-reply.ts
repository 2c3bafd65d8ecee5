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
import { readAnew, walksAfter } from '../../lib/replication/healing.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { placeKey } from './chart.ts';
import type { DeviceDatabase, FeedRow, OriginRow } from './device-database.ts';
import { type Arriving, applyToRow, byPlace, placesToOpen, type Work } from './incoming-rows.ts';
import { stillWaiting } from './let-go.ts';
import { pendingIn } from './outbox.ts';
import { keptNoMore, replacedRows } from './replaced.ts';
import { type OpenRow, readRows } from './rows.ts';
import { sealsAfter } from './sealed-heads.ts';
import { settleRows, unconfirmedRecords } from './settle-outbox.ts';
import { isChart, untilStored } from './store-rows.ts';
import { walkRows, walkStep } from './walk-rows.ts';

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
    const life = lifeOf(current.rootEpoch, reply.rootEpoch);
    const read = readAfter(current, reply, life);
    const records = read.pages.flatMap((page) => recordsOf(page.tables));
    const settledCharts = outbox.places.filter(isChart).map((place) => place.id);
    const unchecked = moreUnchecked(current.unchecked, settledCharts, current.scopes, read.reading.scopes);
    const arriving: Arriving = {
      incoming: byPlace(records),
      departures: departuresIn(current.waiting, read.pages),
      scopes: read.reading.scopes,
      complete: read.complete ? unchecked : [],
    };
    const step = await walkStep(database, current, reply, life === 'same', read.complete, arriving.incoming);
    const unsettled = step.removes ? await unconfirmedRecords(database, key, outbox.changed) : new Set<string>();
    const others = [...outbox.places, ...step.places];
    const opened = await readRows(database, key, await placesToOpen(database, current.scopes, arriving, others));
    const { applied, refused } = outbox;
    const pending = await outbox.pendingIn([...opened.values()].map((row) => row.place));
    const work: Work = { ...arriving, applied, refused, pending };
    const walked = walkRows([...opened.values()], step, unsettled, (row) => applyToRow(row, work));
    const { rows, isThinner } = walked;
    const feed: FeedRow = {
      ...{ ...current, rootEpoch: outbox.rootEpoch, lastContactMs: nowMs },
      ...(isThinner ? readAnew(read.reading, reply.epoch, true) : read.reading),
      waiting: stillWaiting(work.departures, rows, pending),
      unchecked: read.complete ? [] : unchecked,
      walks: walksAfter(current.walks, reply.epoch, step.walk, isThinner),
    };
    const forkedAs = outbox.forked ? newId() : null;
    const clock = (held: ReplicaClock) => clockAfter(held, records, asked, reply.clock);
    const originAfter = (held: OriginRow) => ({ ...identityAfter(held, forkedAs), clock: clock(held.clock) });
    const seals = await sealsAfter(database, reply);
    const { scopes } = read.reading;
    const replaced = {
      added: await replacedRows(key, walked.replaced, rows, nowMs),
      gone: await keptNoMore(database, key, { scopesBefore: current.scopes, scopes, arriving, opened, rows }),
    };
    const kept = isThinner ? [] : Object.keys(feed.walks).filter((epoch) => epoch in current.walks);
    const walk = { row: step.row, kept };
    return { rows, read: opened, outbox, walk, replaced, feed, origin: originAfter, seals };
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
      ...{ incoming, applied: new Map(), refused: new Map(), pending },
      ...{ departures: [], scopes: null, complete: [] },
    };
    const rows = [...opened.values()].map((row) => applyToRow(row, work));
    const changed = countChanged(opened, rows);
    const rest = { outbox: null, walk: null, replaced: null, seals: null };
    return { rows, read: opened, feed: feedAfter(current, changed), origin: (held) => held, ...rest };
  });
}

function countChanged(before: ReadonlyMap<string, OpenRow>, after: readonly OpenRow[]): number {
  return after.reduce((sum, { place, held }) => {
    const was = before.get(placeKey(place))?.held.stored ?? {};
    return sum + Object.entries(held.stored).filter(([key, record]) => record !== was[key]).length;
  }, 0);
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
