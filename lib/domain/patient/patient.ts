import { hasFlag } from '../../access/actor.ts';
import { type Attempt, clinicsTouched, heldValue, oneOf, rights } from '../../access/write-rules.ts';
import { MEMBERSHIPS } from '../../replication/scopes.ts';
import { collection, type RecordOf } from '../collection.ts';
import { boolean, code, id, instant, json, keyed, openCode, optional, partialDate, text } from '../field-types.ts';
import { deterministicId, idFrom } from '../identity.ts';
import { codedSchema } from './coded.ts';

export const SEXES = ['female', 'male', 'other', 'unknown'] as const;
export type Sex = (typeof SEXES)[number];

export const patients = collection({
  name: 'patients',
  scope: 'desk',
  place: 'chart',
  mayWrite: rights({ create: mayRegister, change: mayEditPatient, remove: oneOf('delete-patients') }),
  groups: {
    birth: ['birthDate', 'birthDateEstimated'],
    guardian: ['guardianName', 'guardianPhone', 'guardianRelation'],
    death: ['deceasedOn', 'deceasedCause'],
  },
  fields: {
    /** Where the record was made: rights to change it are needed there. */
    clinicId: id(),
    givenName: optional(text(100)),
    familyName: optional(text(100)),
    otherNames: optional(text(200)),
    birthDate: optional(partialDate()),
    birthDateEstimated: optional(boolean()),
    sex: code(SEXES),
    phone: optional(text(30)),
    phone2: optional(text(30)),
    country: optional(openCode()),
    region: optional(text(120)),
    village: optional(text(120)),
    camp: optional(text(120)),
    address: optional(text(300)),
    citizenship: optional(text(60)),
    governmentId: optional(text(100)),
    externalId: optional(text(100)),
    guardianName: optional(text(120)),
    guardianPhone: optional(text(30)),
    guardianRelation: optional(openCode()),
    language: optional(openCode()),
    photo: optional(id()),
    bloodGroup: optional(openCode()),
    deceasedOn: optional(partialDate()),
    deceasedCause: optional(json(codedSchema)),
    /** Where the patient belongs; changed by a transfer. */
    homeClinicId: id(),
    /** Answers of the registration form's own questions, by field id. */
    attributes: keyed(),
    registrationVersionId: optional(id()),
    mergedIntoId: optional(id()),
  },
  fault: (values) => ((values.givenName ?? null) === null && (values.familyName ?? null) === null ? 'givenName' : null),
});
export type Patient = RecordOf<typeof patients>;

const mayEditRecords = oneOf('edit-records');

/** Who merges a patient into another hides his chart behind it. */
function merges({ keys }: Attempt): boolean {
  return keys.includes('mergedIntoId');
}

function mayRegister(attempt: Attempt): boolean {
  return oneOf('register-patients')(attempt) && (!merges(attempt) || mayEditRecords(attempt));
}

/**
 * Who registered a patient today may still correct it; later changes need `edit-records` where the record was made or,
 * after a transfer, where the patient is at home. Sending him home to another clinic needs the right to register there.
 */
function mayEditPatient(attempt: Attempt): boolean {
  if (merges(attempt)) return mayEditRecords(attempt);
  if (attempt.keys.includes('homeClinicId') && !hasAtHome(attempt, attempt.after, 'register-patients')) return false;
  if (hasAtHome(attempt, attempt.before, 'edit-records')) return true;
  const created = attempt.before?.created as { createdAt: string; createdBy: string } | undefined;
  const ownOfToday =
    created?.createdBy === attempt.actor.userId && created.createdAt.slice(0, 10) === attempt.at.slice(0, 10);
  return clinicsTouched(attempt).every(
    (clinicId) =>
      hasFlag(attempt.actor, 'edit-records', clinicId) ||
      (ownOfToday && hasFlag(attempt.actor, 'register-patients', clinicId)),
  );
}

function hasAtHome({ actor }: Attempt, values: Attempt['before'], flag: 'register-patients' | 'edit-records'): boolean {
  const home = heldValue(values, 'homeClinicId');
  return hasFlag(actor, flag, typeof home === 'string' ? home : null);
}

/** A patient's membership of a clinic: decides which clinics hold the chart. Id: v5 of patient and clinic. */
export const patientClinics = collection({
  name: 'patientClinics',
  scope: 'desk',
  place: 'chart',
  mayWrite: oneOf('register-patients'),
  idOf: idFrom(MEMBERSHIPS, 'patientId', 'clinicId'),
  fields: { patientId: id(), clinicId: id(), since: partialDate(), leftAt: optional(instant()) },
});
export type PatientClinic = RecordOf<typeof patientClinics>;

export const patientLinks = collection({
  name: 'patientLinks',
  scope: 'desk',
  place: 'chart',
  mayWrite: oneOf('register-patients'),
  /** "Not a duplicate" is said of a pair once, whoever says it of whom. */
  idOf: ({ kind, patientId, otherPatientId }) =>
    kind === 'not-duplicate' && typeof patientId === 'string' && typeof otherPatientId === 'string'
      ? deterministicId('patientLinks', ...[patientId, otherPatientId].sort(), kind)
      : null,
  fields: {
    patientId: id(),
    clinicId: id(),
    otherPatientId: id(),
    kind: code(['not-duplicate', 'household', 'mother', 'child']),
  },
});
export type PatientLink = RecordOf<typeof patientLinks>;
