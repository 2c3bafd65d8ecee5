import { type Standing, settleEntry } from './outbox.ts';
import type { ExchangeReply } from './protocol/exchange-reply.ts';
import type { ChangeRefusal } from './protocol/outcome.ts';
import type { Watermark } from './watermark.ts';

/** How long a phone keeps what is confirmed: a root that loses its last days asks for them again. */
export const RETENTION_MS = 30 * 86_400_000;

/** This replica as an origin: its last number, and the rolling hash up to it. */
export interface OwnMark extends Watermark {
  readonly replicaId: string;
}

type Entry = Standing & { readonly refusal: ChangeRefusal | null };

export interface Settled<E> {
  readonly entries: readonly E[];
  /** The upstream knows other changes under this replica's numbers: it was restored or cloned. */
  readonly forked: boolean;
  /** The greatest life of a root seen so far. */
  readonly rootEpoch: string;
}

/**
 * The outbox after a reply: outcomes settle exactly the actions that they name; the root's watermark confirms what an
 * upstream had received, only where the chains agree; what is old, confirmed and in the root's backup is let go.
 * `actionIdOf` names an entry's action. `rootEpoch` is the greatest seen before, null before the first reply.
 */
export function settleOutbox<E extends Entry>(
  before: readonly E[],
  actionIdOf: (entry: E) => string,
  own: OwnMark,
  rootEpoch: string | null,
  reply: Pick<ExchangeReply, 'epoch' | 'rootEpoch' | 'outcomes' | 'origins'>,
  nowMs: number,
): Settled<E> {
  const life = lifeOf(rootEpoch, reply.rootEpoch);
  const kept = life === 'new' && rootEpoch !== null ? before.map((entry) => unconfirmed(entry, rootEpoch)) : before;
  const outcomes = new Map(reply.outcomes.map((one) => [one.actionId, one]));
  const settled = kept.map((entry) => {
    const outcome = outcomes.get(actionIdOf(entry));
    if (outcome === undefined) return entry;
    const believed = { ...outcome, confirmed: outcome.confirmed && life !== 'old' };
    return isKnown(entry, believed) ? entry : settleEntry(entry, believed, { epoch: reply.epoch, nowMs });
  });
  const forked = isForked(own, reply.origins[own.replicaId]?.received, before);
  const entries = life === 'old' ? settled : confirmAll(settled, reply, nowMs);
  return {
    entries: forked ? entries.map(reoffered) : entries,
    forked,
    rootEpoch: rootEpoch !== null && life === 'old' ? rootEpoch : reply.rootEpoch,
  };
}

/** Smaller than any life of a root: whoever has seen this one obeys the next, and offers it everything again. */
export const NO_LIFE = '00000000-0000-0000-0000-000000000000';

/** The life of the root that a reply names, beside the greatest seen before. */
export type Life = 'same' | 'new' | 'old';

/** Lives of roots are ordered by their ids: the greatest is obeyed, a smaller one is a server that was given up. */
export function lifeOf(seen: string | null, named: string): Life {
  if (seen === null || seen === named) return 'same';
  return named > seen ? 'new' : 'old';
}

/** A repetition of what is known already must not take a confirmation back. */
function isKnown(entry: Entry, outcome: { confirmed: boolean; result: string }): boolean {
  if (entry.state === 'confirmed') return !outcome.confirmed || outcome.result !== 'refused';
  return entry.state === 'refused' && entry.confirmedAtMs !== null && !outcome.confirmed;
}

/** What a root of another life had confirmed, or a hub may have told it, is offered again. */
function unconfirmed<E extends Entry>(entry: E, lost: string): E {
  // The new root knows nothing of the refusal; a hub may have applied the same work, and hand that on.
  if (entry.state === 'refused') return { ...entry, receivedBy: lost, confirmedAtMs: null };
  return { ...entry, state: 'pending' };
}

/** Under numbers that another replica uses as well no watermark can settle it: only an outcome by id. */
function reoffered<E extends Entry>(entry: E): E {
  return entry.state === 'received' ? { ...entry, state: 'pending' } : entry;
}

/**
 * Only what this upstream took itself: of what another took, the root may know the verdict of a third, which an outcome
 * tells and a watermark does not. Nor what it could not judge: the root may have refused that.
 */
function confirmAll<E extends Entry>(
  entries: readonly E[],
  { epoch, origins }: Pick<ExchangeReply, 'epoch' | 'origins'>,
  nowMs: number,
): E[] {
  const marks = new Map<string, Watermark>();
  for (const [origin, { received, confirmed = received }] of Object.entries(origins)) {
    if (chainAt(entries, origin, confirmed.seq) === confirmed.chain) marks.set(origin, confirmed);
  }
  return entries.map((entry) => {
    const isOurs = entry.state === 'received' && entry.receivedBy === epoch && !entry.unjudged;
    const isAtRoot = isOurs && entry.lastSeq <= (marks.get(entry.origin)?.seq ?? 0);
    return isAtRoot ? { ...entry, state: 'confirmed', receivedBy: null, confirmedAtMs: nowMs } : entry;
  });
}

/** The rolling hash of an origin at a number, from what is retained; null where it is not known here. */
export function chainAt(entries: Iterable<Standing>, origin: string, seq: number): string | null {
  for (const entry of entries) if (entry.origin === origin && entry.lastSeq === seq) return entry.chain;
  return null;
}

function isForked(own: OwnMark, received: Watermark | undefined, entries: readonly Standing[]): boolean {
  if (received === undefined || received.seq === 0) return false;
  if (received.seq > own.seq) return true;
  const chain = received.seq === own.seq ? own.chain : chainAt(entries, own.replicaId, received.seq);
  return chain !== null && chain !== received.chain;
}

/** May what is confirmed be forgotten? Not before its time, and not before a backup of the root holds it. */
export function isForgotten(
  entry: Pick<Standing, 'origin' | 'lastSeq' | 'state' | 'confirmedAtMs'>,
  origins: ExchangeReply['origins'],
  nowMs: number,
): boolean {
  if (entry.state !== 'confirmed' || entry.confirmedAtMs === null) return false;
  const backedUp = origins[entry.origin]?.backedUp ?? 0;
  return entry.lastSeq <= backedUp && nowMs - entry.confirmedAtMs > RETENTION_MS;
}
