import { isDeleted, type StoredRecord } from '../../replication/record.ts';
import { clinicsOfPatient, MEMBERSHIPS } from '../../replication/scopes.ts';

/** Has this grant neither ended nor been deleted? Its time may have passed: until the server ends it, it holds. */
export function isInForce(record: StoredRecord): boolean {
  return record.collection === 'accessGrants' && !isDeleted(record) && (record.values.endedAt ?? null) === null;
}

/**
 * The grant by which a clinic sees this chart; null when the patient is with the clinic anyway, or nobody opened it.
 * The user's own before anybody else's, the latest first.
 */
export function grantInForce(records: readonly StoredRecord[], clinicId: string, userId: string): StoredRecord | null {
  if (isMemberOf(records, clinicId)) return null;
  const grants = records.filter((one) => isInForce(one) && one.values.clinicId === clinicId);
  const rank = (one: StoredRecord) => `${one.values.userId === userId ? 1 : 0}${String(one.values.until)}`;
  return grants.sort((left, right) => (rank(left) < rank(right) ? 1 : -1))[0] ?? null;
}

/** Is the patient of this chart with the clinic of his own, and not by an opening? */
export function isMemberOf(records: readonly StoredRecord[], clinicId: string): boolean {
  return clinicsOfPatient(records.filter((one) => one.collection === MEMBERSHIPS)).includes(clinicId);
}

/** Is a chart still here that only an opening of this clinic brought, and that has ended? */
export function wasOpened(records: readonly StoredRecord[], clinicId: string): boolean {
  const own = records.filter((one) => one.collection === 'accessGrants' && one.values.clinicId === clinicId);
  return own.length > 0 && !own.some(isInForce) && !isMemberOf(records, clinicId);
}
