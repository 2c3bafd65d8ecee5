import { z } from 'zod';
import { command, edits, given, put, refuseCommand } from '../command.ts';
import { uuidSchema } from '../identity.ts';
import { clinics } from './clinic.ts';

const { name, code, timeZone, address, phone, country } = clinics.fields;
const details = {
  name: name.schema,
  code: code.schema,
  timeZone: timeZone.schema,
  address: address.schema.optional(),
  phone: phone.schema.optional(),
  country: country.schema.optional(),
};

export const createClinic = command({
  name: 'createClinic',
  input: z.strictObject({ clinicId: uuidSchema, ...details }),
  needs: () => [],
  decide: ({ clinicId, ...fields }) => edits(put('clinics', clinicId, given(fields))),
});

export const editClinic = command({
  name: 'editClinic',
  input: z
    .strictObject({ clinicId: uuidSchema, ...details, registrationFormId: uuidSchema.nullable().optional() })
    .partial()
    .required({ clinicId: true }),
  needs: ({ clinicId }) => [{ collection: 'clinics', id: clinicId as string }],
  decide: ({ clinicId, ...fields }, { read }) => {
    if (read({ collection: 'clinics', id: clinicId }) === undefined) return refuseCommand('not-found', 'clinicId');
    return edits(put('clinics', clinicId, given(fields)));
  },
});
