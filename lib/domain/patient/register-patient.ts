import { z } from 'zod';
import { type FormDefinition, readDefinition } from '../../form/definition.ts';
import { evaluateForm } from '../../form/evaluate-form.ts';
import { filledFormSchema } from '../../form/filled-form-schema.ts';
import { type RegistrationValues, splitRegistrationAnswers } from '../../form/registration.ts';
import { validate } from '../../form/validation.ts';
import { keysOf } from '../../replication/declaration.ts';
import type { Json } from '../../replication/json.ts';
import { type CommandContext, command, type Decision, edits, put, refuseAnswers, refuseCommand } from '../command.ts';
import { deterministicId, uuidSchema } from '../identity.ts';
import { patients } from './patient.ts';

/**
 * Registers a patient in the clinic where the author is, with the clinic's registration form: a patient and his
 * membership, in one action.
 */
export const registerPatient = command({
  name: 'registerPatient',
  input: z.strictObject({ patientId: uuidSchema, formVersionId: uuidSchema, filled: filledFormSchema }),
  needs: ({ formVersionId }) => [{ collection: 'formVersions', id: formVersionId }],
  decide: ({ patientId, formVersionId, filled }, context) => {
    if (context.clinicId === null) return refuseCommand('not-in-your-clinic', 'clinicId');
    const answered = registrationValues(formVersionId, filled, context);
    if (!answered.ok) return answered.decision;
    const { clinicId } = context;
    const { base, attributes } = answered.values;
    const keys = patientKeys({ base, attributes: answeredOnly(attributes) });
    const homeClinicId = keys.homeClinicId ?? clinicId;
    const registrationVersionId = formVersionId;
    const since = { patientId, clinicId, since: context.today };
    return edits(
      put('patients', patientId, { sex: 'unknown', ...keys, registrationVersionId, clinicId, homeClinicId }),
      put('patientClinics', deterministicId('patientClinics', patientId, clinicId), since),
    );
  },
});

type Answered =
  | { ok: true; definition: FormDefinition; values: RegistrationValues }
  | { ok: false; decision: Decision };

/** What a filled registration form stands for, by column and attribute, or what is wrong with it. */
export function registrationValues(
  formVersionId: string,
  filled: z.infer<typeof filledFormSchema>,
  { read, today }: CommandContext,
): Answered {
  const version = read({ collection: 'formVersions', id: formVersionId });
  if (version === undefined) return { ok: false, decision: refuseCommand('not-found', 'formVersionId') };
  const definition = readDefinition(version.values.definition);
  if (!definition.ok) return { ok: false, decision: refuseCommand('invalid', 'formVersionId') };
  const context = { occurredOn: today };
  const evaluation = evaluateForm(definition.definition, filled.answers, context);
  const problems = validate(definition.definition, filled, context, evaluation);
  if (problems.length > 0) return { ok: false, decision: refuseAnswers(problems) };
  const values = splitRegistrationAnswers(definition.definition, evaluation.values);
  return { ok: true, definition: definition.definition, values };
}

/** The keys of `patients` of these values. A group is written whole: members not asked keep their `current` value. */
export function patientKeys(
  { base, attributes }: RegistrationValues,
  current: Readonly<Record<string, Json>> = {},
): Record<string, Json> {
  const asked = { ...base, attributes };
  const keys = keysOf(patients, { ...current, ...asked });
  const touched = Object.keys(keysOf(patients, asked));
  return Object.fromEntries(touched.map((key) => [key, keys[key] ?? null]));
}

function answeredOnly(keys: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== null));
}
