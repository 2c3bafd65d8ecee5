import { z } from 'zod';
import { filledFormSchema } from '../../form/filled-form-schema.ts';
import { splitRegistrationAnswers } from '../../form/registration.ts';
import { fieldsOf } from '../../replication/declaration.ts';
import { sameJson } from '../../replication/json.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { seenSchema } from '../seen.ts';
import { patients } from './patient.ts';
import { patientKeys, registrationValues } from './register-patient.ts';

/**
 * Changes what is known of a patient, with the registration form. Only what differs is written; given what the form
 * held when it `opened`, only what its editor changed: what others changed meanwhile stands.
 */
export const editPatient = command({
  name: 'editPatient',
  input: z.strictObject({
    patientId: uuidSchema,
    formVersionId: uuidSchema,
    filled: filledFormSchema,
    seen: seenSchema,
    opened: filledFormSchema.optional(),
  }),
  needs: ({ patientId, formVersionId }) => [
    { collection: 'patients', id: patientId },
    { collection: 'formVersions', id: formVersionId },
  ],
  decide: ({ patientId, formVersionId, filled, seen, opened }, context) => {
    const patient = context.read({ collection: 'patients', id: patientId });
    if (patient === undefined) return refuseCommand('not-found', 'patientId');
    const answered = registrationValues(formVersionId, filled, context);
    if (!answered.ok) return answered.decision;
    const current = fieldsOf(patients, patient.values);
    const keys = patientKeys(answered.values, current);
    const before = opened && patientKeys(splitRegistrationAnswers(answered.definition, opened.answers), current);
    const written = Object.entries(keys).filter(([key, value]) => {
      if (before !== undefined && sameJson(before[key] ?? null, value)) return false;
      return value !== null || patient.values[key] !== undefined;
    });
    const fields = { ...Object.fromEntries(written), registrationVersionId: formVersionId };
    return edits({ ...put('patients', patientId, fields), ...(seen === undefined ? {} : { seen }) });
  },
});
