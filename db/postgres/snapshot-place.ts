import type { ScopeId } from '../../lib/replication/scopes.ts';

/** Before every id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The patients of clinics, as `clinicsOfPatient` reads them off records: a condition for each table that says so. */
export const BELONGING_TABLES = [
  ['patient_clinics', 'left_at is null and deleted_at is null and erased is not true'],
  ['access_grants', 'ended_at is null and deleted_at is null and erased is not true'],
] as const;

/** The clinics of which this word is among the scopes. */
export function clinicsWith(scopes: readonly ScopeId[], word: string): string[] {
  return scopes.filter((scope) => scope.endsWith(`:${word}`)).map((scope) => scope.slice(0, -word.length - 1));
}
