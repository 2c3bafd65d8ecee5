import type { Action, Change } from './change.ts';
import { issueStamp, type ReplicaClock } from './clock.ts';
import { isBelow, namesBelow } from './descendants.ts';
import { type Json, sameJson } from './json.ts';
import { CREATED, type Key } from './key.ts';
import { seenStamps } from './merge.ts';
import type { RecordRef, StoredRecord } from './record.ts';
import type { Stamp } from './stamp.ts';

/** What a command decided: a write to one record, not yet stamped. */
export interface Edit extends RecordRef {
  readonly kind: Change['kind'];
  readonly fields: Readonly<Record<Key, Json>>;
  readonly reason: string | null;
  /** What the editor saw when the form opened; without it, what is held now. */
  readonly seen?: Readonly<Record<Key, readonly Stamp[]>>;
}

export interface Author {
  readonly userId: string;
  /** Where he acts; null for the organisation. */
  readonly clinicId: string | null;
}

/** What an origin brings to each action: its clock and its numbering. */
export interface Origin {
  readonly replicaId: string;
  /** Number of the last change made here; the next is one more. */
  readonly seq: number;
  readonly clock: ReplicaClock;
}

export interface AuthoredAction {
  readonly action: Action;
  readonly origin: Origin;
}

/**
 * Makes an action of a command's edits: ids, numbers, stamps, what was seen. A put that changes nothing is left out;
 * null when nothing is left. `below`: the records held that hang below one, which its deletion has seen.
 */
export function authorAction(
  edits: readonly Edit[],
  held: (ref: RecordRef) => StoredRecord | undefined,
  author: Author,
  origin: Origin,
  now: { deviceMs: number; at: string; schema: number },
  newId: () => string,
  below: (record: StoredRecord) => readonly StoredRecord[] = () => [],
): AuthoredAction | null {
  const actionId = newId();
  const changes: Change[] = [];
  let { seq, clock } = origin;
  for (const edit of edits) {
    const record = held(edit);
    const fields = edit.kind === 'put' ? changedFields(edit, record) : {};
    if (edit.kind === 'put' && record !== undefined && Object.keys(fields).length === 0) continue;
    const id = newId();
    const replaced = { ...replacedBy(edit, record, fields), ...seenBelow(edit, record, below) };
    const issued = issueStamp(clock, now.deviceMs, stampsBelow(edit, record, fields), id);
    clock = issued.clock;
    seq += 1;
    changes.push({
      id,
      actionId,
      origin: origin.replicaId,
      originSeq: seq,
      collection: edit.collection,
      recordId: edit.id,
      clinicId: author.clinicId,
      kind: edit.kind,
      fields,
      replaced,
      stamp: issued.stamp,
      at: now.at,
      author: author.userId,
      reason: edit.reason,
      schema: now.schema,
    });
  }
  if (changes.length === 0) return null;
  return { action: { id: actionId, changes }, origin: { replicaId: origin.replicaId, seq, clock } };
}

/**
 * Only what this edit set: a value equal to what was seen is not a write, and must not beat another's. Choosing the
 * value that stands from several is a write all the same: it says that the others were seen.
 */
function changedFields(edit: Edit, record: StoredRecord | undefined): Record<Key, Json> {
  const decides = (key: Key) => (edit.seen?.[key] ?? []).length > 1;
  const entries = Object.entries(edit.fields).filter(
    ([key, value]) => decides(key) || !sameJson(record?.values[key], value),
  );
  return Object.fromEntries(entries);
}

/** A put names what it replaces key by key; a delete, a restore and an erasure name every key they saw. */
function replacedBy(edit: Edit, record: StoredRecord | undefined, fields: Readonly<Record<Key, Json>>) {
  const keys = edit.kind === 'put' ? Object.keys(fields) : Object.keys(record?.stamps ?? {});
  const replaced: Record<Key, Stamp[]> = seenStamps(record, keys);
  if (edit.seen === undefined) return replaced;
  for (const key of Object.keys(replaced)) {
    const seen = edit.seen[key];
    if (seen !== undefined) replaced[key] = [...seen];
    // Written since the form opened: not to be named, or it would be lost without anybody having seen it.
    else if (key !== CREATED) replaced[key] = [];
  }
  return replaced;
}

/** What hangs below a deleted record as its author saw it: as it is held, or as he says himself. */
function seenBelow(
  { kind, seen }: Edit,
  record: StoredRecord | undefined,
  below: (record: StoredRecord) => readonly StoredRecord[],
): Record<Key, Stamp[]> {
  if (kind !== 'delete' || record === undefined) return {};
  if (seen === undefined) return namesBelow(below(record));
  return Object.fromEntries(Object.entries(seen).flatMap(([key, named]) => (isBelow(key) ? [[key, [...named]]] : [])));
}

/** Every stamp held locally for the keys that the change writes: its own must be greater. */
function stampsBelow(edit: Edit, record: StoredRecord | undefined, fields: Readonly<Record<Key, Json>>): Stamp[] {
  if (record === undefined) return [];
  if (edit.kind !== 'put') return Object.values(record.stamps);
  return Object.keys(fields).flatMap((key) => record.stamps[key] ?? []);
}
