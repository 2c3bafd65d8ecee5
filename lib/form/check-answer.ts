import { dateBounds, isInstant, isPartialDate } from '../domain/calendar-date.ts';
import type { Json } from '../replication/json.ts';
import { checkChoice } from './check-choice.ts';
import { checkNumber, checkScale } from './check-number.ts';
import { checkText } from './check-text.ts';
import type { FieldOf, FormField } from './definition.ts';
import { type Entered, isRecord, rowsInOrder } from './filled-form.ts';
import { FORM_LIMITS } from './limits.ts';
import { type Finding, refuse } from './problem.ts';
import { baseField } from './registration.ts';

/** What the check of one answer may look at besides the answer. */
export interface AnswerSurroundings {
  readonly entered: Entered | null;
  readonly other: Json | undefined;
  readonly options: readonly string[] | undefined;
  readonly bounds: { readonly min: string | null; readonly max: string | null } | undefined;
}

/** Everything wrong with an answer that is there. */
export function checkAnswer(field: FormField, value: Json, around: AnswerSurroundings): Finding[] {
  switch (field.type) {
    case 'text':
      return checkText(value, longest(field), field.pattern);
    case 'long-text':
      return checkText(value, field.maxLength ?? FORM_LIMITS.longTextCharacters, null);
    case 'barcode':
      return checkText(value, FORM_LIMITS.textCharacters, null);
    case 'number':
      return checkNumber(field, value, around.entered);
    case 'scale':
      return checkScale(field, value);
    case 'date':
      return checkDate(field, value, around.bounds);
    case 'time':
      return typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? [] : [refuse('invalid-time')];
    case 'date-time':
      return isInstant(value) ? [] : [refuse('invalid-date-time')];
    case 'choice':
    case 'choices':
      return checkChoice(field, value, around.other, around.options);
    case 'yes-no':
      return typeof value === 'boolean' || (value === 'unsure' && field.unsure === true) ? [] : [refuse('wrong-type')];
    case 'diagnosis':
    case 'medicine':
      return checkRows(field, value);
    case 'photo':
    case 'file':
    case 'signature':
      return checkAttachments(field, value);
    case 'repeat':
      return checkRepeat(field, value);
    default:
      return [];
  }
}

/** A registration question holds no more than its column does. */
function longest(field: FieldOf<'text'>): number {
  const column = baseField(field)?.maxLength;
  const own = field.maxLength ?? column ?? FORM_LIMITS.textCharacters;
  return Math.min(own, column ?? own);
}

const PRECISIONS = { year: 4, month: 7, day: 10 } as const;

function checkDate(field: FieldOf<'date'>, value: Json, bounds: AnswerSurroundings['bounds']): Finding[] {
  const date = field.base === 'birthDate' && isRecord(value) ? value.date : value;
  if (date === null && field.base === 'birthDate') return [];
  if (!isPartialDate(date)) return [refuse('invalid-date')];
  const needed = field.precision ?? (field.base === 'birthDate' ? 'year' : 'day');
  if (date.length < PRECISIONS[needed]) return [refuse('date-not-precise', { precision: needed })];
  // A partial date is refused only when no day it may mean is allowed.
  const [given, min, max] = [dateBounds(date), dateBounds(bounds?.min), dateBounds(bounds?.max)];
  if (given && min && given.last < min.first) return [refuse('date-too-early', { min: bounds?.min ?? '' })];
  if (given && max && given.first > max.last) return [refuse('date-too-late', { max: bounds?.max ?? '' })];
  return [];
}

function checkRows(field: FieldOf<'diagnosis'> | FieldOf<'medicine'>, value: Json): Finding[] {
  if (!isRecord(value)) return [refuse('wrong-type')];
  const rows = rowsInOrder(value);
  if (field.multiple === false && rows.length > 1) return [refuse('too-many-rows', { max: 1 })];
  if (rows.length > FORM_LIMITS.repeatRows) return [refuse('too-many-rows', { max: FORM_LIMITS.repeatRows })];
  return rows.flatMap(([, row]) => {
    if (typeof row.text !== 'string' || row.text.trim() === '') return [refuse('row-text-missing')];
    if (field.type === 'medicine' && field.catalogueOnly === true && !row.medicineId)
      return [refuse('not-in-catalogue')];
    return checkText(row.text, 300, null);
  });
}

function checkRepeat(field: FieldOf<'repeat'>, value: Json): Finding[] {
  if (!isRecord(value)) return [refuse('wrong-type')];
  const count = rowsInOrder(value).length;
  const max = field.maxRows ?? FORM_LIMITS.repeatRows;
  if (count > max) return [refuse('too-many-rows', { max })];
  return count < (field.minRows ?? 0) ? [refuse('too-few-rows', { min: field.minRows ?? 0 })] : [];
}

function checkAttachments(field: FieldOf<'photo'> | FieldOf<'file'> | FieldOf<'signature'>, value: Json): Finding[] {
  if (!Array.isArray(value) || value.some((id) => typeof id !== 'string')) return [refuse('wrong-type')];
  const max = field.maxCount ?? (field.type === 'signature' ? 1 : null);
  return max !== null && value.length > max ? [refuse('too-many-files', { max })] : [];
}
