import { z } from 'zod';
import { listOpenConflicts, type OpenConflict, readOpenConflict } from '../../db/postgres/list-attention.ts';
import { listProvisional } from '../../db/postgres/list-provisional.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import type { Conflict } from '../../lib/domain/conflict/conflict.ts';
import { recordBelow } from '../../lib/domain/conflict/record-below.ts';
import { resolveConflict } from '../../lib/domain/conflict/resolve-conflict.ts';
import { type UndoShown, undoShown } from '../../lib/domain/conflict/undo-review.ts';
import { formVersionOf } from '../../lib/domain/form/form-version-of.ts';
import { correctsAFact, reasonSchema } from '../../lib/domain/reason.ts';
import type { Change } from '../../lib/replication/change.ts';
import type { Json } from '../../lib/replication/json.ts';
import { isDeleted, type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { json } from './answer.ts';
import { type Asked, readBody, replyOfCommand } from './asked.ts';
import { attended, conflictListingOf, writePlace } from './attention.ts';
import { type PatientNamed, patientsSeen, type Words, wordsFor } from './attention-words.ts';
import { type Result, refused } from './problem.ts';

/** One of the two values, with who wrote it, when (ISO instant) and on which replica. */
export interface Side {
  readonly value: Json;
  readonly author: string;
  readonly at: string;
  readonly origin: string;
  readonly stamp: string;
  /** Of a review: what was done, and why this server would have refused it. */
  readonly kind?: Change['kind'];
  readonly code?: string;
}

export interface ConflictLine {
  readonly id: string;
  readonly kind: Conflict['kind'];
  readonly collection: string;
  readonly recordId: string;
  /** What the record is called by, where it is not a patient's. */
  readonly aboutIds: readonly string[];
  readonly key: string;
  readonly clinicId: string | null;
  readonly patient: PatientNamed | null;
  readonly kept: Side;
  readonly lost: Side;
  /** A value of this record is changed with a reason; of a review, undoing it says why. */
  readonly needsReason: boolean;
  /** Of a review: can the asker undo it, and what of it stays as it is. */
  readonly undo: UndoShown | null;
  readonly deleted: boolean;
  readonly versionId: string | null;
  /** Seen at this hub, and not yet judged by the main server: nobody decides it here. */
  readonly provisional: boolean;
}

export interface ConflictPage extends Words {
  readonly conflicts: readonly ConflictLine[];
  readonly next: string | null;
}

/**
 * `GET /api/attention/conflicts`: open ones of the clinics that the asker administers, the newest first. At a hub those
 * that its root has not judged stand before them.
 */
export async function readConflicts(asked: Asked): Promise<Result<Response>> {
  const listing = conflictListingOf(asked);
  if (!listing.ok) return listing;
  const { pool, actor } = asked;
  const { value: page } = listing;
  const provisional = page.after === null ? await listProvisional(pool, page) : [];
  const { conflicts: noted, next } = await listOpenConflicts(pool, page);
  // What the root noted may have come in between.
  const conflicts = [...new Map([...provisional, ...noted].map((one) => [one.record.id, one])).values()];
  const refs = conflicts.flatMap(({ record }) => [aboutOf(record), editedOf(record)]);
  const records = new Map((await readByIds(pool, refs)).map((record) => [refKey(record), record]));
  const { named } = await patientsSeen(
    pool,
    actor,
    conflicts.map(({ record }) => record.values.patientId).filter((id) => typeof id === 'string'),
  );
  const lines = conflicts.map((conflict) => lineOf(conflict, records, named, actor));
  const sides = lines.flatMap(({ kept, lost }) => [kept, lost]);
  const words = await wordsFor(
    pool,
    [...sides.flatMap(({ value, author }) => [value, author]), ...lines.flatMap(({ aboutIds }) => aboutIds)],
    sides.map(({ origin }) => origin),
    lines.map(({ versionId }) => versionId),
  );
  return json({ conflicts: lines, next: writePlace(next), ...words } satisfies ConflictPage);
}

function aboutOf({ values }: StoredRecord) {
  return { collection: String(values.collection), id: String(values.recordId) };
}

/** The record whose values are told: the one that the conflict is about, or the one below it that was edited. */
function editedOf(conflict: StoredRecord): RecordRef {
  return recordBelow(conflict.values.kind, String(conflict.values.key)) ?? aboutOf(conflict);
}

function lineOf(
  { record: conflict, clinicId, provisional }: OpenConflict,
  records: ReadonlyMap<string, StoredRecord>,
  named: ReadonlyMap<string, PatientNamed>,
  actor: Actor,
): ConflictLine {
  const { id, values } = conflict;
  const record = records.get(refKey(aboutOf(conflict)));
  const collection = collectionNamed(String(values.collection));
  const held = record?.values ?? {};
  const by = { actor, clinicId, at: new Date().toISOString() };
  const isReview = values.kind === 'review' && record !== undefined && collection !== undefined;
  const undo = isReview ? undoShown(conflict, collection, record, by) : null;
  return {
    id,
    kind: values.kind as Conflict['kind'],
    collection: String(values.collection),
    recordId: String(values.recordId),
    aboutIds: aboutIds(String(values.collection), String(values.recordId), held),
    key: String(values.key),
    clinicId,
    patient: named.get(String(values.patientId)) ?? null,
    kept: values.kept as unknown as Side,
    lost: values.lost as unknown as Side,
    needsReason: undo?.needsReason ?? (collection !== undefined && correctsAFact(collection, { values: held })),
    undo,
    deleted: record !== undefined && isDeleted(record),
    versionId: formVersionOf(records.get(refKey(editedOf(conflict)))?.values),
    provisional,
  };
}

/** A permission is somebody's in a clinic; other records have names of their own. */
function aboutIds(collection: string, id: string, { userId, clinicId }: StoredRecord['values']): string[] {
  if (collection !== 'permissions') return [id];
  return [userId, clinicId].filter((one) => typeof one === 'string');
}

const resolveSchema = z.strictObject({
  keep: z.enum(['kept', 'lost', 'edited']),
  /** Needed with `edited`. */
  value: (z.json() as unknown as z.ZodType<Json>).optional(),
  reason: reasonSchema.nullable().default(null),
  /** The stamp of the value that stood when the page was shown. */
  keptStamp: z.string().max(40),
});

/** `POST /api/attention/:id/resolve`: decides a conflict or a review as the person who asked. */
export async function resolveByApi(asked: Asked, id: string): Promise<Result<Response>> {
  const managed = attended(asked);
  if (!managed.ok) return managed;
  const body = await readBody(asked, resolveSchema);
  if (!body.ok) return body;
  const { keep, value, reason, keptStamp } = body.value;
  if (keep === 'edited' && value === undefined) return refused('invalid', { field: 'value' });
  const conflict = await readOpenConflict(asked.pool, id, managed.value);
  if (conflict === undefined) return refused('not-found');
  const { record, clinicId } = conflict;
  const decision = keep === 'edited' ? { keep, value: value! } : { keep };
  const { collection, id: recordId } = aboutOf(record);
  const input = { conflictId: id, collection, recordId, decision, reason, keptStamp };
  return replyOfCommand(asked, resolveConflict, input, clinicId, { id });
}
