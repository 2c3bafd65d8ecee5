import { formVersionOf } from '../../../lib/domain/form/form-version-of.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { recordLabel } from '../../../lib/text/record-label.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import type { ConflictView } from './conflict-view.ts';
import { type Reading, wordsOfKey } from './key-words.ts';

/** What a conflict is about, in a line: what happened, to which record, and to which of its values. */
export function conflictTitle(
  readingOf: (versionId: string | null) => Reading,
  view: ConflictView,
  records: readonly StoredRecord[],
): string {
  const about = view.below ?? { collection: view.collection, id: view.recordId };
  const record = records.find((one) => one.collection === about.collection && one.id === about.id);
  const reading = readingOf(formVersionOf(record?.values));
  const { t } = reading;
  const kind = codeLabel(t, 'conflictKind', view.kind);
  const what = recordLabel(t, about.collection);
  const label = view.kind === 'parallel-edit' ? keyLabel(reading, view) : null;
  return label === null
    ? t('attention.about', { kind, what })
    : t('attention.aboutField', { kind, what, field: label });
}

/** What the value in question is called: of a group, its members. */
export function keyLabel(reading: Reading, { collection, key, kept }: ConflictView): string | null {
  const labels = wordsOfKey(reading, collection, key, kept.value).map((one) => one.label);
  return labels.length === 0 ? null : [...new Set(labels)].join(', ');
}
