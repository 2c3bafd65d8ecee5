import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { TextTable } from './row-text.ts';

/** What a stage of a snapshot gives for one page, and where it stands then. */
export interface SnapshotPlace {
  readonly tables: readonly TextTable[];
  readonly delivered: SnapshotPage['delivered'];
  /** The last thing delivered; null when the stage is done. */
  readonly after: string | null;
  readonly patientBytes: number;
}

/** Before every id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The clinics of which this word is among the scopes. */
export function clinicsWith(scopes: readonly ScopeId[], word: string): string[] {
  return scopes.filter((scope) => scope.endsWith(`:${word}`)).map((scope) => scope.slice(0, -word.length - 1));
}
