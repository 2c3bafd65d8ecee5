import { z } from 'zod';
import { hasFlag } from '../../access/actor.ts';
import type { Edit } from '../../replication/author-action.ts';
import type { Declaration } from '../../replication/declaration.ts';
import type { Json } from '../../replication/json.ts';
import { DELETED, DESCENDANTS, type Key } from '../../replication/key.ts';
import { isValidValue } from '../../replication/malformed.ts';
import type { Deleted, StoredRecord } from '../../replication/record.ts';
import type { Stamp } from '../../replication/stamp.ts';
import { collectionNamed } from '../collections.ts';
import { type CommandContext, command, type Decision, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { correctsAFact, optionalReasonSchema } from '../reason.ts';
import { mayDecideReview, undoOfReview } from './undo-review.ts';

const decisionSchema = z.discriminatedUnion('keep', [
  z.strictObject({ keep: z.literal('kept') }),
  z.strictObject({ keep: z.literal('lost') }),
  z.strictObject({ keep: z.literal('edited'), value: z.json() as unknown as z.ZodType<Json> }),
]);
type ConflictDecision = z.infer<typeof decisionSchema>;

/** One of the two values of a conflict, as it was noted. */
interface Side {
  readonly value: Json;
  readonly stamp: Stamp;
}

/**
 * Decides between two edits that did not know of each other: the one that stands, the one that lost, or another value.
 * An ordinary edit of the record that names both, with the right that such an edit needs. Of a deletion and an edit,
 * `kept` deletes again, having seen the edit, and `lost` restores. Of a review `kept` leaves what a hub applied as it
 * is, and `lost` undoes it.
 */
export const resolveConflict = command({
  name: 'resolveConflict',
  input: z.strictObject({
    conflictId: uuidSchema,
    /** What the conflict is about, as it says itself. */
    collection: z.string().max(40),
    recordId: uuidSchema,
    decision: decisionSchema,
    reason: optionalReasonSchema,
    /** The stamp of the value that stood when he looked; absent: as it is held. */
    keptStamp: z.string().max(40).optional(),
  }),
  needs: ({ conflictId, collection, recordId }) => [
    { collection: 'conflicts', id: conflictId },
    { collection, id: recordId },
  ],
  decide: ({ conflictId, collection: name, recordId, decision, reason, keptStamp }, context) => {
    const conflict = context.read({ collection: 'conflicts', id: conflictId });
    if (conflict === undefined) return refuseCommand('not-found', 'conflictId');
    const looked = keptStamp ?? sideOf(conflict, 'kept').stamp;
    if (conflict.values.status !== 'open' || sideOf(conflict, 'kept').stamp !== looked)
      return refuseCommand('conflict', 'conflictId');
    const record = context.read({ collection: name, id: recordId });
    const collection = collectionNamed(name);
    const isAbout = conflict.values.collection === name && conflict.values.recordId === recordId;
    if (record === undefined || collection === undefined || !isAbout) return refuseCommand('not-found', 'recordId');
    if (conflict.values.kind === 'review') return ofReview(conflict, collection, record, decision, reason, context);
    const key = conflict.values.key as Key;
    if (key === DELETED || conflict.values.kind === 'edit-and-delete') {
      if (decision.keep === 'edited') return refuseCommand('invalid', 'decision');
      return edits(removal(record, conflict, decision.keep, reason), resolved(conflict, decision, context));
    }
    const value = valueOfDecision(conflict, decision);
    if (!isValidValue(collection, key, value)) return refuseCommand('invalid', 'decision');
    if (reason === null && correctsAFact(collection, record)) return refuseCommand('invalid', 'reason');
    const seen = { ...seenOf(record), [key]: [sideOf(conflict, 'kept').stamp, sideOf(conflict, 'lost').stamp] };
    const edit = { ...put(name, recordId, { [key]: value }, reason), seen };
    return edits(edit, resolved(conflict, decision, context));
  },
});

/** The root never closes a review itself: whoever decides it says so, whatever he writes. */
function ofReview(
  review: StoredRecord,
  collection: Declaration,
  record: StoredRecord,
  { keep }: ConflictDecision,
  reason: string | null,
  { actor }: CommandContext,
): Decision {
  if (keep === 'edited') return refuseCommand('invalid', 'decision');
  if (!mayDecideReview(actor, record)) return refuseCommand('forbidden');
  const decided = settled(review, actor.userId, keep);
  if (keep === 'kept') return edits(decided);
  const { edit, needsReason } = undoOfReview(review, collection, record);
  if (edit === null) return refuseCommand('invalid', 'decision');
  if (needsReason && reason === null) return refuseCommand('invalid', 'reason');
  return edits({ ...edit, reason }, decided);
}

function settled(conflict: StoredRecord, userId: string, keep: ConflictDecision['keep']): Edit {
  return put('conflicts', conflict.id, { status: 'resolved', resolvedBy: userId, resolution: keep });
}

function sideOf({ values }: StoredRecord, side: 'kept' | 'lost'): Side {
  return values[side] as unknown as Side;
}

function valueOfDecision(conflict: StoredRecord, decision: ConflictDecision): Json {
  return decision.keep === 'edited' ? decision.value : sideOf(conflict, decision.keep).value;
}

/** Whoever decides sees the record as it is held. */
function seenOf({ stamps }: StoredRecord): Record<Key, Stamp[]> {
  return Object.fromEntries(Object.entries(stamps).map(([key, stamp]) => [key, [stamp]]));
}

/** The record deleted, or restored, by somebody who has seen both sides. */
function removal(record: StoredRecord, conflict: StoredRecord, keep: 'kept' | 'lost', reason: string | null): Edit {
  const [kept, lost] = [sideOf(conflict, 'kept'), sideOf(conflict, 'lost')];
  const ref = { collection: record.collection, id: record.id, fields: {} };
  const hidesEdit = conflict.values.kind === 'edit-and-delete';
  // Of what hangs below only what was decided about: whatever else it hides is another conflict.
  if (conflict.values.key !== DELETED) {
    const seen = { ...seenOf(record), [`${DESCENDANTS}.0`]: [lost.stamp] };
    const why = reason ?? (kept.value as unknown as Deleted).deletedReason;
    return keep === 'kept'
      ? { ...ref, kind: 'delete', reason: why, seen }
      : { ...ref, kind: 'restore', reason, seen: seenOf(record) };
  }
  const hidden = hidesEdit ? Object.keys(lost.value as object) : [DELETED];
  const named = hidden.map((key) => {
    const held = key === DELETED ? kept.stamp : record.stamps[key];
    return [key, held === undefined ? [lost.stamp] : [...new Set([held, lost.stamp])]] as const;
  });
  const isDeletion = hidesEdit ? keep === 'kept' : deletes(keep === 'kept' ? kept : lost);
  const why = reason ?? (deletes(kept) ? (kept.value as unknown as Deleted).deletedReason : null);
  const seen = { ...seenOf(record), ...Object.fromEntries(named) };
  return isDeletion ? { ...ref, kind: 'delete', reason: why, seen } : { ...ref, kind: 'restore', reason, seen };
}

function deletes({ value }: Side): boolean {
  return (value as unknown as Deleted).deletedAt !== null;
}

/** Marked at once where its author may; the root does it in any case, when it applies the edit. */
function resolved(
  conflict: StoredRecord,
  { keep }: ConflictDecision,
  { actor, clinicId }: CommandContext,
): Edit | null {
  const home = typeof conflict.values.clinicId === 'string' ? conflict.values.clinicId : clinicId;
  if (!hasFlag(actor, 'edit-records', home)) return null;
  return settled(conflict, actor.userId, keep);
}
