import { type Change, isEmptied } from './change.ts';
import { isBelow, keyBelow } from './descendants.ts';
import { type Json, sameJson } from './json.ts';
import { CREATED, DELETED, ERASED, type Key } from './key.ts';
import { refOf, writesOf } from './merge.ts';
import { type Deleted, refKey, type StoredRecord } from './record.ts';
import type { Stamp } from './stamp.ts';

/** What one change wrote to one key. */
export interface Write {
  readonly change: Change;
  readonly value: Json;
}

/** A write that people have to decide about, beside the one that stands. */
export interface Loser {
  readonly kind: 'parallel-edit' | 'edit-and-delete';
  /**
   * For an edit that a deletion hides `deleted`, or `<collection>.<id>` of the record below that it was made to; its
   * value then holds the keys it wrote.
   */
  readonly key: Key;
  readonly kept: Write;
  readonly lost: Write;
}

type StampsByKey = ReadonlyMap<Key, ReadonlySet<Stamp>>;

/**
 * The losers among all applied changes of one record, in whichever order they came: writes that did not win, that no
 * other change names in `replaced`, and whose value no greater stamp wrote; and edits that a deletion hides although
 * neither knew of the other. None of an erased record. What was emptied wrote nothing, and nobody's right was asked to
 * name anything by it. `below`: all applied changes of records that hang below it, of those at least that no deletion of
 * it had seen.
 */
export function losersOf(applied: readonly Change[], below: readonly Change[] = []): Loser[] {
  if (applied.some((change) => change.kind === 'erase')) return [];
  const changes = applied.filter((change) => !isEmptied(change));
  const writes = writesByKey(changes);
  const named = namedIn(changes);
  const parallel = [...writes].flatMap(([key, made]) => losersOfKey(key, made, named));
  const kept = writes.get(DELETED)?.[0];
  if (kept?.change.kind !== 'delete') return parallel;
  const hidden = hiddenEdits(writes, kept, namedIn(changes.filter((change) => change.kind === 'delete')));
  const standing = below.filter((change) => !isEmptied(change));
  return [...parallel, ...hidden, ...hiddenBelow(standing, kept, stampsSeenBelow(changes))];
}

/** Every key's writes, the winner first. Who made the record is no question for anyone. */
function writesByKey(changes: readonly Change[]): Map<Key, Write[]> {
  const writes = new Map<Key, Write[]>();
  for (const change of [...changes].sort((left, right) => (left.stamp > right.stamp ? -1 : 1))) {
    for (const [key, value] of Object.entries(writesOf(change))) {
      if (key === CREATED) continue;
      const made = writes.get(key);
      if (made === undefined) writes.set(key, [{ change, value }]);
      else made.push({ change, value });
    }
  }
  return writes;
}

function namedIn(changes: readonly Change[]): StampsByKey {
  const named = new Map<Key, Set<Stamp>>();
  for (const { replaced, stamp } of changes) {
    for (const [key, seen] of Object.entries(replaced)) {
      const stamps = named.get(key) ?? new Set();
      named.set(key, stamps);
      for (const one of seen) if (one !== stamp) stamps.add(one);
    }
  }
  return named;
}

function losersOfKey(key: Key, made: readonly Write[], named: StampsByKey): Loser[] {
  const kept = made[0]!;
  const lost = made.filter(
    ({ change, value }) =>
      change.stamp !== kept.change.stamp &&
      named.get(key)?.has(change.stamp) !== true &&
      !made.some((other) => other.change.stamp > change.stamp && isSame(key, other.value, value)),
  );
  return lost.map((write) => ({ kind: 'parallel-edit', key, kept, lost: write }));
}

/** Two deletions say the same, whoever made them and when. */
function isSame(key: Key, left: Json, right: Json): boolean {
  if (key !== DELETED) return sameJson(left, right);
  return ((left as unknown as Deleted).deletedAt === null) === ((right as unknown as Deleted).deletedAt === null);
}

/** Standing values that no deletion had seen, by the edit that wrote them. */
function hiddenEdits(writes: ReadonlyMap<Key, readonly Write[]>, kept: Write, seenByDeletes: StampsByKey): Loser[] {
  const hidden = byEdit(writes, (key, { stamp, replaced }) => {
    const knew = (replaced[DELETED] ?? []).includes(kept.change.stamp);
    return key !== DELETED && !knew && seenByDeletes.get(key)?.has(stamp) !== true;
  });
  return hidden.map((lost) => ({ kind: 'edit-and-delete', key: DELETED, kept, lost }));
}

/** The writes below a record that any of its deletions had seen, as far as they are known. */
export function stampsSeenBelow(changes: readonly Change[]): Set<Stamp> {
  const deletions = changes.filter((change) => change.kind === 'delete');
  return new Set(
    deletions.flatMap(({ replaced }) => Object.entries(replaced).flatMap(([key, seen]) => (isBelow(key) ? seen : []))),
  );
}

/**
 * Standing values of records below that no deletion had seen. What is itself deleted or erased is not hidden through
 * anything; what is restored is, however long ago its values were written.
 */
function hiddenBelow(below: readonly Change[], kept: Write, seen: ReadonlySet<Stamp>): Loser[] {
  return [...byRecord(below).values()].flatMap((changes) => {
    if (changes.some((change) => change.kind === 'erase')) return [];
    const writes = writesByKey(changes);
    if (writes.get(DELETED)?.[0]?.change.kind === 'delete') return [];
    const key = keyBelow(refOf(changes[0]!));
    const unseen = byEdit(writes, (_, { stamp }) => !seen.has(stamp));
    return unseen.map((lost): Loser => ({ kind: 'edit-and-delete', key, kept, lost }));
  });
}

/** The standing values that `belongs` names, put together again as the edits that wrote them. */
function byEdit(
  writes: ReadonlyMap<Key, readonly Write[]>,
  belongs: (key: Key, change: Change) => boolean,
): { change: Change; value: Json }[] {
  const edits = new Map<Stamp, { change: Change; value: Record<Key, Json> }>();
  for (const [key, [standing]] of writes) {
    if (standing === undefined || !belongs(key, standing.change)) continue;
    const { change, value } = standing;
    const edit = edits.get(change.stamp) ?? { change, value: {} };
    edit.value[key] = value;
    edits.set(change.stamp, edit);
  }
  return [...edits.values()];
}

/** Changes by the record that they are of, as `refKey` says it. */
export function byRecord(changes: readonly Change[]): Map<string, Change[]> {
  const records = new Map<string, Change[]>();
  for (const change of changes) {
    const key = refKey(refOf(change));
    const held = records.get(key);
    if (held === undefined) records.set(key, [change]);
    else held.push(change);
  }
  return records;
}

/**
 * May this change, merged into what is held, make losers or name one? Only then is it worth reading the record's other
 * changes: an edit that has seen all that is held makes none.
 */
export function mayMakeLosers(change: Change, held: StoredRecord | undefined): boolean {
  const stamps = held?.stamps ?? {};
  if (change.kind === 'erase') return held !== undefined;
  const keys =
    change.kind === 'put'
      ? [...Object.keys(change.fields), DELETED]
      : [...Object.keys(stamps), ...Object.keys(change.replaced)];
  return keys.some((key) => {
    if (key === CREATED || key === ERASED || isBelow(key)) return false;
    const [seen, own] = [change.replaced[key] ?? [], stamps[key]];
    if (own === undefined) return seen.length > 0;
    return seen.length !== 1 || seen[0] !== own || own > change.stamp;
  });
}
