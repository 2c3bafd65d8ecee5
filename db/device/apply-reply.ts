import {
  appliedByRecord,
  departuresIn,
  isNarrower,
  moreUnchecked,
  pendingByRecord,
  rebaseRecord,
  recordsOf,
  refusedByRecord,
  settleOutbox,
} from '../../lib/replication/apply-reply.ts';
import { correctClock, observeStamps } from '../../lib/replication/clock.ts';
import type { Timing } from '../../lib/replication/exchange.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { heldRecord, placeKey, type RowPlace, withRecord } from './chart.ts';
import { placeOf } from './chart-row.ts';
import type { DeviceDatabase, FeedRow, OutboxRow } from './device-database.ts';
import { type Holding, letGo, stillWaiting } from './let-go.ts';
import { openOutboxRow, outboxRow, type PlacedEntry, pendingRows } from './outbox.ts';
import { readFeed, readOrigin } from './replica-state.ts';
import { type OpenRow, RowMoved, readRows, sealRows, writeRows } from './rows.ts';

/** What came from the upstream, by exchange or by snapshot: records, outcomes, departures, and where to read on. */
export interface Incoming {
  readonly records: readonly StoredRecord[];
  readonly outcomes: ExchangeReply['outcomes'];
  readonly pages: ExchangeReply['pages'];
  /** The scopes this phone may hold, or null while a snapshot does not say. */
  readonly scopes: readonly string[] | null;
  /** Was every scope read to its end? */
  readonly complete: boolean;
  readonly feed: (current: FeedRow) => FeedRow;
  readonly clock: { readonly timing: Timing; readonly upstreamMs: number } | null;
}

export function incomingOf(reply: ExchangeReply, timing: Timing): Incoming {
  return {
    records: reply.pages.flatMap((page) => recordsOf(page.tables)),
    outcomes: reply.outcomes,
    pages: reply.pages,
    scopes: reply.scopes,
    complete: !reply.more,
    feed: (current) => ({
      ...current,
      epoch: reply.epoch,
      rootEpoch: reply.rootEpoch,
      cursors: reply.cursors,
      scopes: reply.scopes,
      // Of another life of the feed nothing is read on: all of it comes again.
      waiting: reply.epoch === current.epoch ? current.waiting : [],
      lastContactMs: timing.receivedMs,
    }),
    clock: { timing, upstreamMs: reply.clock },
  };
}

const MOST_ATTEMPTS = 20;

/**
 * Applies what came: outcomes, rows and cursors in one transaction. Each pulled record is merged into the stored one
 * and what is still pending is shown over it. Returns the ids of the charts that changed.
 */
export async function applyIncoming(
  database: DeviceDatabase,
  key: CryptoKey,
  incoming: Incoming,
): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryApply(database, key, incoming);
    } catch (fault) {
      if (!(fault instanceof RowMoved) || attempt === MOST_ATTEMPTS) throw fault;
    }
  }
}

