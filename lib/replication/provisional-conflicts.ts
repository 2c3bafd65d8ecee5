import type { Change } from './change.ts';
import type { Declaration } from './declaration.ts';
import type { AcceptanceStore } from './feed-store.ts';
import { DELETED, type Key } from './key.ts';
import { byRecord } from './losers.ts';
import { aboutKey, conflictsOf } from './note-conflicts.ts';
import { readUnseenBelow } from './read-descendants.ts';
import { type RecordRef, refKey, type StoredRecord } from './record.ts';
import { CONFLICTS } from './suspects.ts';

/** A conflict as its root would note it, and the two changes that it is between. */
export interface Provisional {
  readonly conflict: StoredRecord;
  readonly changes: readonly [kept: Change, lost: Change];
}

/**
 * The conflicts about its suspects that a relay sees and its root has said nothing of. They are worked out whenever they
 * are asked for and stand nowhere: so they are in no feed, and none is left when its loser is named, its record erased
 * or its chart let go. Only of changes that came by this relay; where the root's row stands above them, it knows more.
 */
export async function provisionalConflicts(
  store: Pick<AcceptanceStore, 'readUnlocked' | 'readCharts' | 'readAppliedChanges'>,
  declared: (name: string) => Declaration | undefined,
  suspects: readonly RecordRef[],
): Promise<Provisional[]> {
  const records = suspects.length === 0 ? [] : await store.readUnlocked(suspects);
  if (records.length === 0) return [];
  const changes = byRecord(await store.readAppliedChanges(records));
  const held = new Map(records.map((record) => [refKey(record), record]));
  const below = await readUnseenBelow(store, declared, held, records, changes, []);
  const noticed = [...held].flatMap(([key, record]) => {
    const found = conflictsOf(declared, record, changes.get(key) ?? [], below.get(key) ?? []);
    return [...found].flatMap(([id, { loser, fields }]): Provisional[] => {
      const standing: Key = loser.kind === 'edit-and-delete' ? DELETED : loser.key;
      if (record.stamps[standing] !== loser.kept.change.stamp) return [];
      const conflict = { collection: CONFLICTS, id, values: fields, stamps: {} };
      return [{ conflict, changes: [loser.kept.change, loser.lost.change] }];
    });
  });
  const known = noticed.length === 0 ? [] : await store.readUnlocked(noticed.map(({ conflict }) => conflict));
  const noted = new Set(known.map(refKey));
  return noticed.filter(({ conflict }) => !noted.has(refKey(conflict)));
}

/**
 * The records of these conflicts that stay suspect, asked when everything was read: what the root has of both sides
 * it has judged, and what it noted is here. Every other suspect is one no longer.
 */
export function stillSuspect(
  provisional: readonly Provisional[],
  isUnconfirmed: (change: Change) => boolean,
): Set<string> {
  const open = provisional.filter(({ changes }) => changes.some(isUnconfirmed));
  return new Set(open.map(({ conflict }) => aboutKey(conflict)));
}
