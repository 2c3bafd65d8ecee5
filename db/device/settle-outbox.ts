import { appliedByRecord, pendingByRecord, withdrawnByRecord } from '../../lib/replication/apply-reply.ts';
import { isForgotten, lifeOf, RETENTION_MS, type Settled, settleOutbox } from '../../lib/replication/confirmation.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { Standing } from '../../lib/replication/outbox.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import { refKey } from '../../lib/replication/record.ts';
import { placeKey, type RowPlace } from './chart.ts';
import type { DeviceDatabase, FeedRow, OriginRow, OutboxRow } from './device-database.ts';
import { openOutboxRow, outboxRow, type PlacedEntry, pendingIn, standingOf } from './outbox.ts';

/** Confirmed actions forgotten at one reply. */
const FORGET_AT_ONCE = 200;

/** A row of the outbox while a reply settles it; opened where its content is needed. */
interface Settling extends Standing {
  readonly refusal: ChangeRefusal | null;
  readonly row: OutboxRow;
  readonly opened: PlacedEntry | null;
}

export interface OutboxAfter {
  readonly forked: boolean;
  readonly rootEpoch: string;
  /** What is pending in any of these rows after the reply, by record. */
  readonly pendingIn: (places: readonly RowPlace[]) => Promise<ReturnType<typeof pendingByRecord>>;
  readonly applied: ReturnType<typeof pendingByRecord>;
  readonly refused: ReturnType<typeof pendingByRecord>;
  /** Rows in which settled changes stand. */
  readonly places: readonly RowPlace[];
  /** Rows to write, and rows to forget. */
  readonly changed: readonly OutboxRow[];
  readonly forgotten: readonly string[];
}

/** The outbox after a reply, worked out before the transaction that stores it. */
export async function settleRows(
  database: DeviceDatabase,
  key: CryptoKey,
  origin: OriginRow,
  feed: FeedRow,
  reply: ExchangeReply,
  nowMs: number,
): Promise<OutboxAfter> {
  const newLife = lifeOf(feed.rootEpoch, reply.rootEpoch) === 'new';
  const settle = async (rows: readonly OutboxRow[], all: boolean) => {
    const before = await openSettling(key, rows, reply, all);
    return { before, ...settleOutbox(before, ({ row }) => row.id, origin, feed.rootEpoch, reply, nowMs) };
  };
  let settled: { before: readonly Settling[] } & Settled<Settling> = await settle(
    newLife ? await database.outbox.orderBy('seq').toArray() : await rowsFor(database, reply),
    newLife,
  );
  // What was received is offered again: all of it has to be known.
  if (settled.forked && !newLife) settled = await settle(await database.outbox.orderBy('seq').toArray(), false);
  const { before } = settled;
  const entries = await Promise.all(settled.entries.map((one) => opened(key, one)));
  const named = entries.flatMap((one, index) => (one.opened === null ? [] : [index]));
  const [was, is] = [
    named.map((index) => entryOf(before[index]!, entries[index]!.opened!)),
    named.map((index) => entryOf(entries[index]!, entries[index]!.opened!)),
  ];
  const changed = entries.filter((one, index) => one !== before[index] && !isSame(one, before[index]!));
  const known = new Set(changed.map((one) => one.row.id));
  return {
    forked: settled.forked,
    rootEpoch: settled.rootEpoch,
    pendingIn: async (places) => {
      const others = (await pendingIn(database, key, places)).filter((one) => !known.has(one.action.id));
      return pendingByRecord([...is.filter((one) => known.has(one.action.id)), ...others]);
    },
    applied: appliedByRecord(was, is),
    refused: withdrawnByRecord(was, is),
    places: changed.flatMap((one) => one.opened?.places ?? []),
    changed: await Promise.all(changed.map((one) => rowAfter(key, one))),
    forgotten: newLife ? [] : await forgettable(database, reply, nowMs),
  };
}

