import { collectionNamed } from '../../lib/domain/collections.ts';
import {
  appliedByRecord,
  isReleased,
  leftIn,
  mayLetGo,
  pendingByRecord,
  rebaseRecord,
  recordsOf,
  refusedByRecord,
  settleOutbox,
} from '../../lib/replication/apply-reply.ts';
import type { Change } from '../../lib/replication/change.ts';
import { correctClock, observeStamps } from '../../lib/replication/clock.ts';
import type { Timing } from '../../lib/replication/exchange.ts';
import type { OutboxEntry } from '../../lib/replication/outbox.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import {
  type Held,
  heldRecord,
  memberships,
  placeKey,
  placeOf,
  type RowPlace,
  shownRecords,
  withRecord,
} from './chart.ts';
import type { DeviceDatabase, FeedRow, OutboxRow } from './device-database.ts';
import { openOutboxRow, outboxRow } from './outbox.ts';
import { readFeed, readOrigin } from './replica-state.ts';
import { type OpenRow, RowMoved, readRows, sealRows, writeRows } from './rows.ts';

/** What came from the upstream, by exchange or by snapshot: records, outcomes, departures, and where to read on. */
export interface Incoming {
  readonly records: readonly StoredRecord[];
  readonly outcomes: ExchangeReply['outcomes'];
  readonly pages: ExchangeReply['pages'];
  /** The scopes this phone may hold, or null while a snapshot does not say. */
  readonly scopes: readonly string[] | null;
  readonly feed: (current: FeedRow) => FeedRow;
  readonly clock: { readonly timing: Timing; readonly upstreamMs: number } | null;
}

