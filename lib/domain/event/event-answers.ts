import type { z } from 'zod';
import { answersToKeys, keysToAnswers } from '../../form/answers.ts';
import { type FormDefinition, fieldsOf, readDefinition } from '../../form/definition.ts';
import { type Evaluation, evaluateForm } from '../../form/evaluate-form.ts';
import { EMPTY_FORM, type FilledForm } from '../../form/filled-form.ts';
import type { filledFormSchema } from '../../form/filled-form-schema.ts';
import type { FormContext } from '../../form/form-context.ts';
import { validate } from '../../form/validation.ts';
import { keysOf } from '../../replication/declaration.ts';
import type { Json } from '../../replication/json.ts';
import type { StoredRecord } from '../../replication/record.ts';
import { type CommandContext, type Decision, refuseAnswers, refuseCommand } from '../command.ts';
import { vitals } from '../vitals/vitals.ts';

export interface Answered {
  readonly ok: true;
  /** What differs from what was saved, as keys of the event. */
  readonly keys: Record<string, Json>;
  /** Measures that questions record as vitals, as keys of a vitals record; empty when none. */
  readonly measures: Record<string, Json>;
}

/**
 * What saving a filled form writes, checked by the one form engine against the version it was filled with. Given what
 * the form held when it `opened`, only what its editor changed is written over `saved`, and what is calculated from it.
 */
export function answerEvent(
  about: { patientId: string; visitId: string; formVersionId: string; occurredOn: string },
  saved: StoredRecord | undefined,
  filled: z.infer<typeof filledFormSchema>,
  { read }: CommandContext,
  opened: z.infer<typeof filledFormSchema> | undefined = undefined,
): Answered | { readonly ok: false; readonly decision: Decision } {
  const version = read({ collection: 'formVersions', id: about.formVersionId });
  if (version === undefined) return { ok: false, decision: refuseCommand('not-found', 'formVersionId') };
  const definition = readDefinition(version.values.definition);
  if (!definition.ok) return { ok: false, decision: refuseCommand('invalid', 'formVersionId') };
  const context = formContext(about, read);
  const evaluation = evaluateForm(definition.definition, filled.answers, context);
  const problems = validate(definition.definition, filled, context, evaluation);
  if (problems.length > 0) return { ok: false, decision: refuseAnswers(problems) };
  const before = saved === undefined ? EMPTY_FORM : keysToAnswers(saved.values);
  const made = answersToKeys(definition.definition, opened ?? before, filled, evaluation);
  const now = keysToAnswers(made, before);
  const worked = evaluateForm(definition.definition, now.answers, context);
  const calculated = new Set(fieldsOf(definition.definition).flatMap(({ field }) => (field.calculate ? field.id : [])));
  const typed = Object.entries(made).filter(([key]) => !calculated.has(key.slice('answers.'.length)));
  // What was typed stands even where an answer that came meanwhile hides its question: it is nobody's to drop.
  const keys = { ...answersToKeys(definition.definition, before, now, worked), ...Object.fromEntries(typed) };
  return { ok: true, keys, measures: measuresOf(definition.definition, worked, now) };
}

/** What a form is filled about: the same for the screen that fills it and the command that saves it. */
export function formContext(
  about: { patientId: string; visitId: string; occurredOn: string },
  read: CommandContext['read'],
): FormContext {
  const patient = read({ collection: 'patients', id: about.patientId });
  const visit = read({ collection: 'visits', id: about.visitId });
  const birth = patient?.values.birth as { birthDate?: string | null } | undefined;
  return {
    occurredOn: about.occurredOn,
    patient: { sex: text(patient?.values.sex), birthDate: birth?.birthDate ?? null },
    visit: { kind: text(visit?.values.kind), departmentId: text(visit?.values.departmentId) },
  };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function measuresOf(definition: FormDefinition, evaluation: Evaluation, filled: FilledForm): Record<string, Json> {
  const fields: Record<string, Json> = {};
  const entered: Record<string, Json> = {};
  const confirmed: Record<string, Json> = {};
  for (const { field, repeat } of fieldsOf(definition)) {
    if (repeat !== null || !field.record?.startsWith('vitals.')) continue;
    const measure = field.record.slice('vitals.'.length);
    fields[measure] = evaluation.values[field.id] ?? null;
    const typed = filled.entered[field.id];
    if (fields[measure] === null || !typed) continue;
    if (typed.unit !== undefined && typed.value !== undefined)
      entered[measure] = { value: typed.value, unit: typed.unit };
    if (typed.confirmed !== undefined) confirmed[measure] = typed.confirmed;
  }
  if (Object.keys(fields).length === 0) return {};
  return keysOf(vitals, { ...fields, entered, confirmed });
}

/** Is there a measure among these keys, or only empty ones? */
export function hasMeasure(measures: Readonly<Record<string, Json>>): boolean {
  return Object.values(measures).some((value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value !== null;
    return Object.values(value).some((member) => member !== null);
  });
}
