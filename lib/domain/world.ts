import { type Actor, hasAnyFlag, isAdmin } from '../access/actor.ts';
import type { Change } from '../replication/change.ts';
import type { World } from '../replication/judge.ts';
import { collectionNamed, SCHEMA_VERSION } from './collections.ts';

/** Whose changes arrive. The server's own commands come from `server`: any user, any clinic. */
export type Sender =
  | { readonly kind: 'server' }
  | { readonly kind: 'device'; readonly clinicIds: readonly string[]; readonly signedIn: readonly string[] }
  /**
   * Hands on what was made in its clinics, by whomever; it has seen them sign in. `strangers`: origins of which no device
   * is known here (cloned or restored phones, the hub itself).
   */
  | { readonly kind: 'hub'; readonly clinicIds: readonly string[]; readonly strangers?: ReadonlySet<string> };

/**
 * What changes are judged by at a server or hub. `actors`: the authors, and whose credentials are written. A deactivated
 * author counts: what he did before is still accepted from his phones. His administration is not: nobody can tell when
 * it was done, and it could give him back what he lost.
 */
export function worldOf(actors: ReadonlyMap<string, Actor>, sender: Sender): World<Actor> {
  return {
    schema: SCHEMA_VERSION,
    collectionNamed: collectionsFor(sender, actors),
    authorOf: (change) => {
      const actor = actors.get(change.author);
      if (sender.kind === 'device' && !sender.signedIn.includes(change.author)) return undefined;
      if (sender.kind === 'hub' && !maySpeakAs(actor, sender, change)) return undefined;
      return actor?.active === false && isAdministration(change.collection) ? undefined : actor;
    },
    mayActIn: (clinicId) => sender.kind === 'server' || clinicId === null || sender.clinicIds.includes(clinicId),
    belongsTo: hasAnyFlag,
  };
}

/**
 * A hub names whom it likes. A stolen one must not speak as an administrator of the organisation, nor as those of other
 * clinics, nor as anybody of theirs under a number that nobody knows.
 */
function maySpeakAs(
  actor: Actor | undefined,
  { clinicIds, strangers }: Extract<Sender, { kind: 'hub' }>,
  { author, collection, recordId, origin }: Change,
): boolean {
  const administers = isAdministration(collection);
  if (actor !== undefined && isAdmin(actor) && administers) return false;
  const isOwnRecord = collection === 'users' && recordId === author;
  return isOf(actor, clinicIds) || !((administers && !isOwnRecord) || strangers?.has(origin));
}

/** Has somebody rights in one of these clinics, or had them once? */
function isOf(actor: Actor | undefined, clinicIds: readonly string[]): boolean {
  return actor !== undefined && (isAdmin(actor) || clinicIds.some((clinicId) => clinicId in actor.flags));
}

function collectionsFor(sender: Sender, actors: ReadonlyMap<string, Actor>): typeof collectionNamed {
  if (sender.kind === 'device') return collectionForPhones;
  if (sender.kind === 'hub') return (name) => collectionForHub(name, sender.clinicIds, actors);
  return collectionNamed;
}

/**
 * A stolen hub speaks as whom it likes of its own clinics. It must not reach devices of others by that, nor set the
 * password of an administrator of everything, who may well be at home with it; nor say where credentials go.
 */
function collectionForHub(
  name: string,
  clinicIds: readonly string[],
  actors: ReadonlyMap<string, Actor>,
): ReturnType<typeof collectionNamed> {
  const collection = collectionNamed(name);
  if (collection?.scope !== 'custody') return collection;
  const mayWrite: typeof collection.mayWrite = (attempt) => {
    if (!collection.mayWrite(attempt)) return false;
    const whose = name === 'credentials' ? actors.get(attempt.recordId) : undefined;
    if (whose !== undefined && isAdmin(whose)) return false;
    if (attempt.creation) return true;
    const held = attempt.before?.clinicIds;
    if (!Array.isArray(held) || !held.some((one) => clinicIds.includes(String(one)))) return false;
    return name !== 'credentials' || (whose !== undefined && !attempt.keys.includes('clinicIds'));
  };
  return { ...collection, mayWrite };
}

/** Rights, users, clinics, forms: what stands in no clinic. */
function isAdministration(name: string): boolean {
  const scope = collectionNamed(name)?.scope;
  return scope === 'org' || scope === 'custody';
}

/** Made by feed replicas, which see both sides; people only decide them. */
const NOTICED: ReadonlySet<string> = new Set(['conflicts']);

/**
 * What no phone ever holds (credentials, devices, form drafts) no phone may write, whoever is signed in on it; but for
 * the trail, which phones push into and never pull.
 */
function collectionForPhones(name: string): ReturnType<typeof collectionNamed> {
  const collection = collectionNamed(name);
  if (collection === undefined) return collection;
  const writes = collection.place !== 'none' || collection.scope === 'trail';
  if (writes && !NOTICED.has(name)) return collection;
  const mayWrite: typeof collection.mayWrite = (attempt) => writes && !attempt.creation && collection.mayWrite(attempt);
  return { ...collection, mayWrite };
}

/** Of charts: what the root notes itself, and what lets a clinic see another's patient. */
const NOT_WITNESSED: ReadonlySet<string> = new Set(['conflicts', 'accessGrants']);

/**
 * Of which collections is a witness believed? A phone, of charts and stock only: it could bring back more rights, or
 * other forms, than a restored server has lost.
 */
export function isBelieved(sender: Sender, name: string): boolean {
  if (sender.kind !== 'device') return true;
  const scope = collectionNamed(name)?.scope;
  return (scope === 'desk' || scope === 'record' || scope === 'stock') && !NOT_WITNESSED.has(name);
}
