import type { Json } from '../replication/json.ts';
import { checkAnswer } from './check-answer.ts';
import type { FormDefinition, FormField } from './definition.ts';
import { type Evaluation, evaluateForm } from './evaluate-form.ts';
import {
  type Answers,
  type Entered,
  enteredKey,
  type FilledForm,
  fieldPath,
  isRecord,
  missingKey,
  otherKey,
  rowsInOrder,
} from './filled-form.ts';
import type { FormContext } from './form-context.ts';
import { isAnswered } from './operators/operator.ts';
import { type Finding, type Problem, refuse } from './problem.ts';

/**
 * Everything wrong with a filled form, in the form's order; the same on phone, hub and server. Hidden and calculated
 * questions have no problems. Pass the evaluation of the same answers when it is at hand.
 */
export function validate(
  definition: FormDefinition,
  filled: FilledForm,
  context: FormContext,
  evaluation: Evaluation = evaluateForm(definition, filled.answers, context),
): Problem[] {
  return definition.pages.flatMap(({ fields }) =>
    fields.flatMap((field) => {
      const at = { path: field.id, answers: evaluation.values, entered: filled.entered, missing: filled.missing };
      const problems = checkField(field, at, evaluation).map((finding) => ({ fieldId: field.id, ...finding }));
      return field.type === 'repeat' ? [...problems, ...checkRepeatFields(field, evaluation, filled)] : problems;
    }),
  );
}

interface Place {
  readonly path: string;
  readonly answers: Answers;
  readonly entered: { readonly [id: string]: Entered | null };
  readonly missing: { readonly [id: string]: Json };
}

function checkRepeatFields(
  repeat: Extract<FormField, { type: 'repeat' }>,
  evaluation: Evaluation,
  filled: FilledForm,
): Problem[] {
  const given = new Map(rowsInOrder(filled.answers[repeat.id]));
  return rowsInOrder(evaluation.values[repeat.id]).flatMap(([rowId, row]) =>
    repeat.fields.flatMap((field) => {
      const companions = given.get(rowId) ?? row;
      const at = {
        path: fieldPath(field.id, repeat.id, rowId),
        answers: row,
        entered: { [field.id]: readEntered(companions[enteredKey(field.id)]) },
        missing: { [field.id]: companions[missingKey(field.id)] ?? null },
      };
      const findings = checkField(field, at, evaluation);
      return findings.map((finding) => ({ fieldId: field.id, repeatId: repeat.id, rowId, ...finding }));
    }),
  );
}

function checkField(field: FormField, at: Place, evaluation: Evaluation): Finding[] {
  if (!evaluation.visible.has(at.path) || (field.calculate !== null && field.calculate !== undefined)) return [];
  const value = at.answers[field.id];
  if (!isAnswered(value) || value === undefined || isUnknownBirth(field, value)) {
    return checkAbsent(field, at.missing[field.id] ?? null, evaluation.required.has(at.path));
  }
  return checkAnswer(field, value, {
    entered: at.entered[field.id] ?? null,
    other: at.answers[otherKey(field.id)],
    options: evaluation.options.get(at.path),
    bounds: evaluation.dates.get(at.path),
  });
}

const isUnknownBirth = (field: FormField, value: Json): boolean =>
  field.base === 'birthDate' && isRecord(value) && (value.date ?? null) === null;

function checkAbsent(field: FormField, reason: Json, required: boolean): Finding[] {
  if (typeof reason === 'string') {
    const allowed = field.allowMissing?.some((known) => known === reason) === true;
    return allowed ? [] : [refuse('missing-not-allowed', { reason })];
  }
  if (required) return [refuse('required')];
  const least = field.type === 'repeat' ? (field.minRows ?? 0) : 0;
  return least > 0 ? [refuse('too-few-rows', { min: least })] : [];
}

function readEntered(value: Json | undefined): Entered | null {
  if (!isRecord(value)) return null;
  const { value: typed, unit, confirmed } = value;
  return {
    ...(typeof typed === 'number' ? { value: typed } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
    ...(typeof confirmed === 'string' ? { confirmed } : {}),
  };
}
