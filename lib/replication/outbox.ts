import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Action, Change } from './change.ts';
import type { ChangeRefusal, Outcome } from './protocol/outcome.ts';
import { bytesIn } from './text.ts';

/** Where an action is: only here · at an upstream that is not the root · at the root · refused, waiting for a person. */
export type OutboxState = 'pending' | 'received' | 'confirmed' | 'refused';

export interface OutboxEntry {
  readonly action: Action;
  readonly state: OutboxState;
  readonly refusal: ChangeRefusal | null;
}

/** The rolling hash of an origin's change ids after one more: equal chains mean the same changes in the same order. */
export function nextChain(chain: string, changeId: string): string {
  return bytesToHex(sha256(utf8ToBytes(`${chain}${changeId}`))).slice(0, 32);
}

export function chainAfter(chain: string, changes: readonly Change[]): string {
  return changes.reduce((held, change) => nextChain(held, change.id), chain);
}

/** The entry after an outcome that names it. `held` was stored, for a newer replica to understand: it counts as received. */
export function settleEntry<E extends OutboxEntry>(entry: E, outcome: Outcome): E {
  if (outcome.result === 'refused') return { ...entry, state: 'refused', refusal: outcome.refusal };
  return { ...entry, state: outcome.confirmed ? 'confirmed' : 'received', refusal: null };
}

/** The entries that fit one exchange, oldest first; always at least one. */
export function takeBatch(entries: readonly OutboxEntry[], maxChanges: number, maxBytes: number): Action[] {
  const batch: Action[] = [];
  let changes = 0;
  let bytes = 0;
  for (const { action, state } of entries) {
    if (state !== 'pending') continue;
    const size = bytesIn(JSON.stringify(action));
    if (batch.length > 0 && (changes + action.changes.length > maxChanges || bytes + size > maxBytes)) break;
    batch.push(action);
    changes += action.changes.length;
    bytes += size;
  }
  return batch;
}
