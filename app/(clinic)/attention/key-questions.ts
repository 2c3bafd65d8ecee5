import { collectionNamed } from '../../../lib/domain/collections.ts';
import { TRIAGE_LEVELS, VISIT_KINDS } from '../../../lib/domain/visit/visit.ts';
import { type FormDefinition, type FormField, fieldsOf } from '../../../lib/form/definition.ts';
import { type Answers, isRecord, otherKey } from '../../../lib/form/filled-form.ts';
import { BASE_FIELDS } from '../../../lib/form/registration.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { splitKey } from '../../../lib/replication/key.ts';
import { columnLabel } from '../../../lib/text/column-label.ts';
import type { Language } from '../../../lib/text/languages.ts';
import { codeLabel, type Translate } from '../../../lib/text/translate.ts';
import { MEASURE_UNITS } from '../patient/chart-view.ts';

/** The words that a key of a record is asked and read with. `definition`: the form it was answered in, when there is one. */
export interface Wording {
  readonly t: Translate;
  readonly language: Language;
  readonly definition: FormDefinition | null;
}

/** Codes of a column, and the list of labels they are words of. */
const CODES: Readonly<Record<string, { readonly list: string; readonly codes: readonly string[] }>> = {
  kind: { list: 'visitKind', codes: VISIT_KINDS },
  triage: { list: 'triage', codes: TRIAGE_LEVELS },
  bpPosition: { list: 'bpPosition', codes: ['sitting', 'standing', 'lying'] },
  heightMethod: { list: 'heightMethod', codes: ['standing', 'lying'] },
  glucoseContext: { list: 'glucoseContext', codes: ['random', 'fasting', 'after-meal'] },
  consciousness: { list: 'consciousness', codes: ['alert', 'confused', 'voice', 'pain', 'unresponsive'] },
  sex: { list: 'sex', codes: ['female', 'male', 'other', 'unknown'] },
  guardianRelation: { list: 'relation', codes: BASE_FIELDS.guardianRelation?.codes ?? [] },
};

/** Columns that hold more than one kind of status. */
const STATUS_CODES: Readonly<Record<string, { readonly list: string; readonly codes: readonly string[] }>> = {
  visits: { list: 'visitStatus', codes: ['open', 'closed'] },
  events: { list: 'eventStatus', codes: ['in-progress', 'completed'] },
};

const YES_NO = new Set(['onOxygen', 'oedema']);
const WHOLE_NUMBERS = new Set([
  ...['systolicMmHg', 'diastolicMmHg', 'pulsePerMin', 'respiratoryRatePerMin', 'painScore', 'gcsTotal'],
]);
const INSTANTS = new Set(['occurredAt', 'closedAt', 'stationSince']);
const LONG_TEXTS = new Set(['reason', 'address']);

/**
 * The questions that a key stands for: one, or the members of a group such as blood pressure. A column's question has
 * the column as its id. Empty where a reader is told nothing by it, or an answer has rows of its own.
 */
export function questionsOf(wording: Wording, collection: string, key: string): FormField[] {
  const { column, entry } = splitKey(key);
  if (entry !== null) {
    const asked = entryQuestion(wording.definition, column, entry);
    return asked === undefined ? [] : [asked];
  }
  const members = collectionNamed(collection)?.groups[key] ?? [key];
  return members.flatMap((member) => columnQuestion(wording, collection, member) ?? []);
}

/** The question of the form that an entry answers. What "other" means is asked with the choice itself. */
function entryQuestion(definition: FormDefinition | null, column: string, entry: string): FormField | undefined {
  if (definition === null || (column !== 'answers' && column !== 'attributes')) return undefined;
  return fieldsOf(definition).find(({ field, repeat }) => repeat === null && field.id === entry)?.field;
}

function columnQuestion(wording: Wording, collection: string, column: string): FormField | null {
  const { definition, t, language } = wording;
  const label = { [language]: columnLabel(t, collection, column) };
  if (collection === 'patients') {
    const asked = definition && fieldsOf(definition).find(({ field }) => field.base === column)?.field;
    if (asked) return { ...asked, id: column };
    return baseQuestion(wording, column, label);
  }
  const unit = MEASURE_UNITS[column];
  if (unit !== undefined) {
    const decimals = WHOLE_NUMBERS.has(column) ? 0 : 2;
    return { id: column, type: 'number', label, decimals, ...(unit === '' ? {} : { unit }) };
  }
  const codes = column === 'status' ? STATUS_CODES[collection] : CODES[column];
  if (codes !== undefined) return { id: column, type: 'choice', label, options: optionsOf(wording, codes) };
  if (YES_NO.has(column)) return { id: column, type: 'yes-no', label };
  if (INSTANTS.has(column)) return { id: column, type: 'date-time', label };
  if (column === 'occurredOn') return { id: column, type: 'date', label };
  if (LONG_TEXTS.has(column)) return { id: column, type: 'long-text', label, maxLength: 300 };
  return null;
}