async function tryApply(database: DeviceDatabase, key: CryptoKey, incoming: Incoming): Promise<readonly string[]> {
  const origin = await readOrigin(database);
  const current = await readFeed(database);
  const feed = incoming.feed(current);
  const outboxRows = await pendingRows(database);
  const outbox = await Promise.all(outboxRows.map((row) => openOutboxRow(key, row)));
  const settled = settleOutbox(outbox, incoming.outcomes);
  const settledPlaces = outbox.flatMap((entry, index) => (entry === settled[index] ? [] : entry.places));
  const settledCharts = settledPlaces.filter(isChart).map((place) => place.id);
  const unchecked = moreUnchecked(feed.unchecked, settledCharts, current.scopes, incoming.scopes ?? current.scopes);
  const work: Work = {
    incoming: byPlace(incoming.records),
    applied: appliedByRecord(outbox, incoming.outcomes),
    refused: refusedByRecord(outbox, incoming.outcomes),
    pending: pendingByRecord(settled),
    departures: departuresIn(feed.waiting, incoming.pages),
    scopes: incoming.scopes,
    complete: incoming.complete ? unchecked : [],
  };
  const places = await placesOf(database, current.scopes, work, settledPlaces);
  const opened = await readRows(database, key, places);
  const rows = [...opened.values()].map((row) => applyToRow(row, work));
  const changed = rows.filter((row) => row !== opened.get(placeKey(row.place)));
  const sealed = await sealRows(key, changed);
  const outboxChanges = await resealed(key, outboxRows, outbox, settled);
  const waiting = incoming.scopes === null ? feed.waiting : stillWaiting(work.departures, rows, work.pending);
  const next = { ...feed, version: current.version + 1, waiting, unchecked: incoming.complete ? [] : unchecked };
  await database.transaction('rw', [database.charts, database.records, database.outbox, database.meta], async () => {
    const now = await readOrigin(database);
    if (await hasMoved(database, origin.commit, now.commit, current.version, opened)) throw new RowMoved();
    const commit = now.commit + 1;
    await writeRows(database, sealed, commit);
    await database.outbox.bulkPut(outboxChanges);
    await database.meta.bulkPut([{ ...now, clock: nextClock(now.clock, incoming), commit }, next]);
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
  readAt: number,
  commit: number,
  version: number,
  opened: ReadonlyMap<string, OpenRow>,
): Promise<boolean> {
  if ((await readFeed(database)).version !== version) return true;
  if (commit === readAt) return false;
  const charts = await database.charts.where('commit').above(readAt).primaryKeys();
  const records = await database.records.where('commit').above(readAt).primaryKeys();
  return (
    charts.some((id) => opened.has(placeKey({ table: 'charts', id }))) ||
    records.some((id) => opened.has(placeKey({ table: 'records', id })))
  );
}

interface Arrivals {
  readonly place: RowPlace;
  readonly records: Map<string, StoredRecord>;
}

interface Work extends Omit<Holding, 'scopes'> {
  readonly applied: Holding['pending'];
  readonly incoming: ReadonlyMap<string, Arrivals>;
  readonly refused: Holding['pending'];
  readonly scopes: readonly string[] | null;
}

function byPlace(records: readonly StoredRecord[]): Map<string, Arrivals> {
  const arrivals = new Map<string, Arrivals>();
  for (const record of records) {
    const place = placeOf(record);
    if (place === null) continue;
    const here = arrivals.get(placeKey(place)) ?? { place, records: new Map() };
    here.records.set(refKey(record), record);
    arrivals.set(placeKey(place), here);
  }
  return arrivals;
}

/** The rows to open: where records arrived, where changes were settled, and whatever may have to be let go. */
async function placesOf(
  database: DeviceDatabase,
  scopesBefore: readonly string[],
  work: Work,
  settled: readonly RowPlace[],
): Promise<RowPlace[]> {
  const places = new Map<string, RowPlace>();
  const add = (place: RowPlace) => places.set(placeKey(place), place);
  for (const { place } of work.incoming.values()) add(place);
  for (const place of settled) add(place);
  for (const { left } of work.departures) add({ table: 'charts', id: left.id });
  for (const id of work.complete === 'all' ? [] : work.complete) add({ table: 'charts', id });
  if (work.complete === 'all' || isNarrower(scopesBefore, work.scopes ?? scopesBefore)) {
    for (const id of await database.charts.toCollection().primaryKeys()) add({ table: 'charts', id });
    for (const id of await database.records.toCollection().primaryKeys()) add({ table: 'records', id });
  }
  return [...places.values()];
}

function applyToRow(row: OpenRow, work: Work): OpenRow {
  const arrived = work.incoming.get(placeKey(row.place))?.records ?? new Map<string, StoredRecord>();
  let held = row.held;
  for (const key of new Set([...arrived.keys(), ...Object.keys(held.stored), ...Object.keys(held.shown)])) {
    const [applied, pending] = [work.applied.get(key) ?? [], work.pending.get(key) ?? []];
    if (!arrived.has(key) && applied.length === 0 && !work.refused.has(key)) continue;
    const before = heldRecord(held, key);
    const after = rebaseRecord(before, arrived.get(key), applied, pending);
    if (after?.stored === before?.stored && after?.shown === before?.shown) continue;
    held = withRecord(held, key, after);
  }
  if (work.scopes !== null) held = letGo(row.place, held, { ...work, scopes: work.scopes });
  return held === row.held ? row : { ...row, held };
}

async function resealed(
  key: CryptoKey,
  rows: readonly OutboxRow[],
  before: readonly PlacedEntry[],
  after: readonly PlacedEntry[],
): Promise<OutboxRow[]> {
  const made = after.map(async (entry, index) =>
    entry === before[index] ? null : outboxRow(key, entry, rows[index]!.madeAtMs),
  );
  return (await Promise.all(made)).filter((row) => row !== null);
}

function nextClock(clock: Parameters<typeof correctClock>[0], incoming: Incoming) {
  const stamps = incoming.records.flatMap((record) => Object.values(record.stamps));
  if (incoming.clock === null) return clock;
  const { timing, upstreamMs } = incoming.clock;
  return observeStamps(correctClock(clock, timing.sentMs, timing.receivedMs, upstreamMs), timing.receivedMs, stamps);
}
