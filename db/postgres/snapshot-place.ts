import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { TextTable } from './row-text.ts';

/** What one read of a stage gives, and where the stage stands then. */
export interface SnapshotPart {
  readonly tables: readonly TextTable[];
  readonly delivered: SnapshotPage['delivered'];
  /** Patients read, to know what one takes; 0 where it is not about patients. */
  readonly units: number;
  /** The last thing delivered; null when the stage is done. */
  readonly after: string | null;
}

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
