import { LIVES, type Reading } from './apply-reply.ts';
import { lifeOf } from './confirmation.ts';
import { ERASED, type Key } from './key.ts';
import type { ExchangeReply, ScopeDigest } from './protocol/exchange-reply.ts';
import type { StoredRecord } from './record.ts';
import type { ScopeId } from './scopes.ts';

/** A feed that is read once more from its beginning, and what it brought so far. */
export interface Walk {
  readonly epoch: string;
  /** Keys of rows. */
  readonly brought: ReadonlySet<string>;
  /** Walked because the root's sums differed: its rows replace what is here, instead of being merged into it. */
  readonly repairs: boolean;
}

export interface Walked {
  /** The walk to go on with, or null. */
  readonly walk: Walk | null;
  /** It reached its end: what it did not bring is none of this replica's, unless the root is not known to have it. */
  readonly over: ReadonlySet<string> | null;
}

/**
 * A walk after a reply. A new life of a feed is walked, because what left before it began is told by nobody. Not when
 * the root's life is new as well, or while the root recovers: then it may be the root that has lost what is missing.
 */
export function walkAfter(
  held: Walk | null,
  before: Reading,
  reply: Pick<ExchangeReply, 'epoch' | 'recovering'>,
  sameRoot: boolean,
  complete: boolean,
  brought: Iterable<string>,
): Walked {
  const begins = before.epoch !== null && before.cursors[reply.epoch] === undefined;
  const known = held?.epoch === reply.epoch ? held : null;
  if (!sameRoot || reply.recovering === true) return { walk: null, over: null };
  if (!begins && known === null) return { walk: null, over: null };
  const all = new Set([...(known?.brought ?? []), ...brought]);
  if (complete) return { walk: null, over: all };
  return { walk: { epoch: reply.epoch, brought: all, repairs: known?.repairs ?? false }, over: null };
}

/** A walk that begins because the root's sums differ from this replica's own. */
export function repair(epoch: string): Walk {
  return { epoch, brought: new Set(), repairs: true };
}

/**
 * Is this row in the way of the root's? Values that nobody's outbox retains: their author's phone was set back, and the
 * hub that had them burned. They are kept for a person to see, and no longer shown as what the clinic's record says.
 */
export function isReplaced(
  walk: Walk | null,
  epoch: string,
  held: StoredRecord | null,
  incoming: StoredRecord,
): boolean {
  if (walk === null || !walk.repairs || walk.epoch !== epoch || held === null) return false;
  return keysAhead(held, incoming).length > 0;
}

/** Has what a repair replaced still to be seen by a person? Not when it is held again, nor when it was erased since. */
export function isLost(replaced: StoredRecord, held: StoredRecord | undefined): boolean {
  return lostKeys(replaced, held).length > 0;
}

/** The keys of it that are not held again. */
export function lostKeys(replaced: StoredRecord, held: StoredRecord | undefined): Key[] {
  return held?.values[ERASED] === true ? [] : keysAhead(replaced, held);
}

function keysAhead(record: StoredRecord, other: StoredRecord | undefined): Key[] {
  return Object.keys(record.stamps).filter((key) => record.stamps[key]! > (other?.stamps[key] ?? ''));
}

/** Did the root answer, and not one that was given up? It has nothing above it: what it received is confirmed. */
export function isFromRoot(
  { origins, rootEpoch }: Pick<ExchangeReply, 'origins' | 'rootEpoch'>,
  seen: string | null,
): boolean {
  const standings = Object.values(origins);
  const isRoot = standings.length > 0 && standings.every(({ confirmed }) => confirmed === undefined);
  return isRoot && lifeOf(seen, rootEpoch) !== 'old';
}

/**
 * In place of a scope: what is in none, no membership of its patient being held. Half of a chart, after everything was
 * read: the other half burned, with a hub or a root, before it came.
 */
export const NOWHERE: ScopeId = 'nowhere';

/** Scopes whose sums differ from what the upstream says of them; and whether something is in none of them. */
export function differing(
  { digests }: Pick<ExchangeReply, 'digests'>,
  own: Readonly<Record<ScopeId, ScopeDigest>>,
): ScopeId[] {
  const told = Object.entries({ ...digests, [NOWHERE]: NOTHING });
  return told.flatMap(([scope, { count, digest }]) =>
    (own[scope]?.count ?? 0) !== count || (own[scope]?.digest ?? '0') !== digest ? [scope] : [],
  );
}

const NOTHING: ScopeDigest = { count: 0, digest: '0' };

/** The same with what the upstream says of them; '' when all agree. */
export function mismatch(reply: Pick<ExchangeReply, 'digests'>, own: Readonly<Record<ScopeId, ScopeDigest>>): string {
  return differing(reply, own)
    .map((scope) => `${scope} ${(reply.digests[scope] ?? own[scope])?.digest}`)
    .join();
}

/** What is read of the other lives counts no more: what was let go here may have come from one of them. */
export function readAnew(reading: Reading, epoch: string, isRead: boolean): Reading {
  return { ...reading, cursors: isRead ? { [epoch]: reading.cursors[epoch] ?? {} } : { [epoch]: {} } };
}

/** Walks by life of a feed: a phone may be in the middle of its hub's and of its server's. */
export type Walks = Readonly<Record<string, Walk>>;

/**
 * The walks after a reply, of as many lives as there are cursors of. `anew`: the other lives are read from their
 * beginning, and so are their repairs.
 */
export function walksAfter(held: Walks, epoch: string, walk: Walk | null, anew: boolean): Walks {
  const others = Object.values(held).filter((one) => one.epoch !== epoch && (!anew || one.repairs));
  const kept = [...others.map((one) => (anew ? repair(one.epoch) : one)), ...(walk === null ? [] : [walk])];
  return Object.fromEntries(kept.slice(-LIVES).map((one) => [one.epoch, one]));
}
