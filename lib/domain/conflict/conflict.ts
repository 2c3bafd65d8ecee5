import { oneOf } from '../../access/write-rules.ts';
import { MAX_RECORD_BYTES } from '../../replication/change.ts';
import { isStamp } from '../../replication/stamp.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, id, json, optional, text } from '../field-types.ts';
import { deterministicId } from '../identity.ts';

/** Two edits that did not know of each other. Made by the root only; decided by people. */
export const conflicts = collection({
  name: 'conflicts',
  scope: 'record',
  place: 'chart',
  mayWrite: oneOf('edit-records'),
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
