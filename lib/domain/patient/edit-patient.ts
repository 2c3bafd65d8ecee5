import { z } from 'zod';
import { filledFormSchema } from '../../form/filled-form-schema.ts';
import { fieldsOf } from '../../replication/declaration.ts';
import { command, edits, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { seenSchema } from '../seen.ts';
import { patients } from './patient.ts';
import { registrationKeys } from './register-patient.ts';

/** Changes what is known of a patient, with the registration form. Only what differs is written. */
export const editPatient = command({
  name: 'editPatient',
  input: z.strictObject({
    patientId: uuidSchema,
    formVersionId: uuidSchema,
    filled: filledFormSchema,
    seen: seenSchema,
  }),
  needs: ({ patientId, formVersionId }) => [
    { collection: 'patients', id: patientId },
    { collection: 'formVersions', id: formVersionId },
  ],
  decide: ({ patientId, formVersionId, filled, seen }, context) => {
    const patient = context.read({ collection: 'patients', id: patientId });
    if (patient === undefined) return refuseCommand('not-found', 'patientId');
    const answered = registrationKeys(formVersionId, filled, context, fieldsOf(patients, patient.values));
    if (!answered.ok) return answered.decision;
    const cleared = Object.keys(patient.values)
      .filter((key) => key.startsWith('attributes.') && !(key in answered.keys))
      .map((key) => [key, null]);
    const fields = { ...Object.fromEntries(cleared), ...answered.keys };
    return edits({ ...put('patients', patientId, fields), ...(seen === undefined ? {} : { seen }) });
  },
});
