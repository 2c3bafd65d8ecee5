import { oneOf } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, id, instant, integer, labels, optional, text } from '../field-types.ts';

export const departments = collection({
  name: 'departments',
  scope: 'org',
  mayWrite: oneOf('clinic-admin'),
  fields: {
    clinicId: id(),
    name: labels(),
    code: optional(text(12)),
    order: integer(0, 10_000),
    canDispense: boolean(),
    canTest: boolean(),
    canImage: boolean(),
    archivedAt: optional(instant()),
  },
});
export type Department = RecordOf<typeof departments>;
