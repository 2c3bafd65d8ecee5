import type { Declaration } from '../replication/declaration.ts';
import type { StoredRecord } from '../replication/record.ts';
import { type ScopeId, scopesOf } from '../replication/scopes.ts';
import { type Actor, clinicsOf, hasFlag, isAdmin } from './actor.ts';
import { scopesHeld } from './scopes-held.ts';

/** May the actor read what stands in this scope (data.md §2, §8)? Custody and trails are for those who administer. */
export function maySeeScope(actor: Actor, scope: ScopeId): boolean {
  if (!actor.active) return false;
  if (isAdmin(actor)) return true;
  if (scope === 'org') return clinicsOf(actor).length > 0;
  const [clinicId = '', word] = scope.split(':');
  if (word === 'custody') return hasFlag(actor, 'clinic-admin', clinicId);
  return scopesHeld([actor], [clinicId]).includes(scope);
}

/** Nobody reads how others sign in. */
const NEVER_SHOWN: ReadonlySet<string> = new Set(['credentials']);

/** May the actor read this record? `patientClinics` are the clinics its patient is with now. */
export function maySeeRecord(
  actor: Actor,
  collection: Declaration,
  record: StoredRecord,
  patientClinics: readonly string[],
): boolean {
  if (NEVER_SHOWN.has(collection.name)) return false;
  return scopesOf(collection, record, patientClinics).some((scope) => maySeeScope(actor, scope));
}

/** The clinics whose patients the actor may see; null = all. */
export function deskClinics(actor: Actor): readonly string[] | null {
  return isAdmin(actor) ? null : clinicsOf(actor);
}
