import { type Change, isEmptied } from './change.ts';
import type { Declaration } from './declaration.ts';
import { keyBelow } from './descendants.ts';
import type { AcceptanceStore, LoggedChange } from './feed-store.ts';
import type { World } from './judge.ts';
import type { Key } from './key.ts';
import { mayMakeLosers } from './losers.ts';
import { refOf } from './merge.ts';
import { readAncestors } from './read-descendants.ts';
import { isDeleted, type RecordRef, refKey, type StoredRecord } from './record.ts';

export const CONFLICTS = 'conflicts';

/** The records of an acceptance while it is decided. Conflicts that are noted are added to them. */
export interface Deciding {
  readonly before: Map<string, StoredRecord>;
  readonly after: Map<string, StoredRecord>;
  /** Records whose writes may have lost, by an applied change that had not seen what was held. */
  readonly suspects: Map<string, RecordRef>;
  readonly log: readonly LoggedChange[];
}

/** Remembers the records where one of these applied changes may have made a loser, before they are merged. */
export function suspect<A>(world: World<A>, deciding: Omit<Deciding, 'log'>, changes: readonly Change[]): void {
  for (const change of changes) {
    const key = refKey(refOf(change));
    if (isEmptied(change) || !hasConflicts(world.collectionNamed(change.collection))) continue;
    if (mayMakeLosers(change, deciding.after.get(key))) deciding.suspects.set(key, refOf(change));
  }
}

/** Ledgers are never edited; what no phone holds (secrets among it) must not be copied into a chart. */
function hasConflicts(collection: Declaration | undefined): boolean {
  if (collection === undefined || collection.name === CONFLICTS) return false;
  return collection.merge === 'fields' && collection.scope !== 'custody' && collection.place !== 'none';
}

/** What conflicts may be about, of what an acceptance did. */
interface Around {
  readonly applied: readonly Change[];
  /** Records that it changed, and its suspects. */
  readonly changed: readonly StoredRecord[];
  /** Of what is above these the deleted records; all of it when something was erased, for nothing of that may stay in a conflict. */
  readonly above: readonly StoredRecord[];
  /** What was erased, by the key it has in the conflicts of what is above it. */
  readonly erasers: ReadonlyMap<Key, Change>;
}

/**
 * Suspects every record, too, whose deletion may hide something it had not seen: what is deleted here, and what is
 * deleted above a record that changed.
 */
export async function suspectAround<A>(
  store: Pick<AcceptanceStore, 'readUnlocked'>,
  world: World<A>,
  { before, after, suspects, log }: Deciding,
): Promise<Around> {
  const applied = log.filter(({ outcome }) => outcome.result === 'applied').map(({ change }) => change);
  // A losing write leaves its record as it was: such a record is only a suspect.
  const changed = [...after]
    .filter(([key, record]) => before.get(key) !== record || suspects.has(key))
    .map(([, record]) => record)
    .filter((record) => hasConflicts(world.collectionNamed(record.collection)));
  const erasers = new Map(
    applied.flatMap((one) => (one.kind === 'erase' ? [[keyBelow(refOf(one)), one] as const] : [])),
  );
  for (const change of applied) {
    const inChart = world.collectionNamed(change.collection)?.place === 'chart';
    if (change.kind === 'delete' && inChart) suspects.set(refKey(refOf(change)), refOf(change));
  }
  const ancestors = await readAncestors(store, world.collectionNamed, { before, after }, changed);
  const above = ancestors.filter((record) => erasers.size > 0 || isDeleted(record));
  for (const record of above) {
    const key = refKey(record);
    if (isDeleted(record)) suspects.set(key, { collection: record.collection, id: record.id });
    if (!after.has(key)) {
      before.set(key, record);
      after.set(key, record);
    }
  }
  return { applied, changed, above, erasers };
}
