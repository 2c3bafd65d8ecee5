import { type Actor, hasFlag } from '../../access/actor.ts';
import type { Edit } from '../../replication/author-action.ts';
import type { Change } from '../../replication/change.ts';
import type { Collection, Declaration } from '../../replication/declaration.ts';
import type { Json } from '../../replication/json.ts';
import { CREATED, DELETED, type Key } from '../../replication/key.ts';
import { isValidValue } from '../../replication/malformed.ts';
import { isDeleted, type StoredRecord } from '../../replication/record.ts';
import type { Stamp } from '../../replication/stamp.ts';
import { correctsAFact } from '../reason.ts';

/** What would take back what a hub applied and the root would have refused. */
export interface Undo {
  /** The edit; null when nothing is left to take back, or it cannot be. */
  readonly edit: Omit<Edit, 'reason'> | null;
  /** Keys of the reviewed change that stay as they are: written since, or never to be written back. */
  readonly left: readonly Key[];
  /** A deletion says why, and so does whoever corrects a fact. */
  readonly needsReason: boolean;
}

/**
 * How a review's change is undone on the record as it is held: what stood before is written back under each key that
 * still carries the change's stamp, a deletion is restored and the reverse, a creation is deleted.
 */
export function undoOfReview(review: StoredRecord, collection: Declaration, record: StoredRecord): Undo {
  const { kind, stamp, value } = review.values.kept as unknown as Kept;
  const ref = { collection: record.collection, id: record.id, fields: {} };
  if (kind !== 'put') {
    const opposite = kind === 'delete' ? 'restore' : 'delete';
    // What is erased is gone.
    const stands = kind !== 'erase' && record.stamps[DELETED] === stamp;
    return { edit: stands ? { ...ref, kind: opposite } : null, left: [], needsReason: opposite === 'delete' };
  }
  const written = Object.keys(value);
  if (record.stamps[CREATED] === stamp) {
    const left = written.filter((key) => record.stamps[key] !== stamp);
    return { edit: isDeleted(record) ? null : unmake(record, stamp), left, needsReason: true };
  }
  const before = (review.values.lost as unknown as { value: Readonly<Record<Key, Json>> }).value;
  const fields = Object.fromEntries(
    written
      .filter((key) => record.stamps[key] === stamp)
      .map((key) => [key, before[key] ?? emptyValue(collection, key)] as const)
      .filter(([key, held]) => mayStandAgain(collection, record, key, held)),
  );
  const seen = Object.fromEntries(Object.keys(fields).map((key) => [key, [stamp]]));
  const left = written.filter((key) => !(key in fields));
  const nothing = left.length === written.length;
  return {
    edit: nothing ? null : { ...ref, kind: 'put', fields, seen },
    left,
    needsReason: correctsAFact(collection, record),
  };
}

interface Kept {
  readonly value: Readonly<Record<Key, Json>>;
  readonly stamp: Stamp;
  readonly kind: Change['kind'];
}

/** A group is written whole, an empty one too. */
function emptyValue({ groups }: Declaration, key: Key): Json {
  const members = groups[key];
  return members === undefined ? null : Object.fromEntries(members.map((member) => [member, null]));
}

function mayStandAgain(collection: Declaration, { values }: StoredRecord, key: Key, value: Json): boolean {
  const isFixed = collection.immutable || collection.merge === 'ledger' || collection.fixed.includes(key);
  return !(isFixed && (values[key] ?? null) !== null) && isValidValue(collection, key, value);
}

/**
 * A record that the change made is deleted. Where somebody has written to it since, the deletion names the reviewed
 * change alone: what the others did is not hidden without anybody having seen it.
 */
function unmake({ collection, id, stamps }: StoredRecord, stamp: Stamp): Omit<Edit, 'reason'> | null {
  const edit = { collection, id, kind: 'delete', fields: {} } as const;
  const own = Object.keys(stamps).filter((key) => stamps[key] === stamp);
  if (own.length === Object.keys(stamps).length) return edit;
  return { ...edit, seen: Object.fromEntries(own.map((key) => [key, [stamp]])) };
}

/** What can be undone of a review by whom, as it is told before he decides. */
export interface UndoShown extends Pick<Undo, 'left' | 'needsReason'> {
  readonly possible: boolean;
}

/** The same decision as the command's, and the right that its edit needs. `at`: ISO instant. */
export function undoShown(
  review: StoredRecord,
  collection: Collection<string, Actor>,
  record: StoredRecord,
  { actor, clinicId, at }: { readonly actor: Actor; readonly clinicId: string | null; readonly at: string },
): UndoShown {
  const { edit, left, needsReason } = undoOfReview(review, collection, record);
  const may = () => {
    const { kind, fields } = edit!;
    const [before, after] = [record.values, { ...record.values, ...fields }];
    const what = { kind, creation: false, recordId: record.id, keys: Object.keys(fields), before, after };
    return collection.mayWrite({ ...what, actor, clinicId, at });
  };
  return { possible: edit !== null && mayDecideReview(actor, record) && may(), left, needsReason };
}

/** A review is decided by whoever administers the record's clinic; what has no clinic, by an administrator. */
export function mayDecideReview(actor: Actor, { values }: StoredRecord): boolean {
  return hasFlag(actor, 'clinic-admin', typeof values.clinicId === 'string' ? values.clinicId : null);
}
