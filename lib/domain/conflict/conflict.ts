import { type Attempt, oneOf } from '../../access/write-rules.ts';
import { MAX_RECORD_BYTES } from '../../replication/change.ts';
import { isDeleted, refKey, type StoredRecord, updatedAtMs } from '../../replication/record.ts';
import { isStamp } from '../../replication/stamp.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, id, json, optional, text } from '../field-types.ts';
import { deterministicId } from '../identity.ts';

/** Two edits that did not know of each other. Made by the root only; decided by people. */
export const conflicts = collection({
  name: 'conflicts',
  scope: 'record',
  place: 'chart',
  // A review asks whoever administers the clinic.
  mayWrite: (attempt) => oneOf(isReview(attempt) ? 'clinic-admin' : 'edit-records')(attempt),
  // It says that something hangs below a deletion; it is not itself a thing that a deletion hides.
  parents: {},
  /** The record, its key and the stamp that lost: whoever notices it makes the same conflict. */
  idOf: ({ recordId, key, lost }) => {
    const stamp = (lost as { stamp?: unknown } | null)?.stamp;
    if (typeof recordId !== 'string' || typeof key !== 'string' || !isStamp(stamp)) return null;
    return deterministicId('conflicts', recordId, key.replaceAll('|', '%7C'), stamp);
  },
  // Two values, each as large as a record may be.
  maxBytes: 3 * MAX_RECORD_BYTES,
  fields: {
    patientId: optional(id()),
    clinicId: optional(id()),
    collection: text(40),
    recordId: id(),
    key: text(250),
    kept: json(),
    lost: json(),
    kind: code(['parallel-edit', 'edit-and-delete', 'review']),
    status: code(['open', 'resolved']),
    resolvedBy: optional(id()),
    resolution: optional(code(['kept', 'lost', 'edited'])),
  },
});
export type Conflict = RecordOf<typeof conflicts>;

/** One already noted stays what it was noted as. */
function isReview({ before, after }: Attempt): boolean {
  return (before ?? after).kind === 'review';
}

/** The conflicts of a chart that people still have to decide, the newest first. */
export function openConflicts(records: readonly StoredRecord[]): StoredRecord[] {
  return records
    .filter((one) => one.collection === conflicts.name && one.values.status === 'open' && !isDeleted(one))
    .sort((left, right) => updatedAtMs(right) - updatedAtMs(left) || (left.id < right.id ? -1 : 1));
}

/**
 * The records of a chart, as `<collection>/<id>`, whose deletion did not know of an edit: they stay visible, marked,
 * until somebody decides (lib/replication/README.md).
 */
export function disputedDeletions(records: readonly StoredRecord[]): ReadonlySet<string> {
  const about = openConflicts(records)
    .filter((one) => one.values.kind === 'edit-and-delete')
    .map(({ values }) => refKey({ collection: String(values.collection), id: String(values.recordId) }));
  return new Set(about);
}
