import { adminOnly } from '../../access/write-rules.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, code, id, instant, integer, json, labels, openCode, optional, presence } from '../field-types.ts';

export const FORM_KINDS = ['registration', 'event'] as const;
export const FORM_STATUSES = ['draft', 'published', 'archived'] as const;

/** A form's identity and where it is used; what it asks stands in its versions. */
export const forms = collection({
  name: 'forms',
  scope: 'org',
  mayWrite: adminOnly,
  fields: {
    kind: code(FORM_KINDS),
    name: labels(),
    description: optional(labels()),
    status: code(FORM_STATUSES),
    /** Empty = all clinics. */
    clinicIds: presence(),
    departmentIds: presence(),
    currentVersionId: optional(id()),
    /** Answers may be changed after saving. */
    editable: boolean(),
    /** Heading in the picker. */
    group: optional(openCode()),
  },
});
export type Form = RecordOf<typeof forms>;

/** A definition of 256 KB, and the fields beside it. */
const MAX_VERSION_BYTES = 257 * 1024;

/** Never changes once made: an answer is always shown with the version it was given to. */
export const formVersions = collection({
  name: 'formVersions',
  scope: 'org',
  immutable: true,
  maxBytes: MAX_VERSION_BYTES,
  mayWrite: adminOnly,
  fields: {
    formId: id(),
    /** For display; the id is the identity. */
    number: integer(1, 100_000),
    publishedAt: instant(),
    definition: json(),
    engine: integer(1, 1000),
  },
});
export type FormVersion = RecordOf<typeof formVersions>;

export const formDrafts = collection({
  name: 'formDrafts',
  scope: 'custody',
  place: 'none',
  maxBytes: MAX_VERSION_BYTES,
  mayWrite: adminOnly,
  fields: { definition: json(), basedOnVersionId: optional(id()) },
});
export type FormDraft = RecordOf<typeof formDrafts>;