export function incomingOf(reply: ExchangeReply, timing: Timing): Incoming {
  return {
    records: reply.pages.flatMap((page) => recordsOf(page.tables)),
    outcomes: reply.outcomes,
    pages: reply.pages,
    scopes: reply.scopes,
    feed: (current) => ({
      ...current,
      epoch: reply.epoch,
      rootEpoch: reply.rootEpoch,
      cursors: reply.cursors,
      scopes: reply.scopes,
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
  const feed = await readFeed(database);
  const outboxRows = await database.outbox.where('state').equals('pending').sortBy('seq');
  const outbox = await Promise.all(outboxRows.map((row) => openOutboxRow(key, row)));
  const settled = settleOutbox(outbox, incoming.outcomes);
  const work: Work = {
    incoming: new Map(incoming.records.map((record) => [refKey(record), record])),
    applied: appliedByRecord(outbox, incoming.outcomes),
    refused: refusedByRecord(outbox, incoming.outcomes),
    pending: pendingByRecord(settled),
  };
  const places = await placesOf(database, feed, incoming, work, settled);
  const opened = await readRows(database, key, places);
  const changed = [...opened.values()]
    .map((row) => applyToRow(row, work, incoming))
    .filter((row) => row !== opened.get(placeKey(row.place)));
  const commit = origin.commit + 1;
  const sealed = await sealRows(key, changed, commit);
  const outboxChanges = await resealed(key, outboxRows, outbox, settled);
  const clock = nextClock(origin.clock, incoming);
  await database.transaction('rw', [database.charts, database.records, database.outbox, database.meta], async () => {
    const current = await readOrigin(database);
    if (current.commit !== origin.commit || current.seq !== origin.seq) throw new RowMoved();
    await writeRows(database, sealed);
    for (const row of outboxChanges) await database.outbox.put(row);
    await database.meta.put({ ...current, clock, commit });
    await database.meta.put(incoming.feed(await readFeed(database)));
  });
  return changed.filter((row) => row.place.table === 'charts').map((row) => row.place.id);
}

interface Work {
  readonly incoming: ReadonlyMap<string, StoredRecord>;
  readonly applied: ReadonlyMap<string, readonly Change[]>;
  readonly refused: ReadonlyMap<string, readonly Change[]>;
  readonly pending: ReadonlyMap<string, readonly Change[]>;
}

/** The rows to open: where records arrived, where changes were settled, and whatever may have to be let go. */
async function placesOf(
  database: DeviceDatabase,
  feed: FeedRow,
  incoming: Incoming,
  work: Work,
  settled: readonly OutboxEntry[],
): Promise<RowPlace[]> {
  const places = new Map<string, RowPlace>();
  const add = (place: RowPlace | null) => {
    if (place !== null) places.set(placeKey(place), place);
  };
  for (const record of work.incoming.values()) add(placeOf(record));
  const touched = [...work.applied.keys(), ...work.refused.keys()];
  if (touched.length > 0) for (const patientId of patientsNamed(settled)) add({ table: 'charts', id: patientId });
  for (const key of touched) add({ table: 'records', id: key });
  for (const { left } of leftIn(incoming.pages)) {
    add(left.collection === 'patients' ? { table: 'charts', id: left.id } : { table: 'records', id: refKey(left) });
  }
  if (incoming.scopes !== null && feed.scopes.some((scope) => !incoming.scopes!.includes(scope))) {
    for (const id of await database.charts.toCollection().primaryKeys()) add({ table: 'charts', id });
    for (const id of await database.records.toCollection().primaryKeys()) add({ table: 'records', id });
  }
  return [...places.values()];
}

/** Patients whose charts the entries' changes may stand in: a change to a record names its patient only when it made it. */
function patientsNamed(entries: readonly OutboxEntry[]): Set<string> {
  const patients = new Set<string>();
  for (const { action } of entries) {
    for (const change of action.changes) {
      if (change.collection === 'patients') patients.add(change.recordId);
      if (typeof change.fields.patientId === 'string') patients.add(change.fields.patientId);
    }
  }
  return patients;
}

function applyToRow(row: OpenRow, work: Work, incoming: Incoming): OpenRow {
  let held: Held = row.held;
  for (const key of keysInRow(row, work)) {
    const before = heldRecord(held, key);
    const after = rebaseRecord(
      before,
      work.incoming.get(key),
      work.applied.get(key) ?? [],
      work.pending.get(key) ?? [],
    );
    if (after?.stored === before?.stored && after?.shown === before?.shown) continue;
    held = withRecord(held, key, after);
  }
  held = letGo(row.place, held, work, incoming);
  return held === row.held ? row : { ...row, held };
}

/** The records of this row that anything was said about. */
function keysInRow(row: OpenRow, work: Work): Set<string> {
  const keys = new Set<string>();
  for (const record of work.incoming.values()) {
    const place = placeOf(record);
    if (place !== null && placeKey(place) === placeKey(row.place)) keys.add(refKey(record));
  }
  const known = new Set([...Object.keys(row.held.stored), ...Object.keys(row.held.shown)]);
  for (const key of [...work.applied.keys(), ...work.refused.keys(), ...work.pending.keys()])
    if (known.has(key)) keys.add(key);
  return keys;
}

function letGo(place: RowPlace, held: Held, work: Work, incoming: Incoming): Held {
  const scopes = incoming.scopes;
  if (scopes === null) return held;
  const mine = memberships(held);
  const patientLeft = leftIn(incoming.pages).filter(
    ({ left }) => left.collection === 'patients' && left.id === place.id,
  );
  const gone =
    place.table === 'charts' && patientLeft.some(({ scope, left }) => mayLetGo(left, scope, mine, scopes, false));
  let kept = held;
  for (const record of shownRecords(held)) {
    const key = refKey(record);
    if (work.pending.has(key)) continue;
    const collection = collectionNamed(record.collection);
    const released = collection !== undefined && isReleased(collection, record, mine, scopes);
    const orphaned = work.applied.has(key) && place.table === 'charts' && mine.length === 0;
    if (gone || released || orphaned) kept = withRecord(kept, key, null);
  }
  return kept;
}

async function resealed(
  key: CryptoKey,
  rows: readonly OutboxRow[],
  before: readonly OutboxEntry[],
  after: readonly OutboxEntry[],
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
