import type { Declaration, ScopeWord } from './declaration.ts';
import { isDeleted, type StoredRecord } from './record.ts';

/** `org`, `custody` or `<clinicId>:<word>`. */
export type ScopeId = string;

export const MEMBERSHIPS = 'patientClinics';
/** Given in an emergency, for hours: while it lasts the patient counts as one of the clinic's. */
export const EMERGENCY_GRANTS = 'accessGrants';

/** Collections that say with which clinics a patient is, and the key that ends it. */
const ENDED_BY: Readonly<Record<string, string>> = { [MEMBERSHIPS]: 'leftAt', [EMERGENCY_GRANTS]: 'endedAt' };
export const BELONGING: readonly string[] = Object.keys(ENDED_BY);

/** Does the record say with which clinic a patient is? */
export function isBelonging({ collection }: Pick<StoredRecord, 'collection'>): boolean {
  return collection in ENDED_BY;
}

/** The clinics that a patient is with: memberships and emergency grants that are neither deleted nor ended. */
export function clinicsOfPatient(memberships: Iterable<StoredRecord>): string[] {
  const clinics = new Set<string>();
  for (const membership of memberships) {
    const left = membership.values[ENDED_BY[membership.collection] ?? 'leftAt'] ?? null;
    const clinicId = membership.values.clinicId;
    if (!isDeleted(membership) && left === null && typeof clinicId === 'string') clinics.add(clinicId);
  }
  return [...clinics].sort();
}

/** The patient whose chart a record stands in, or null. */
export function patientOf(collection: Declaration, record: StoredRecord): string | null {
  if (collection.name === 'patients') return record.id;
  const patientId = record.values.patientId;
  return typeof patientId === 'string' ? patientId : null;
}

/**
 * The scopes of a record: derived, never sent. A patient's record is in its patient's clinics; a record of a clinic
 * in that clinic, and so is a trail, whoever it is about; the rest in the organisation's. A child that arrived before
 * its patient has none until it comes.
 */
export function scopesOf(collection: Declaration, record: StoredRecord, patientClinics: readonly string[]): ScopeId[] {
  const word: ScopeWord = collection.scope;
  if (word === 'org') return ['org'];
  if (word === 'custody') return custodyScopes(record);
  if (word !== 'trail' && patientOf(collection, record) !== null)
    return patientClinics.map((clinicId) => `${clinicId}:${word}`);
  const clinicId = record.values.clinicId;
  return typeof clinicId === 'string' ? [`${clinicId}:${word}`] : [];
}

/** Everything in custody is the server's; what names clinics is also those clinics' hubs'. */
function custodyScopes(record: StoredRecord): ScopeId[] {
  const clinicIds = record.values.clinicIds;
  const clinics = Array.isArray(clinicIds) ? clinicIds.filter((one): one is string => typeof one === 'string') : [];
  return ['custody', ...clinics.map((clinicId) => `${clinicId}:custody`)];
}
