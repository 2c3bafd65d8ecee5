import { type Json, sameJson } from '../replication/json.ts';
import { type FormDefinition, fieldsOf, ROW_TYPES } from './definition.ts';
import type { Evaluation } from './evaluate-form.ts';
import { MISSING_REASONS, type MissingReason } from './field.ts';
import { EMPTY_FORM, type Entered, type FilledForm, isRecord, otherKey } from './filled-form.ts';

/**
 * Between a filled form and the keys of a change, which merge one by one: `answers.<id>`, `answers.<id>~other`,
 * `entered.<id>`, `missing.<id>`; a question of a row type has a key for each row, `answers.<id>.<rowId>`.
 */
export type AnswerKeys = { readonly [key: string]: Json };

/**
 * What a save writes: the keys whose value differs between what is saved (`before`) and what now counts. An answer
 * that was saved and is now hidden, cleared or removed becomes null; one that never was saved is absent. Answers to
 * questions this definition does not know are never touched.
 */
export function answersToKeys(
  definition: FormDefinition,
  before: FilledForm,
  after: FilledForm,
  evaluation: Evaluation,
): AnswerKeys {
  const target = savedForm(definition, after, evaluation);
  const keys: Record<string, Json> = {};
  for (const page of definition.pages) {
    for (const field of page.fields) {
      if (ROW_TYPES.has(field.type)) {
        writeRows(keys, `answers.${field.id}`, before.answers[field.id], target.answers[field.id]);
      } else {
        write(keys, `answers.${field.id}`, before.answers[field.id], target.answers[field.id]);
        const other = otherKey(field.id);
        write(keys, `answers.${other}`, before.answers[other], target.answers[other]);
      }
      write(keys, `entered.${field.id}`, asJson(before.entered[field.id]), asJson(target.entered[field.id]));
      write(keys, `missing.${field.id}`, before.missing[field.id], target.missing[field.id]);
    }
  }
  return keys;
}

function write(keys: Record<string, Json>, key: string, before: Json | undefined, after: Json | undefined): void {
  if (!sameJson(before ?? null, after ?? null)) keys[key] = after ?? null;
}

function writeRows(keys: Record<string, Json>, key: string, before: Json | undefined, after: Json | undefined): void {
  const [saved, wanted] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  for (const rowId of new Set([...Object.keys(saved), ...Object.keys(wanted)])) {
    write(keys, `${key}.${rowId}`, saved[rowId], wanted[rowId]);
  }
}

function asJson(entered: Entered | null | undefined): Json | undefined {
  if (!entered) return entered;
  const { value, unit, confirmed } = entered;
  return {
    ...(value === undefined ? {} : { value }),
    ...(unit === undefined ? {} : { unit }),
    ...(confirmed === undefined ? {} : { confirmed }),
  };
}

/**
 * The filled form as it will be saved: what is shown and calculated, `entered` only beside an answered number, a
 * `missing` reason only where there is no answer.
 */
export function savedForm(definition: FormDefinition, filled: FilledForm, evaluation: Evaluation): FilledForm {
  const entered: Record<string, Entered> = {};
  const missing: Record<string, MissingReason> = {};
  for (const { field, repeat } of fieldsOf(definition)) {
    if (repeat !== null) continue;
    const answered = evaluation.values[field.id] !== undefined;
    const typed = filled.entered[field.id];
    if (answered && typed && Object.keys(typed).length > 0) entered[field.id] = typed;
    const reason = filled.missing[field.id];
    if (!answered && reason && evaluation.visible.has(field.id)) missing[field.id] = reason;
  }
  return { answers: evaluation.values, entered, missing };
}

/** Applies the keys of a change to a filled form; a null leaves the answer out. Keys of other columns are ignored. */
export function keysToAnswers(keys: AnswerKeys, onto: FilledForm = EMPTY_FORM): FilledForm {
  const answers: Record<string, Json> = { ...onto.answers };
  const entered: Record<string, Entered | null> = { ...onto.entered };
  const missing: Record<string, MissingReason | null> = { ...onto.missing };
  for (const [key, value] of Object.entries(keys)) {
    const [column, id, ...rest] = key.split('.');
    if (id === undefined) continue;
    if (column === 'answers') applyAnswer(answers, id, rest.join('.'), value);
    else if (column === 'entered') put(entered, id, isRecord(value) ? (value as Entered) : null);
    else if (column === 'missing') put(missing, id, MISSING_REASONS.find((reason) => reason === value) ?? null);
  }
  return { answers, entered, missing };
}

function applyAnswer(answers: Record<string, Json>, id: string, rowId: string, value: Json): void {
  if (rowId === '') {
    put(answers, id, value);
    return;
  }
  const held: Json | undefined = answers[id];
  const rows: Record<string, Json> = isRecord(held) ? { ...held } : {};
  put(rows, rowId, value);
  put(answers, id, Object.keys(rows).length > 0 ? rows : null);
}

function put<Value>(into: Record<string, Value>, key: string, value: Value | null): void {
  if (value === null) delete into[key];
  else into[key] = value;
}
