import { type FormField, fieldsOf, labelIn } from '../../../lib/form/definition.ts';
import { isRecord, otherKey } from '../../../lib/form/filled-form.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { splitKey } from '../../../lib/replication/key.ts';
import { columnLabel } from '../../../lib/text/column-label.ts';
import { codeLabel } from '../../../lib/text/translate.ts';
import { answerText } from '../form/answer-text.ts';
import { unitText } from '../form/unit-text.ts';
import { answersOfValue, questionOfOther, questionsOf, type Wording } from './key-questions.ts';

/** How a record's keys are read out. `nameOf`: the name of another record that a column points to. */
export interface Reading extends Wording {
  readonly timeZone: string;
  readonly nameOf: (column: string, id: string) => string | null;
}

/** A value in the words that a clinician would read it in. `text` is null where the value is empty. */
export interface Words {
  readonly key: string;
  readonly label: string;
  readonly text: string | null;
}

/** Ids of other records and the envelope say nothing to a reader. */
const SILENT = new Set([
  ...['created', 'erased', 'patientId', 'clinicId', 'visitId', 'eventId', 'formId', 'formVersionId'],
  ...['registrationVersionId', 'appointmentId', 'mergedIntoId', 'birthDateEstimated', 'photo', 'station'],
]);
const NAMED = new Set(['providerId', 'departmentId', 'homeClinicId']);

/** One value of a record, in words; a group as its members. */
export function wordsOfKey(reading: Reading, collection: string, key: string, value: Json): Words[] {
  const { column, entry } = splitKey(key);
  if (SILENT.has(column)) return [];
  if (key === 'deleted') return deletionWords(reading, value);
  if (entry !== null) return [entryWords(reading, key, column, entry, value)];
  if (NAMED.has(column)) {
    const text = typeof value === 'string' ? reading.nameOf(column, value) : null;
    return [{ key, label: columnLabel(reading.t, collection, column), text }];
  }
  const questions = questionsOf(reading, collection, key);
  if (questions.length === 0)
    return [{ key, label: columnLabel(reading.t, collection, column), text: plainText(reading, value) }];
  const answers = answersOfValue(collection, key, value);
  return questions.map((field) => ({
    key: field.id,
    label: labelOf(reading, field),
    text: textOf(reading, field, answers[field.id]),
  }));
}

/** The values of a change or a record, in words and in the order of their form. What is cleared has no text. */
export function wordsOfChange(reading: Reading, collection: string, fields: Readonly<Record<string, Json>>): Words[] {
  const places = placesIn(reading);
  const placeOf = (key: string) => places.get(key) ?? places.get(key.split('.').slice(0, 2).join('.')) ?? -1;
  return Object.entries(fields)
    .filter(([key]) => key !== 'occurredOn' || fields.occurredAt === undefined)
    .sort(([left], [right]) => placeOf(left) - placeOf(right))
    .flatMap(([key, value]) => wordsOfKey(reading, collection, key, value));
}

/** The same without what is empty. */
export function wordsOfFields(reading: Reading, collection: string, fields: Readonly<Record<string, Json>>): Words[] {
  return wordsOfChange(reading, collection, fields).filter((one) => one.text !== null);
}

/** Where a form asks for a key. What no form asks for, such as the time, comes first. */
function placesIn({ definition }: Reading): Map<string, number> {
  const places = new Map<string, number>();
  for (const [index, { field }] of (definition === null ? [] : fieldsOf(definition)).entries()) {
    const key = field.base === 'birthDate' ? 'birth' : field.base?.startsWith('guardian') ? 'guardian' : field.base;
    if (key) places.set(key, index);
    for (const column of ['answers', 'attributes', 'missing', 'entered']) {
      places.set(`${column}.${field.id}`, index);
      places.set(`${column}.${otherKey(field.id)}`, index);
    }
  }
  return places;
}

function labelOf({ language, definition, t }: Reading, field: FormField): string {
  if (definition === null) return labelIn(field.label, language, NO_FORM);
  return labelIn(field.label, language, definition) || t('form.one');
}

const NO_FORM = { format: 1, languages: [], title: {}, pages: [] } as unknown as NonNullable<Wording['definition']>;

function textOf(reading: Reading, field: FormField, value: Json | undefined, other?: Json): string | null {
  const definition = reading.definition ?? NO_FORM;
  return answerText({ ...reading, definition }, field, value, other);
}

/** An entry of a keyed column: an answer, a row of one, or what stands beside an answer. */
function entryWords(reading: Reading, key: string, column: string, entry: string, value: Json): Words {
  const { t, definition } = reading;
  const [id = '', rowId] = entry.split('.');
  const asked = definition === null ? undefined : fieldsOf(definition).find(({ field }) => field.id === id)?.field;
  const whole = asked ?? questionOfOther(definition, entry);
  const label = whole === undefined ? `${columnLabel(t, '', column)}: ${entry}` : labelOf(reading, whole);
  if (asked === undefined)
    return {
      key,
      label: whole === undefined ? label : `${label}: ${t('form.other')}`,
      text: plainText(reading, value),
    };
  if (column === 'missing')
    return {
      key,
      label: `${label}: ${t('portal.key.missing')}`,
      text: value === null ? null : codeLabel(t, 'missing', String(value)),
    };
  if (column === 'entered' || column === 'confirmed')
    return { key, label: `${label}: ${t(`portal.key.${column}`)}`, text: typedText(reading, value) };
  if (rowId !== undefined) return { key, label, text: rowText(reading, asked, value) };
  return { key, label, text: textOf(reading, asked, value) };
}

/** A row of a repeat, a diagnosis or a medicine. */
function rowText(reading: Reading, field: FormField, row: Json): string | null {
  if (!isRecord(row)) return null;
  if (field.type !== 'repeat') return typeof row.text === 'string' ? row.text : null;
  const parts = field.fields.flatMap((inner) => {
    const text = textOf(reading, inner, row[inner.id], row[otherKey(inner.id)]);
    return text === null ? [] : [`${labelOf(reading, inner)}: ${text}`];
  });
  return parts.length === 0 ? null : parts.join(' · ');
}

/** What was typed in another unit, or why an unusual value is true. */
function typedText(reading: Reading, value: Json): string | null {
  if (!isRecord(value)) return plainText(reading, value);
  const unit = typeof value.unit === 'string' ? unitText(reading.t, value.unit) : '';
  const typed = value.value === undefined || value.value === null ? '' : `${value.value} ${unit}`.trim();
  return [typed, value.confirmed].filter((part) => typeof part === 'string' && part !== '').join(' · ') || null;
}

function deletionWords({ t }: Reading, value: Json): Words[] {
  const { deletedAt, deletedReason } = isRecord(value) ? value : {};
  const what = t(typeof deletedAt === 'string' ? 'portal.change.delete' : 'portal.change.restore');
  const reason = typeof deletedReason === 'string' ? deletedReason : null;
  return [
    { key: 'deleted', label: t('attention.deletion'), text: what },
    { key: 'deletedReason', label: t('history.reason'), text: reason },
  ];
}

/** A value that no question describes: what can be read of it. */
function plainText(reading: Reading, value: Json): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return reading.t(value ? 'app.yes' : 'app.no');
  if (typeof value !== 'object') return String(value);
  const parts = Object.values(value).flatMap((part) => plainText(reading, part) ?? []);
  return parts.length === 0 ? null : parts.join(' · ');
}
