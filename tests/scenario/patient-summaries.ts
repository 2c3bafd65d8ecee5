import type { PatientSummary } from '../../lib/search/patient-summary.ts';
import type { GeneratedPatient } from './generate-patients.ts';

const present = (texts: readonly (string | null)[]): string[] => texts.filter((text) => text !== null);

/** What the phone's search knows of a generated patient. */
export const summaryOf = (patient: GeneratedPatient): PatientSummary => ({
  id: patient.id,
  givenName: patient.givenName,
  familyName: patient.familyName,
  otherNames: patient.otherNames,
  birthDate: patient.birthDate,
  birthDateEstimated: patient.birthDateEstimated,
  sex: patient.sex,
  phones: present([patient.phone, patient.phone2, patient.guardianPhone]),
  ids: present([patient.governmentId, patient.externalId]),
  cardCodes: [],
  places: present([patient.village, patient.camp]),
  guardianName: patient.guardianName,
  extra: [],
});
