import {
  type Action,
  type Change,
  isCreation,
  isEmptied,
  MAX_ACTION_BYTES,
  MAX_ACTION_CHANGES,
  MAX_REASON,
  MAX_RECORD_BYTES,
} from './change.ts';
import type { Collection, Declaration } from './declaration.ts';
import type { Json } from './json.ts';
import { ERASED, type Key } from './key.ts';
import { malformedKey, type Problem } from './malformed.ts';
import { KEPT_KEYS, mergeChanges, recordOf, refOf } from './merge.ts';
import type { ChangeRefusal, RefusalCode } from './protocol/outcome.ts';
import { type RecordRef, refKey, type StoredRecord } from './record.ts';
import { bytesIn, isWholeText, lettersIn } from './text.ts';

/** What a judge needs to know of the world. `A` is whoever acts; only the declarations look inside it. */
export interface World<A> {
  /** Version of the declarations here. */
  readonly schema: number;
  readonly collectionNamed: (name: string) => Collection<string, A> | undefined;
  /** The author, or undefined when he is unknown or never signed in on the sending device. */
  readonly authorOf: (change: Change) => A | undefined;
  /** May changes made in this clinic come from the sender? (A device acts in its own clinics.) */
  readonly mayActIn: (clinicId: string | null) => boolean;
  /** Has the author any right in this clinic? Decides between "not in your clinic" and "forbidden". */
  readonly belongsTo: (actor: A, clinicId: string) => boolean;
}

export type Verdict =
  | { readonly result: 'applied'; readonly records: ReadonlyMap<string, StoredRecord> }
  | { readonly result: 'held' }
  | { readonly result: 'refused'; readonly refusal: ChangeRefusal };

/** Decides one action against what is held: all of its changes, or none. Pure. */
export function judgeAction<A>(
  world: World<A>,
  action: Action,
  held: (ref: RecordRef) => StoredRecord | undefined,
): Verdict {
  if (isActionTooLarge(action)) return refused(action.changes[0]!, null, 'too-large');
  const records = new Map<string, StoredRecord>();
  for (const change of action.changes) {
    const collection = world.collectionNamed(change.collection);
    if (collection === undefined) return judgeUnknown(world, change);
    const before = records.get(refKey(refOf(change))) ?? held(refOf(change));
    const after = mergeChanges(before, [change]);
    const refusal = refusalOf(world, collection, change, before, after);
    if (refusal !== null) return { result: 'refused', refusal };
    if (after !== undefined) records.set(refKey(refOf(change)), after);
  }
  return { result: 'applied', records };
}

/** Past these no exchange could carry it: a phone that saved it would be stuck with it for ever. */
function isActionTooLarge(action: Action): boolean {
  return action.changes.length > MAX_ACTION_CHANGES || bytesIn(JSON.stringify(action)) > MAX_ACTION_BYTES;
}

/** A change of a newer writer's collection is kept for a replica that knows it, if its author and sender are known. */
function judgeUnknown<A>(world: World<A>, change: Change): Verdict {
  if (change.schema <= world.schema) return refused(change, null, 'unknown-collection');
  return holdChange(world, change);
}

/** Keeps an action that can only be judged elsewhere, if its author and sender are known. */
export function holdAction<A>(world: World<A>, action: Action): Verdict {
  if (isActionTooLarge(action)) return refused(action.changes[0]!, null, 'too-large');
  const verdicts = action.changes.map((change) => holdChange(world, change));
  return verdicts.find(({ result }) => result === 'refused') ?? { result: 'held' };
}

function holdChange<A>(world: World<A>, change: Change): Verdict {
  if (bytesOf(change.fields) > MAX_RECORD_BYTES) return refused(change, null, 'too-large');
  const code = senderProblem(world, change);
  return code === null ? { result: 'held' } : refused(change, null, code);
}

function refused(change: Change, key: Key | null, code: RefusalCode): { result: 'refused'; refusal: ChangeRefusal } {
  return { result: 'refused', refusal: { changeId: change.id, key, code } };
}

/** `after` is undefined for what makes nothing: an emptied change of a record that is not here. */
function refusalOf<A>(
  world: World<A>,
  collection: Collection<string, A>,
  change: Change,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): ChangeRefusal | null {
  if (after === undefined || isEmptied(change)) return refuseEmptied(world, collection, change);
  // Whoever offers an erased record's making again is judged by what he made: nothing of it is left in the tombstone.
  const isMadeAgain = before?.values[ERASED] === true && isCreation(change);
  return isMadeAgain
    ? refuseMakingAgain(world, collection, change, before)
    : refuse(world, collection, change, before, after);
}

function refuse<A>(
  world: World<A>,
  collection: Collection<string, A>,
  change: Change,
  before: StoredRecord | undefined,
  after: StoredRecord,
): ChangeRefusal | null {
  const say = (key: Key | null, code: RefusalCode) => ({ changeId: change.id, key, code });
  if (isTooLarge(collection, change, before, after)) return say(null, 'too-large');
  const malformed = malformedKey(world, collection, change, before);
  if (malformed !== null) return say(malformed.key, malformed.code);
  const fixed = fixedKey(collection, change, before);
  if (fixed !== null) return say(fixed.key, fixed.code);
  if (isMisplaced(collection, change, after)) return say('id', 'invalid');
  const right = rightProblem(world, collection, change, before, after);
  if (right !== null) return say(null, right);
  const fault = faultMade(collection, change, before, after);
  if (fault !== null) return say(fault, 'invalid');
  return reasonMissing(collection, change, before) || !isReason(change.reason) ? say('reason', 'invalid') : null;
}

