import type { Name } from '../../../../../db/postgres/read-names.ts';
import { collectionNamed } from '../../../../../lib/domain/collections.ts';
import { type FormDefinition, fieldsOf, labelIn, readDefinition } from '../../../../../lib/form/definition.ts';
import { otherKey } from '../../../../../lib/form/filled-form.ts';
import type { Json } from '../../../../../lib/replication/json.ts';
import { splitKey } from '../../../../../lib/replication/key.ts';
import { columnLabel } from '../../../../../lib/text/column-label.ts';
import { formatDate, formatInstant, formatNumber } from '../../../../../lib/text/format.ts';
import type { Language } from '../../../../../lib/text/languages.ts';
import { codeLabel, isLabelKey, type Translate } from '../../../../../lib/text/translate.ts';
import { answerText } from '../../../../(clinic)/form/answer-text.ts';
import { measureText } from '../../../../(clinic)/patient/measure-text.ts';
import type { Words } from '../../../../server/attention-words.ts';

/** How keys and values of one record are read out. */
export interface Reading {
  readonly t: Translate;
  readonly language: Language;
  readonly words: Words;
  readonly collection: string;
  /** The form that the record's answers were given to. */
  readonly definition: FormDefinition | null;
}

export function readingOf(
  t: Translate,
  language: Language,
  words: Words,
  collection: string,
  versionId: string | null,
): Reading {
  const read = versionId === null ? null : readDefinition(words.definitions[versionId]);
  return { t, language, words, collection, definition: read?.ok ? read.definition : null };
}

/** Ids that say nothing to a reader: the patient and the form are told beside, the others are found through the record. */
const SILENT = new Set([
  ...['created', 'deleted', 'erased', 'patientId', 'visitId', 'eventId', 'appointmentId', 'formVersionId', 'engine'],
  ...['registrationVersionId', 'dispensingId', 'transferId', 'grantId', 'photo'],
]);

/** The keys of an edit that are worth reading out. */
export function toldKeys(fields: Readonly<Record<string, Json>>): string[] {
  return Object.keys(fields).filter((key) => !SILENT.has(splitKey(key).column));
}

/** What a field, a group, or one answer is called. */
export function keyLabel(reading: Reading, key: string): string {
  const { t, language, definition } = reading;
  const { column, entry } = splitKey(key);
  const question = questionOf(reading, key);
  if (question !== undefined && definition !== null) return labelIn(question.label, language, definition);
  if (column === 'flags' && isLabelKey(`flag.${entry}`)) return t(`flag.${entry}` as 'flag.prescribe');
  const name = columnLabel(t, reading.collection, column);
  return entry === null ? name : `${name}: ${nameOf(reading, entry) ?? entry}`;
}

/** The question that an answer was given to; also for what was typed beside it. */
export function questionOf({ definition }: Reading, key: string) {
  const { column, entry } = splitKey(key);
  if (definition === null || entry === null || !['answers', 'attributes'].includes(column)) return undefined;
  const id = entry.split('.')[0];
  return fieldsOf(definition).find(({ field }) => field.id === id || otherKey(field.id) === id)?.field;
}

/** What an id stands for; null when nobody says. */
export function nameOf({ t, language, words }: Pick<Reading, 't' | 'language' | 'words'>, id: string): string | null {
  const name: Name | undefined = words.names[id];
  if (name === undefined) return null;
  const text = name.text ?? name.labels?.[language] ?? name.labels?.en ?? Object.values(name.labels ?? {})[0] ?? null;
  if (text === null || name.number === null) return text;
  return t('portalAttention.version', { name: text, number: name.number });
}

/** A value in words; null when there is none. */
export function valueText(reading: Reading, key: string, value: Json): string | null {
  const question = questionOf(reading, key);
  const isRow = key.split('.').length > 2 || splitKey(key).entry?.startsWith(`${question?.id}~`);
  if (question !== undefined && reading.definition !== null && !isRow)
    return answerText({ ...reading, definition: reading.definition }, question, value);
  const members = collectionNamed(reading.collection)?.groups[key];
  if (members !== undefined && isObject(value)) return groupText(reading, key, members, value);
  return plainText(reading, splitKey(key).entry === null ? key : '', value);
}

function isObject(value: Json): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Members of a group that need no name beside one another. */
const BARE = new Set(['bp', 'height', 'glucose', 'closing', 'status', 'station']);

function groupText(
  reading: Reading,
  group: string,
  members: readonly string[],
  value: Readonly<Record<string, Json>>,
): string | null {
  if (group === 'birth') return birthText(reading, value);
  const told = members.filter((member) => !SILENT.has(member));
  const parts = told.flatMap((member) => {
    const text = plainText(reading, member, value[member] ?? null);
    if (text === null) return [];
    return [BARE.has(group) ? text : `${columnLabel(reading.t, reading.collection, member)}: ${text}`];
  });
  return parts.length === 0 ? null : parts.join(' · ');
}

function birthText({ t, language }: Reading, { birthDate, birthDateEstimated }: Readonly<Record<string, Json>>) {
  if (typeof birthDate !== 'string') return null;
  const date = formatDate(language, birthDate);
  return birthDateEstimated === true ? `${date} (${t('birth.estimated')})` : date;
}

/** Lists that the codes of a field are words of; others are called like their field. */
const LISTS: Readonly<Record<string, string>> = {
  'visits.kind': 'visitKind',
  'appointments.kind': 'visitKind',
  'stockMovements.kind': 'stockMovementKind',
  'patientLinks.kind': 'patientLink',
  'visits.status': 'visitStatus',
  'events.status': 'eventStatus',
  'appointments.status': 'appointmentStatus',
  'appointmentDepartments.status': 'departmentStatus',
  'patients.guardianRelation': 'relation',
  'medicines.form': 'medicineForm',
  'medicines.stockUnit': 'doseUnit',
};

/** The word for a code of a field; null when it is none. */
export function codeText({ t, collection }: Reading, column: string, value: string): string | null {
  const list = LISTS[`${collection}.${column}`] ?? column;
  if (isLabelKey(`code.${list}.${value}`)) return codeLabel(t, list, value);
  for (const key of [`forms.${column}.${value}`, `forms.${value}`])
    if (collection === 'forms' && ['kind', 'status'].includes(column) && isLabelKey(key)) return t(key);
  return null;
}

function plainText(reading: Reading, column: string, value: Json): string | null {
  const { t, language } = reading;
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return t(value ? 'app.yes' : 'app.no');
  if (typeof value === 'number')
    return reading.collection === 'vitals' && column !== ''
      ? measureText(t, language, column, value).value
      : formatNumber(language, value);
  if (typeof value === 'string') return textText(reading, column, value);
  const entries = Object.entries(value).flatMap(([name, part]) => {
    const text = plainText(reading, '', part);
    return text === null ? [] : [Array.isArray(value) ? text : `${nameOf(reading, name) ?? name}: ${text}`];
  });
  return entries.length === 0 ? null : entries.join(' · ');
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function textText(reading: Reading, column: string, value: string): string {
  const { language } = reading;
  if (INSTANT.test(value)) return formatInstant(language, value);
  if (/(On|Date)$|^since$/.test(column)) return formatDate(language, value);
  return codeText(reading, column, value) ?? nameOf(reading, value) ?? value;
}
