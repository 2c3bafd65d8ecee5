import { type Action, type Change, isCreation } from './change.ts';
import { holdAction, judgeAction, type Verdict, type World } from './judge.ts';
import { mergeChanges, refOf } from './merge.ts';
import type { Judged } from './protocol/judged.ts';
import type { ChangeRefusal, RefusalCode } from './protocol/outcome.ts';
import { type RecordRef, refKey, type StoredRecord } from './record.ts';

export interface Decided {
  readonly verdict: Verdict;
  /** Why this replica would have refused what a hub applied, or null. */
  readonly doubt: ChangeRefusal | null;
}

/** What no verdict of a hub can make storable, or may carry into others' clinics. */
const BINDING: ReadonlySet<RefusalCode> = new Set(['unknown-collection', 'too-large', 'not-in-your-clinic']);

/**
 * The verdict on an action: a hub's where it judged it first, this replica's own otherwise. What a hub refused stays
 * refused, in full, so that an administrator can accept it; what it applied in its clinics is applied. A hub's word
 * carries no right beyond its clinics: on the organisation's records its authors' own rights decide. An edit of what a
 * relay does not have is the root's to judge: it was made elsewhere and has not come down yet, or was let go here.
 */
export function verdictOf<A>(
  world: World<A>,
  action: Action,
  judged: Judged | undefined,
  held: (ref: RecordRef) => StoredRecord | undefined,
  root: boolean,
): Decided {
  if (judged?.result === 'refused' && judged.refusal !== null)
    return { verdict: { result: 'refused', refusal: judged.refusal }, doubt: null };
  const verdict = judgeAction(world, action, held);
  if (verdict.result === 'refused' && !root && mayBePassedOn(world, action, held))
    return { verdict: holdAction(world, action), doubt: null };
  if (verdict.result !== 'refused' || judged?.result !== 'applied' || !isCarried(world, action, held))
    return { verdict, doubt: null };
  return { verdict: { result: 'applied', records: merged(action, held) }, doubt: verdict.refusal };
}

/**
 * May a hub's word stand against this replica's doubt? Change by change: of an author who is known here, in a clinic of
 * the hub's, of a record that is and stays in one. The clinic that a change names is only what the hub says of it.
 */
function isCarried<A>(world: World<A>, action: Action, held: (ref: RecordRef) => StoredRecord | undefined): boolean {
  const isMine = (clinicId: unknown) => typeof clinicId !== 'string' || world.mayActIn(clinicId);
  return action.changes.every((change) => {
    const scope = world.collectionNamed(change.collection)?.scope;
    if (scope === undefined || scope === 'org' || scope === 'custody') return false;
    if (change.clinicId === null || world.authorOf(change) === undefined) return false;
    if (![change.clinicId, change.fields.clinicId, held(refOf(change))?.values.clinicId].every(isMine)) return false;
    const alone = judgeAction(world, { id: action.id, changes: [change] }, held);
    return alone.result !== 'refused' || !BINDING.has(alone.refusal.code);
  });
}

/**
 * Does it edit what is not here, and is nothing else wrong with it? What can be judged here is: the root asks what a hub
 * may write, which is more than its phones may. What people sign in by no phone writes at all.
 */
function mayBePassedOn<A>(
  world: World<A>,
  action: Action,
  held: (ref: RecordRef) => StoredRecord | undefined,
): boolean {
  const unknown = editsOfUnknown(action, held);
  if (unknown.length === 0 || unknown.some((change) => world.collectionNamed(change.collection)?.scope === 'custody'))
    return false;
  const others = action.changes.filter((change) => !unknown.includes(change));
  return others.length === 0 || judgeAction(world, { ...action, changes: others }, held).result !== 'refused';
}

/** The changes of records that are not here and that it does not make. */
function editsOfUnknown(action: Action, held: (ref: RecordRef) => StoredRecord | undefined): Change[] {
  const made = new Set<string>();
  return action.changes.filter((change) => {
    const key = refKey(refOf(change));
    if (isCreation(change)) made.add(key);
    return held(refOf(change)) === undefined && !made.has(key);
  });
}

function merged(action: Action, held: (ref: RecordRef) => StoredRecord | undefined): Map<string, StoredRecord> {
  const records = new Map<string, StoredRecord>();
  for (const change of action.changes) {
    const key = refKey(refOf(change));
    const record = mergeChanges(records.get(key) ?? held(refOf(change)), [change]);
    if (record !== undefined) records.set(key, record);
  }
  return records;
}
