import { fieldsOf } from '../../replication/declaration.ts';
import { isDeleted, refKey, type StoredRecord, updatedAtMs } from '../../replication/record.ts';
import type { PatientSummary } from '../../search/patient-summary.ts';
import { disputedDeletions, openConflicts } from '../conflict/conflict.ts';
import { type Patient, patients } from './patient.ts';

/** A patient as a list shows him. */
export interface PatientCard {
  readonly id: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly otherNames: string | null;
  readonly birthDate: string | null;
  readonly birthDateEstimated: boolean;
  readonly sex: string;
  readonly phone: string | null;
  readonly village: string | null;
  readonly camp: string | null;
  readonly deceased: boolean;
  /** Day of the newest visit, or null. */
  readonly lastVisitOn: string | null;
  /** Milliseconds of the newest change of anything in the chart. */
  readonly changedAtMs: number;
  /** Something of the chart is only on this phone. */
  readonly unsent: boolean;
  /** Conflicts of the chart that people still have to decide. */
  readonly openConflicts: number;
}

/**
 * A chart's patient as fields; null while he is not here (a child came first) or is deleted, unless the deletion is in
 * question: then he stays in sight until somebody decides.
 */
export function patientOfChart(records: readonly StoredRecord[]): Patient | null {
  const record = records.find((one) => one.collection === 'patients');
  if (record === undefined || (isDeleted(record) && !disputedDeletions(records).has(refKey(record)))) return null;
  return { ...fieldsOf(patients, record.values), id: record.id } as unknown as Patient;
}

export function patientCard(records: readonly StoredRecord[], unsent: boolean): PatientCard | null {
  const patient = patientOfChart(records);
  if (patient === null) return null;
  const { id, givenName, familyName, otherNames, birthDate, sex, phone, village, camp } = patient;
  return {
    ...{ id, givenName, familyName, otherNames, birthDate, sex, phone, village, camp },
    birthDateEstimated: patient.birthDateEstimated === true,
    deceased: patient.deceasedOn !== null,
    lastVisitOn: newestVisit(records),
    changedAtMs: Math.max(...records.map(updatedAtMs)),
    unsent,
    openConflicts: openConflicts(records).length,
  };
}

function newestVisit(records: readonly StoredRecord[]): string | null {
  const days = records
    .filter((one) => one.collection === 'visits' && !isDeleted(one))
    .map((one) => one.values.occurredOn)
    .filter((day) => typeof day === 'string');
  return days.sort().at(-1) ?? null;
}

/** What the search index knows of a patient. `searchable`: ids of the custom questions marked for search. */
export function patientSummary(
  records: readonly StoredRecord[],
  searchable: readonly string[] = [],
): PatientSummary | null {
  const patient = patientOfChart(records);
  if (patient === null) return null;
  const texts = (...values: (string | null)[]) => values.filter((value) => value !== null);
  return {
    id: patient.id,
    givenName: patient.givenName,
    familyName: patient.familyName,
    otherNames: patient.otherNames,
    birthDate: patient.birthDate,
    birthDateEstimated: patient.birthDateEstimated === true,
    sex: patient.sex,
    phones: texts(patient.phone, patient.phone2, patient.guardianPhone),
    ids: texts(patient.governmentId, patient.externalId),
    cardCodes: [],
    places: texts(patient.village, patient.camp, patient.region),
    guardianName: patient.guardianName,
    extra: searchable.map((id) => patient.attributes[id]).filter((value) => typeof value === 'string'),
  };
}
