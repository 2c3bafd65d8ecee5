import { collectionNamed } from '../../lib/domain/collections.ts';
import type { Action, Change } from '../../lib/replication/change.ts';
import { type OutboxEntry, type Standing, takenWhere } from '../../lib/replication/outbox.ts';
import type { ChangeRefusal } from '../../lib/replication/protocol/outcome.ts';
import { ANYWHERE, placeKey, type RowPlace } from './chart.ts';
import type { DeviceDatabase, OutboxRow } from './device-database.ts';
import { seal, unseal } from './seal.ts';

interface Inside {
  readonly action: Action;
  readonly refusal: ChangeRefusal | null;
  readonly places: readonly RowPlace[];
}

/** An outbox entry with the rows its changes stand in: a change to a record names its patient only when it made it. */
export interface PlacedEntry extends OutboxEntry {
  readonly places: readonly RowPlace[];
}

export async function outboxRow(
  key: CryptoKey,
  entry: PlacedEntry,
  made: Pick<OutboxRow, 'seq' | 'madeAtMs' | 'settled'>,
): Promise<OutboxRow> {
  const { action, refusal, places, ...standing } = entry;
  const inside: Inside = { action, refusal, places };
  const sealed = await seal(key, `outbox:${action.id}`, inside);
  const { seq, madeAtMs, settled } = made;
  return {
    id: action.id,
    seq,
    ...standing,
    kind: action.changes.every(isOfTrail) ? 'trail' : 'work',
    ...(entry.state === 'pending' ? { pendingIn: places.map(placeKey) } : {}),
    changes: action.changes.length,
    author: action.changes[0]!.author,
    madeAtMs,
    ...(settled === undefined ? {} : { settled }),
    sealed,
  };
}

function isOfTrail({ collection }: Change): boolean {
  return collectionNamed(collection)?.scope === 'trail';
}

export async function openOutboxRow(key: CryptoKey, row: OutboxRow): Promise<PlacedEntry> {
  const { action, refusal, places } = await unseal<Inside>(key, `outbox:${row.id}`, row.sealed);
  return { action, refusal, places, ...standingOf(row) };
}

export function standingOf({ origin, lastSeq, chain, state, receivedBy, unjudged, confirmedAtMs }: Standing): Standing {
  return { origin, lastSeq, chain, state, receivedBy, unjudged, confirmedAtMs };
}

/** The pending actions that stand in these rows, oldest first. Nothing else of the outbox is read. */
export async function pendingIn(
  database: DeviceDatabase,
  key: CryptoKey,
  places: readonly RowPlace[],
): Promise<PlacedEntry[]> {
  const rows = await database.outbox
    .where('pendingIn')
    .anyOf([...places.map(placeKey), ANYWHERE])
    .distinct()
    .toArray();
  rows.sort((left, right) => left.seq - right.seq);
  return Promise.all(rows.map((row) => openOutboxRow(key, row)));
}

/**
 * Actions that an upstream of this life has to be offered, the oldest that are pending first; at most `limit`.
 * `again`: also those of a former identity that only an outcome can confirm. `notHere`: clinics whose work it does not
 * take. A refusal that a person dealt with is the last word on its action.
 */
export async function offeredActions(
  database: DeviceDatabase,
  key: CryptoKey,
  epoch: string | null,
  limit: number,
  again: { readonly besides: string } | null,
  notHere: readonly string[],
): Promise<Action[]> {
  const all = notHere.length === 0 ? limit : Number.POSITIVE_INFINITY;
  const pending = await database.outbox
    .where('[state+seq]')
    .between(['pending', 0], ['pending', Number.MAX_SAFE_INTEGER])
    .limit(all)
    .toArray();
  const byLife = '[state+receivedBy+seq]';
  const others = [
    ...(await besides(database, 'received', byLife, epoch, all)),
    ...(await besides(database, 'refused', byLife, epoch, all)),
    ...(again === null ? [] : await besides(database, 'received', '[state+origin+lastSeq]', again.besides, all)),
  ];
  const rows = [...new Map([...pending, ...others].map((row) => [row.id, row])).values()];
  const isTaken = takenWhere((clinicId) => !notHere.includes(clinicId));
  const actions: Action[] = [];
  for (const row of rows.sort((left, right) => left.seq - right.seq)) {
    if (actions.length === limit) break;
    const { action } = await openOutboxRow(key, row);
    if (isTaken(action)) actions.push(action);
  }
  return actions;
}

/** Keys before and after every other, by IndexedDB's order: numbers, texts, lists. */
const LEAST = Number.NEGATIVE_INFINITY;
const GREATEST = [[]];

/**
 * Rows of a state whose second part of this index is another one; null: all that have one. The first of each of those,
 * which are few: an earlier action of one must not be left out for the many of another, nor for refusals that were dealt
 * with.
 */
async function besides(
  database: DeviceDatabase,
  state: 'received' | 'refused',
  index: '[state+receivedBy+seq]' | '[state+origin+lastSeq]',
  value: string | null,
  limit: number,
): Promise<OutboxRow[]> {
  const second = index === '[state+receivedBy+seq]' ? 'receivedBy' : 'origin';
  const rows: OutboxRow[] = [];
  for (let from: readonly unknown[] = [state, LEAST]; ; ) {
    const next = await database.outbox.where(index).between(from, [state, GREATEST], false, false).first();
    if (next === undefined) return rows;
    const [first, last] = [
      [state, next[second], LEAST],
      [state, next[second], GREATEST],
    ];
    const ofOne = database.outbox.where(index).between(first, last);
    const waiting = ofOne.filter((row) => state === 'received' || row.settled === undefined).limit(limit);
    if (next[second] !== value) rows.push(...(await waiting.toArray()));
    from = last;
  }
}

export interface OutboxCounts {
  /** Work that only this phone has: actions. */
  readonly unsent: number;
  /** Refused, and not dealt with: waiting for a person. */
  readonly refused: number;
  /** Work at an upstream that is not the root, and at the root. */
  readonly received: number;
  readonly confirmed: number;
  /** Notes that somebody looked, which wait here as well. */
  readonly looks: number;
}

/** What is in the outbox. Nobody is to be alarmed by looks: but for those refused they are counted by themselves. */
export async function countOutbox(database: DeviceDatabase): Promise<OutboxCounts> {
  const all = (state: OutboxRow['state']) => database.outbox.where('state').equals(state).count();
  const looksAt = (state: OutboxRow['state']) => database.outbox.where('[kind+state]').equals(['trail', state]).count();
  const workAt = async (state: OutboxRow['state']) => (await all(state)) - (await looksAt(state));
  const waiting = database.outbox
    .where('state')
    .equals('refused')
    .filter((row) => row.settled === undefined);
  const [unsent, refused, received, confirmed, looks] = await Promise.all([
    workAt('pending'),
    waiting.count(),
    workAt('received'),
    workAt('confirmed'),
    looksAt('pending'),
  ]);
  return { unsent, refused, received, confirmed, looks };
}
