import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Action, Change } from './change.ts';
import { refOf } from './merge.ts';
import type { ChangeRefusal, Outcome } from './protocol/outcome.ts';
import { refKey } from './record.ts';
import { bytesIn } from './text.ts';

/** Where an action is: only here · at an upstream that is not the root · at the root · refused, waiting for a person. */
export type OutboxState = 'pending' | 'received' | 'confirmed' | 'refused';

/** How an action of this replica stands, beside its content. */
export interface Standing {
  /** The origin and number of its last change: a phone that noticed it was restored numbers on as another origin. */
  readonly origin: string;
  readonly lastSeq: number;
  /** The rolling hash of that origin's change ids up to it. */
  readonly chain: string;
  readonly state: OutboxState;
  /** The life of the feed that took it last, when that is not known to have reached the root. */
  readonly receivedBy: string | null;
  /** Passed on by an upstream that could not judge it: only an outcome says what became of it. */
  readonly unjudged: boolean;
  /** When it was last known to be at the root, in this device's milliseconds. */
  readonly confirmedAtMs: number | null;
}

export interface OutboxEntry extends Standing {
  readonly action: Action;
  readonly refusal: ChangeRefusal | null;
}

/** The rolling hash of an origin's change ids after one more: equal chains mean the same changes in the same order. */
export function nextChain(chain: string, changeId: string): string {
  return bytesToHex(sha256(utf8ToBytes(`${chain}${changeId}`))).slice(0, 32);
}

export function chainAfter(chain: string, changes: readonly Change[]): string {
  return changes.reduce((held, change) => nextChain(held, change.id), chain);
}

/** An action that was just made; `chain` is its origin's before it. */
export function newEntry(action: Action, chain: string): OutboxEntry {
  const last = action.changes.at(-1)!;
  return {
    action,
    origin: last.origin,
    lastSeq: last.originSeq,
    chain: chainAfter(chain, action.changes),
    state: 'pending',
    refusal: null,
    receivedBy: null,
    unjudged: false,
    confirmedAtMs: null,
  };
}

/** Who answered, and when. `epoch`: the life of the answering feed. */
export interface Answered {
  readonly epoch: string;
  readonly nowMs: number;
}

/** The entry after an outcome that names it. `held` was stored, for a newer replica to understand: it counts as received. */
export function settleEntry<E extends Standing & { readonly refusal: ChangeRefusal | null }>(
  entry: E,
  outcome: Outcome,
  { epoch, nowMs }: Answered,
): E {
  const [receivedBy, confirmedAtMs] = outcome.confirmed ? [null, nowMs] : [epoch, null];
  const reached = { receivedBy, confirmedAtMs };
  if (outcome.result === 'refused') return { ...entry, ...reached, state: 'refused', refusal: outcome.refusal };
  const unjudged = outcome.result === 'held';
  return { ...entry, ...reached, unjudged, state: outcome.confirmed ? 'confirmed' : 'received', refusal: null };
}

/**
 * Was it applied before, and is offered again? What it wrote is in the stored record then, unless that was let go
 * since; it must not bring back a part of what this device may not hold any more.
 */
export function wasApplied({ state, receivedBy, confirmedAtMs }: Standing): boolean {
  return state !== 'refused' && (receivedBy !== null || confirmedAtMs !== null);
}

/**
 * Has this upstream to be offered the action? What another received may burn with it; and what a hub refused, whose
 * knowledge of rights may have been old, is not refused for good before the root has it.
 */
export function isOffered({ state, receivedBy }: Standing, epoch: string | null): boolean {
  return state === 'pending' || (receivedBy !== null && receivedBy !== epoch);
}

/**
 * Tells of one action after another, in their order, whether an upstream is to take it: not the work of a clinic that is
 * not its own, nor what follows such work on the same records. An edit would be judged before the making.
 */
export function takenWhere(isHere: (clinicId: string) => boolean): (action: Action) => boolean {
  const waiting = new Set<string>();
  return ({ changes }) => {
    const refs = changes.map((change) => refKey(refOf(change)));
    const isMine = changes.every(({ clinicId }) => clinicId === null || isHere(clinicId));
    if (isMine && !refs.some((ref) => waiting.has(ref))) return true;
    for (const ref of refs) waiting.add(ref);
    return false;
  };
}

/** The actions that fit one exchange, in their order; always at least one. */
export function takeBatch(actions: Iterable<Action>, maxChanges: number, maxBytes: number): Action[] {
  const batch: Action[] = [];
  let changes = 0;
  let bytes = 0;
  for (const action of actions) {
    const size = bytesIn(JSON.stringify(action));
    if (batch.length > 0 && (changes + action.changes.length > maxChanges || bytes + size > maxBytes)) break;
    batch.push(action);
    changes += action.changes.length;
    bytes += size;
  }
  return batch;
}