/** What is named by an outcome, what the watermarks may confirm, and the marks themselves. Pending rows are not read. */
async function rowsFor(database: DeviceDatabase, reply: ExchangeReply): Promise<OutboxRow[]> {
  const named = await database.outbox.bulkGet(reply.outcomes.map((outcome) => outcome.actionId));
  const rows = named.filter((row) => row !== undefined);
  for (const [origin, { received, confirmed = received }] of Object.entries(reply.origins)) {
    const marks = [received, confirmed].map(({ seq }) => [origin, seq]);
    rows.push(...(await database.outbox.where('[origin+lastSeq]').anyOf(marks).toArray()));
    const atRoot = [
      ['received', origin, 0],
      ['received', origin, confirmed.seq],
    ];
    rows.push(
      ...(await database.outbox.where('[state+origin+lastSeq]').between(atRoot[0], atRoot[1], true, true).toArray()),
    );
  }
  return [...new Map(rows.map((row) => [row.id, row])).values()].sort((left, right) => left.seq - right.seq);
}

/** Opens what an outcome names; everything, when a new root may have lost it (`all`). */
async function openSettling(
  key: CryptoKey,
  rows: readonly OutboxRow[],
  reply: ExchangeReply,
  all: boolean,
): Promise<Settling[]> {
  const named = new Set(reply.outcomes.map((outcome) => outcome.actionId));
  return Promise.all(
    rows.map(async (row): Promise<Settling> => {
      const entry = all || named.has(row.id) ? await openOutboxRow(key, row) : null;
      return { ...standingOf(row), refusal: entry?.refusal ?? null, row, opened: entry };
    }),
  );
}

/** What became pending again must be known by its content. */
async function opened(key: CryptoKey, one: Settling): Promise<Settling> {
  const again = one.state === 'pending' && one.row.state !== 'pending';
  return again && one.opened === null ? { ...one, opened: await openOutboxRow(key, one.row) } : one;
}

function entryOf(settling: Settling, { action, places }: PlacedEntry): PlacedEntry {
  return { action, places, refusal: settling.refusal, ...standingOf(settling) };
}

function isSame(left: Settling, right: Settling): boolean {
  const [one, other] = [standingOf(left), standingOf(right)];
  return (['state', 'receivedBy', 'unjudged', 'confirmedAtMs'] as const).every((key) => one[key] === other[key]);
}

/** Only a refusal is sealed; how an action stands is beside the seal. */
async function rowAfter(key: CryptoKey, one: Settling): Promise<OutboxRow> {
  const { row, opened: inside } = one;
  if (inside !== null && inside.refusal !== one.refusal) return outboxRow(key, entryOf(one, inside), row);
  const { pendingIn: _, ...beside } = row;
  const standsIn = one.state === 'pending' && inside !== null ? { pendingIn: inside.places.map(placeKey) } : {};
  return { ...beside, ...standsIn, ...standingOf(one) };
}

/** Found by when it was confirmed: nothing of what must be kept is read. */
async function forgettable(database: DeviceDatabase, reply: ExchangeReply, nowMs: number): Promise<string[]> {
  const forgotten: string[] = [];
  for (const [origin, { backedUp = 0 }] of Object.entries(reply.origins)) {
    if (backedUp === 0) continue;
    const due = database.outbox
      .where('[origin+confirmedAtMs]')
      .between([origin, 0], [origin, nowMs - RETENTION_MS], true, false);
    const rows = await due
      .filter((row) => isForgotten(row, reply.origins, nowMs))
      .limit(FORGET_AT_ONCE)
      .toArray();
    forgotten.push(...rows.map((row) => row.id));
  }
  return forgotten;
}

/** Records with changes that are not known to be at the root, after a reply that settles these rows. */
export async function unconfirmedRecords(
  database: DeviceDatabase,
  key: CryptoKey,
  settled: readonly OutboxRow[],
): Promise<Set<string>> {
  const rows = await database.outbox.where('state').anyOf('pending', 'received').toArray();
  const known = new Set(settled.map(({ id }) => id));
  const waiting = [
    ...rows.filter(({ id }) => !known.has(id)),
    ...settled.filter(({ state }) => state === 'pending' || state === 'received'),
  ];
  const entries = await Promise.all(waiting.map((row) => openOutboxRow(key, row)));
  return new Set(entries.flatMap(({ action }) => action.changes.map((change) => refKey(refOf(change)))));
}