/** A column of a patient that the clinic's form does not ask. */
function baseQuestion(wording: Wording, column: string, label: FormField['label']): FormField | null {
  const base = BASE_FIELDS[column];
  if (base === undefined || base.types[0] === 'photo') return null;
  const common = { id: column, base: column, label: label ?? {} };
  if (base.types[0] === 'date') return { ...common, type: 'date', precision: 'year' };
  const codes = CODES[column];
  if (base.types[0] === 'choice')
    return { ...common, type: 'choice', options: codes === undefined ? [] : optionsOf(wording, codes) };
  return { ...common, type: 'text', ...(base.maxLength === undefined ? {} : { maxLength: base.maxLength }) };
}

function optionsOf({ t, language }: Wording, { list, codes }: { list: string; codes: readonly string[] }) {
  return codes.map((code) => ({ code, label: { [language]: codeLabel(t, list, code) } }));
}

/** A key's value as answers to its questions. */
export function answersOfValue(collection: string, key: string, value: Json): Answers {
  const { entry } = splitKey(key);
  if (entry !== null) return answered({ [entry]: value });
  if (collection === 'patients' && key === 'birth') {
    const { birthDate, birthDateEstimated } = isRecord(value) ? value : {};
    return answered({ birthDate: birthDate ? { date: birthDate, estimated: birthDateEstimated === true } : null });
  }
  return answered(collectionNamed(collection)?.groups[key] !== undefined && isRecord(value) ? value : { [key]: value });
}

function answered(values: Readonly<Record<string, Json | undefined>>): Answers {
  const given = Object.entries(values).filter((one): one is [string, Json] => one[1] !== undefined && one[1] !== null);
  return Object.fromEntries(given);
}

/** The answers as a value of the key. Of a group, members that are not asked keep what they are in `before`. */
export function valueOfAnswers(collection: string, key: string, answers: Answers, before: Json): Json {
  const { entry } = splitKey(key);
  if (entry !== null) return answers[entry] ?? null;
  if (collection === 'patients' && key === 'birth') {
    const birth = isRecord(answers.birthDate) ? answers.birthDate : {};
    return { birthDate: birth.date ?? null, birthDateEstimated: birth.estimated === true };
  }
  const members = collectionNamed(collection)?.groups[key];
  if (members === undefined) return answers[key] ?? null;
  const held = isRecord(before) ? before : {};
  const asked = new Set(questionIds(collection, members));
  return Object.fromEntries(
    members.map((member) => [member, (asked.has(member) ? answers[member] : held[member]) ?? null]),
  );
}

function questionIds(collection: string, members: readonly string[]): string[] {
  const wording: Wording = { t: (key) => key, language: 'en', definition: null };
  return members.filter((member) => columnQuestion(wording, collection, member) !== null);
}

/** The form of one decision: the questions of a key, freed from the rest of the form they stand in. */
export function decisionForm(wording: Wording, questions: readonly FormField[]): FormDefinition | null {
  const editable = questions.filter((field) => !NOT_EDITABLE.has(field.type));
  if (editable.length === 0 || editable.length < questions.length) return null;
  const free = {
    ...{ showIf: null, requiredIf: null, readOnlyIf: null, default: null, calculate: null, record: null },
    // What "other" means has a key of its own: it cannot be decided with this one.
    ...{
      required: false,
      previous: false,
      allowMissing: null,
      filter: null,
      softMin: null,
      softMax: null,
      other: false,
    },
  };
  const fields = editable.map((field) => {
    const known = Object.entries(free).filter(([name]) => name in field);
    return { ...field, ...Object.fromEntries(known) } as FormField;
  });
  const languages = wording.definition?.languages ?? [wording.language];
  return { format: 1, languages, title: {}, pages: [{ id: 'decision', fields }] };
}

const NOT_EDITABLE: ReadonlySet<FormField['type']> = new Set([
  ...(['note', 'separator', 'calculated', 'photo', 'file', 'signature', 'repeat', 'diagnosis', 'medicine'] as const),
]);

/** The question that `<id>~other` belongs to. */
export function questionOfOther(definition: FormDefinition | null, entry: string): FormField | undefined {
  return definition === null
    ? undefined
    : fieldsOf(definition).find(({ field }) => otherKey(field.id) === entry)?.field;
}
