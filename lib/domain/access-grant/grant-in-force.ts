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
  const memberships = records.filter((one) => one.collection === MEMBERSHIPS);
  if (clinicsOfPatient(memberships).includes(clinicId)) return null;
  const grants = records.filter((one) => isInForce(one) && one.values.clinicId === clinicId);
  const rank = (one: StoredRecord) => `${one.values.userId === userId ? 1 : 0}${String(one.values.until)}`;
  return grants.sort((left, right) => (rank(left) < rank(right) ? 1 : -1))[0] ?? null;
}
