import { type Actor, hasAnyFlag, hasFlag } from './actor.ts';

/**
 * The scopes that a device may hold, whole, for the users who signed in on it (data.md §2, §8). `clinicIds` are the
 * clinics the device is enrolled in: rights elsewhere do not bring other clinics' records onto it.
 */
export function scopesHeld(actors: readonly Actor[], clinicIds: readonly string[]): string[] {
  const active = actors.filter((actor) => actor.active);
  if (active.length === 0) return [];
  const scopes = ['org'];
  for (const clinicId of [...clinicIds].sort()) {
    if (active.some((actor) => hasAnyFlag(actor, clinicId))) scopes.push(`${clinicId}:desk`, `${clinicId}:stock`);
    if (active.some((actor) => hasFlag(actor, 'view-history', clinicId))) scopes.push(`${clinicId}:record`);
  }
  return scopes;
}

/** What a hub holds of its clinics: everything, so that it can be their server. */
export function scopesOfHub(clinicIds: readonly string[]): string[] {
  const words = ['desk', 'record', 'stock', 'trail', 'custody'];
  return ['org', ...[...clinicIds].sort().flatMap((clinicId) => words.map((word) => `${clinicId}:${word}`))];
}

/** The clinics of a hub that holds these scopes. */
export function clinicsOfHub(scopes: readonly string[]): string[] {
  const clinicIds = scopes.flatMap((scope) => (scope.includes(':') ? [scope.slice(0, scope.indexOf(':'))] : []));
  return [...new Set(clinicIds)].sort();
}
