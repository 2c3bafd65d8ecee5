import { oneOf } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, id, json, optional, text } from '../field-types.ts';

/** Two edits that did not know of each other. Made by the root only; decided by people. */
export const conflicts = collection({
  name: 'conflicts',
  scope: 'record',
  place: 'chart',
  mayWrite: oneOf('edit-records'),
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
