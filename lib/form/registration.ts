import type { Json } from '../replication/json.ts';
import { type FieldType, type FormDefinition, type FormField, fieldsOf } from './definition.ts';
import { type Answers, isRecord, otherKey } from './filled-form.ts';

/**
 * Registration forms (data.md §5.4): the same definition with `base` on the questions that fill a column of
 * `patients`. The column fixes the type; a list that is not the form's own comes from `list`.
 */
export interface BaseField {
  readonly types: readonly FieldType[];
  /** Codes the options must be among. */
  readonly codes?: readonly string[];
  /** Where options come from when the form gives none. */
  readonly list?: 'countries' | 'languages' | 'clinics';
  readonly maxLength?: number;
}

const text = (maxLength: number): BaseField => ({ types: ['text'], maxLength });

export const BASE_FIELDS: Readonly<Record<string, BaseField>> = {
  givenName: text(100),
  familyName: text(100),
  otherNames: text(200),
  birthDate: { types: ['date'] },
  sex: { types: ['choice'], codes: ['female', 'male', 'other', 'unknown'] },
  phone: text(30),
  phone2: text(30),
  country: { types: ['choice'], list: 'countries' },
  region: text(120),
  village: text(120),
  camp: text(120),
  address: text(300),
  citizenship: { types: ['text', 'choice'], list: 'countries', maxLength: 60 },
  governmentId: text(100),
  externalId: text(100),
  guardianName: text(120),
  guardianPhone: text(30),
  guardianRelation: {
    types: ['choice'],
    codes: ['mother', 'father', 'spouse', 'sibling', 'child', 'grandparent', 'guardian', 'friend', 'other'],
  },
  language: { types: ['choice'], list: 'languages' },
  photo: { types: ['photo'] },
  bloodGroup: { types: ['choice'] },
  deceasedOn: { types: ['date'] },
  homeClinicId: { types: ['choice'], list: 'clinics' },
};

/** Types a registration form may not hold: the patient has no place for their rows. */
export const NOT_IN_REGISTRATION: ReadonlySet<FieldType> = new Set(['diagnosis', 'medicine', 'repeat']);

/** The description of the column a question fills, or null. */
export const baseField = (field: FormField): BaseField | null =>
  field.base && Object.hasOwn(BASE_FIELDS, field.base) ? (BASE_FIELDS[field.base] ?? null) : null;

export interface RegistrationValues {
  /** By column of `patients`, flat: `birthDate` and `birthDateEstimated` both, `photo` one attachment id. */
  readonly base: { readonly [column: string]: Json };
  /** By question id (and `<id>~other`), for `patients.attributes`. */
  readonly attributes: { readonly [id: string]: Json };
}

/**
 * Divides answers between columns and attributes. A question of the form without an answer gives null, so that a
 * cleared answer is cleared; pass the evaluation's `values`. A birth date's answer is `{ date, estimated }`.
 */
export function splitRegistrationAnswers(definition: FormDefinition, answers: Answers): RegistrationValues {
  const base: Record<string, Json> = {};
  const attributes: Record<string, Json> = {};
  for (const { field } of fieldsOf(definition)) {
    const value = answers[field.id] ?? null;
    const column = baseField(field) ? field.base : null;
    if (column) Object.assign(base, toColumns(column, value));
    else if (field.type !== 'note' && field.type !== 'separator') {
      attributes[field.id] = value;
      const other = answers[otherKey(field.id)];
      if (hasOther(field)) attributes[otherKey(field.id)] = other ?? null;
    }
  }
  return { base, attributes };
}

/** The inverse: the answers that a patient's columns and attributes stand for. Nulls are left out. */
export function joinRegistrationAnswers(definition: FormDefinition, { base, attributes }: RegistrationValues): Answers {
  const answers: Record<string, Json> = {};
  for (const { field } of fieldsOf(definition)) {
    const column = baseField(field) ? field.base : null;
    const value = column ? fromColumns(column, base) : (attributes[field.id] ?? null);
    if (value !== null) answers[field.id] = value;
    const other = attributes[otherKey(field.id)] ?? null;
    if (!column && hasOther(field) && other !== null) answers[otherKey(field.id)] = other;
  }
  return answers;
}

const hasOther = (field: FormField): boolean =>
  (field.type === 'choice' || field.type === 'choices') && field.other === true;

function toColumns(column: string, value: Json): { [column: string]: Json } {
  if (column === 'photo') return { photo: Array.isArray(value) ? (value[0] ?? null) : value };
  if (column !== 'birthDate') return { [column]: value };
  const birth = isRecord(value) ? value : {};
  return { birthDate: birth.date ?? null, birthDateEstimated: birth.estimated === true };
}

function fromColumns(column: string, base: RegistrationValues['base']): Json {
  const value = base[column] ?? null;
  if (value === null) return null;
  if (column === 'photo') return [value];
  return column === 'birthDate' ? { date: value, estimated: base.birthDateEstimated === true } : value;
}
