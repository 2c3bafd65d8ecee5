import { appliedByRecord, pendingByRecord, refusedByRecord } from '../../lib/replication/apply-reply.ts';
import { isForgotten, lifeOf, RETENTION_MS, type Settled, settleOutbox } from '../../lib/replication/confirmation.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { Standing } from '../../lib/replication/outbox.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import { refKey } from '../../lib/replication/record.ts';
import type { RowPlace } from './chart.ts';
import type { DeviceDatabase, FeedRow, OriginRow, OutboxRow } from './device-database.ts';
import { openOutboxRow, outboxRow, type PlacedEntry } from './outbox.ts';

/** Confirmed actions looked at for being forgotten, at one reply. */
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
  readonly pending: ReturnType<typeof pendingByRecord>;
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
  const before = await openSettling(key, await rowsFor(database, reply, newLife), reply, newLife);
  const settled: Settled<Settling> = settleOutbox(before, ({ row }) => row.id, origin, feed.rootEpoch, reply, nowMs);
  const entries = await Promise.all(settled.entries.map((one) => opened(key, one)));
  const named = entries.flatMap((one, index) => (one.opened === null ? [] : [index]));
  const [was, is] = [
    named.map((index) => entryOf(before[index]!, entries[index]!.opened!)),
    named.map((index) => entryOf(entries[index]!, entries[index]!.opened!)),
  ];
  const changed = entries.filter((one, index) => one !== before[index] && !isSame(one, before[index]!));
  const forgotten = await forgettable(database, reply, nowMs);
  return {
    forked: settled.forked,
    rootEpoch: settled.rootEpoch,
    pending: pendingByRecord(is),
    applied: appliedByRecord(was, is),
    refused: refusedByRecord(was, is),
    places: changed.flatMap((one) => one.opened?.places ?? []),
    changed: await Promise.all(changed.map((one) => rowAfter(key, one))),
    forgotten: newLife ? [] : forgotten,
  };
}

/** What is pending, received or named by an outcome; everything, when a new root may have lost it; and marks. */
async function rowsFor(database: DeviceDatabase, reply: ExchangeReply, newLife: boolean): Promise<OutboxRow[]> {
  if (newLife) return database.outbox.orderBy('seq').toArray();
  const rows = await database.outbox.where('state').anyOf('pending', 'received').toArray();
  const marks = Object.entries(reply.origins).flatMap(([origin, { received, confirmed }]) => [
    [origin, received.seq],
    [origin, confirmed?.seq ?? 0],
  ]);
  const marked = await database.outbox.where('[origin+lastSeq]').anyOf(marks).toArray();
  const named = await database.outbox.bulkGet(reply.outcomes.map((outcome) => outcome.actionId));
  const all = [...rows, ...marked, ...named.filter((row) => row !== undefined)];
  return [...new Map(all.map((row) => [row.id, row])).values()].sort((left, right) => left.seq - right.seq);
}

async function openSettling(
  key: CryptoKey,
  rows: readonly OutboxRow[],
  reply: ExchangeReply,
  newLife: boolean,
): Promise<Settling[]> {
  const named = new Set(reply.outcomes.map((outcome) => outcome.actionId));
  return Promise.all(
    rows.map(async (row): Promise<Settling> => {
      const { origin, lastSeq, chain, state, receivedBy, confirmedAtMs } = row;
      const isNeeded = newLife || state === 'pending' || named.has(row.id);
      const entry = isNeeded ? await openOutboxRow(key, row) : null;
      const standing = { origin, lastSeq, chain, state, receivedBy, confirmedAtMs };
      return { ...standing, refusal: entry?.refusal ?? null, row, opened: entry };
    }),
  );
}

/** What became pending again must be known by its content. */
async function opened(key: CryptoKey, one: Settling): Promise<Settling> {
  return one.state !== 'pending' || one.opened !== null ? one : { ...one, opened: await openOutboxRow(key, one.row) };
}

function entryOf({ origin, lastSeq, chain, state, receivedBy, confirmedAtMs, refusal }: Settling, inside: PlacedEntry) {
  const { action, places } = inside;
  return { action, places, refusal, origin, lastSeq, chain, state, receivedBy, confirmedAtMs };
}

function isSame(left: Settling, right: Settling): boolean {
  return (
    left.state === right.state && left.receivedBy === right.receivedBy && left.confirmedAtMs === right.confirmedAtMs
  );
}

/** Only a refusal is sealed; how an action stands is beside the seal. */
async function rowAfter(key: CryptoKey, one: Settling): Promise<OutboxRow> {
  const { row, opened: inside, state, receivedBy, confirmedAtMs } = one;
  if (inside !== null && inside.refusal !== one.refusal) return outboxRow(key, entryOf(one, inside), row);
  return { ...row, state, receivedBy, confirmedAtMs };
}

async function forgettable(database: DeviceDatabase, reply: ExchangeReply, nowMs: number): Promise<string[]> {
  const oldest = await database.outbox
    .where('[state+seq]')
    .between(['confirmed', 0], ['confirmed', Number.MAX_SAFE_INTEGER])
    .limit(FORGET_AT_ONCE)
    .filter((row) => nowMs - (row.confirmedAtMs ?? nowMs) > RETENTION_MS)
    .toArray();
  return oldest.filter((row) => isForgotten(row, reply.origins, nowMs)).map((row) => row.id);
}

/** Records with changes that are not known to be at the root. */
export async function unconfirmedRecords(database: DeviceDatabase, key: CryptoKey): Promise<Set<string>> {
  const rows = await database.outbox.where('state').anyOf('pending', 'received').toArray();
  const entries = await Promise.all(rows.map((row) => openOutboxRow(key, row)));
  return new Set(entries.flatMap(({ action }) => action.changes.map((change) => refKey(refOf(change)))));
}