/** Nothing of it will stay, so what it says of itself is no matter: only who may make it, and that it says no more. */
function refuseMakingAgain<A>(
  world: World<A>,
  collection: Collection<string, A>,
  change: Change,
  erased: StoredRecord,
): ChangeRefusal | null {
  const problem = malformedKey(world, collection, change, erased) ?? movedKey(collection, change, erased);
  if (problem !== null) return { changeId: change.id, ...problem };
  const code = rightProblem(world, collection, change, undefined, recordOf(change));
  return code === null ? null : { changeId: change.id, key: null, code };
}

/** Its content is gone: refusing what it wrote would refuse what came with it. */
function refuseEmptied<A>(world: World<A>, collection: Declaration, change: Change): ChangeRefusal | null {
  const stray = Object.keys(change.fields).find((key) => !KEPT_KEYS.has(key));
  if (stray !== undefined) return { changeId: change.id, key: stray, code: 'invalid' };
  // As of a record that is here: what its making lacks was taken out.
  const malformed = malformedKey(world, collection, change, recordOf(change));
  if (malformed !== null) return { changeId: change.id, ...malformed };
  const code = senderProblem(world, change);
  return code === null ? null : { changeId: change.id, key: null, code };
}

function bytesOf(values: Readonly<Record<Key, Json>>): number {
  return bytesIn(JSON.stringify(values));
}

/** Neither one edit nor many make a record larger than every phone can hold. */
function isTooLarge(
  { maxBytes }: Declaration,
  change: Change,
  before: StoredRecord | undefined,
  after: StoredRecord,
): boolean {
  if (change.kind !== 'put') return false;
  return bytesOf(change.fields) > maxBytes || (before !== undefined && bytesOf(after.values) > maxBytes);
}

/** A record under an id that belongs to another would keep that one from ever being made. */
function isMisplaced(collection: Declaration, change: Change, after: StoredRecord): boolean {
  const id = change.kind === 'put' ? (collection.idOf?.(after.values) ?? null) : null;
  return id !== null && id !== change.recordId;
}

/** A fault of the record that this change makes, or writes again. One that stands already hinders no other edit. */
function faultMade(
  { fault }: Declaration,
  change: Change,
  before: StoredRecord | undefined,
  after: StoredRecord,
): Key | null {
  if (fault === null || change.kind !== 'put') return null;
  const key = fault(after.values);
  if (key === null || before === undefined || key in change.fields) return key;
  return fault(before.values) === null ? key : null;
}

function isReason(reason: string | null): boolean {
  return reason === null || (reason.trim() !== '' && isWholeText(reason) && lettersIn(reason) <= MAX_REASON);
}

function fixedKey(collection: Declaration, change: Change, before: StoredRecord | undefined): Problem | null {
  if (before === undefined || change.kind !== 'put') return null;
  if (collection.merge === 'ledger') return { key: null, code: 'ledger-only' };
  if (collection.immutable) return { key: null, code: 'immutable' };
  return movedKey(collection, change, before);
}

/** A key that says where the record belongs, written otherwise than it stands. */
function movedKey(collection: Declaration, change: Change, before: StoredRecord): Problem | null {
  const moved = collection.fixed.find((key) => {
    const held = before.values[key] ?? null;
    return key in change.fields && held !== null && held !== change.fields[key];
  });
  return moved === undefined ? null : { key: moved, code: 'immutable' };
}

/** Nobody speaks for one who never signed in on his device, nor in a clinic that is not the device's. */
function senderProblem<A>(world: World<A>, change: Change): RefusalCode | null {
  if (world.authorOf(change) === undefined) return 'forbidden';
  return world.mayActIn(change.clinicId) ? null : 'not-in-your-clinic';
}

function rightProblem<A>(
  world: World<A>,
  collection: Collection<string, A>,
  change: Change,
  before: StoredRecord | undefined,
  after: StoredRecord,
): RefusalCode | null {
  const actor = world.authorOf(change);
  const code = senderProblem(world, change);
  if (actor === undefined || code !== null) return code;
  const allowed = collection.mayWrite({
    actor,
    kind: change.kind,
    creation: before === undefined,
    recordId: change.recordId,
    keys: Object.keys(change.fields),
    before: before?.values ?? null,
    after: after.values,
    clinicId: change.clinicId,
    at: change.at,
  });
  if (allowed) return null;
  const clinicId = before?.values.clinicId ?? after.values.clinicId ?? change.clinicId;
  return typeof clinicId === 'string' && !world.belongsTo(actor, clinicId) ? 'not-in-your-clinic' : 'forbidden';
}

/** A value once saved as a fact is corrected with a reason, so that everyone can see why it was another. */
function reasonMissing(collection: Declaration, change: Change, before: StoredRecord | undefined): boolean {
  if (change.reason !== null || before === undefined || change.kind !== 'put' || collection.reason === 'no')
    return false;
  if (collection.reason === 'once-completed' && before.values.status !== 'completed') return false;
  return Object.keys(change.fields).some((key) => (before.values[key] ?? null) !== null);
}
