import type { Json } from '../replication/json.ts';
import type { FormField } from './definition.ts';
import type { MissingReason } from './field.ts';
import { isAnswered } from './operators/operator.ts';

/** Answers by question id; `<id>~other` beside a choice holds what "other" means. */
export type Answers = { readonly [id: string]: Json };
export type Row = { readonly [id: string]: Json };

/** What was typed in another unit, and the reason why an unusual value is true all the same. */
export type Entered = {
  readonly value?: number | undefined;
  readonly unit?: string | undefined;
  readonly confirmed?: string | undefined;
};

/**
 * A form as filled in, before or after saving. Inside a row of a repeat the same two companions stand in the row
 * itself, since a row is one key: `<id>~entered` and `<id>~missing`.
 */
export interface FilledForm {
  readonly answers: Answers;
  readonly entered: { readonly [id: string]: Entered | null };
  readonly missing: { readonly [id: string]: MissingReason | null };
}

export const EMPTY_FORM: FilledForm = { answers: {}, entered: {}, missing: {} };

/** Where a question stands: `weight`, or `siblings.<rowId>.age` inside a repeat. */
export type FieldPath = string;
export const fieldPath = (fieldId: string, repeatId?: string | null, rowId?: string | null): FieldPath =>
  repeatId && rowId ? `${repeatId}.${rowId}.${fieldId}` : fieldId;

export const otherKey = (fieldId: string): string => `${fieldId}~other`;
export const enteredKey = (fieldId: string): string => `${fieldId}~entered`;
export const missingKey = (fieldId: string): string => `${fieldId}~missing`;
export const OTHER = 'other';

export const isRecord = (value: unknown): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The standing rows of a row type's answer, in their order. */
export function rowsInOrder(value: Json | undefined): [rowId: string, row: Row][] {
  if (!isRecord(value)) return [];
  const rows = Object.entries(value).filter((entry): entry is [string, Row] => isRecord(entry[1]));
  return rows.sort(([leftId, left], [rightId, right]) => {
    return orderOf(left) - orderOf(right) || (leftId < rightId ? -1 : 1);
  });
}

const orderOf = (row: Row): number => (typeof row.order === 'number' ? row.order : 0);

/** An answer as it is stored: text in NFC without outer blanks, choices in option order, nothing for what is empty. */
export function storedAnswer(field: FormField, value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return value.normalize('NFC').trim() || undefined;
  if (!isAnswered(value)) return undefined;
  if (field.type !== 'choices' || !Array.isArray(value)) return value;
  const rank = new Map(field.options.map(({ code }, index) => [code, index]));
  const last = field.options.length;
  return [...value].sort((left, right) => (rank.get(String(left)) ?? last) - (rank.get(String(right)) ?? last));
}

/** Whether the answer of a choice names "other". */
export function choosesOther(field: FormField, value: Json | undefined): boolean {
  if ((field.type !== 'choice' && field.type !== 'choices') || field.other !== true) return false;
  return Array.isArray(value) ? value.includes(OTHER) : value === OTHER;
}
