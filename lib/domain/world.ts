import { type Actor, hasAnyFlag } from '../access/actor.ts';
import type { Change } from '../replication/change.ts';
import type { World } from '../replication/judge.ts';
import { collectionNamed, SCHEMA_VERSION } from './collections.ts';
import { collectionForHub, type Hub, isAdministration, isOwnRecord, maySpeakAs } from './over-a-hub.ts';

/** Whose changes arrive. The server's own commands come from `server`: any user, any clinic. */
export type Sender = { readonly kind: 'server' } | Phone | Hub;

interface Phone {
  readonly kind: 'device';
  readonly clinicIds: readonly string[];
  readonly signedIn: readonly string[];
  /** Those of them whose password this root has not checked since the device was let in: at a hub, or before. */
  readonly elsewhere?: readonly string[];
}

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
      if (sender.kind === 'device' && !mayActFrom(sender, actor, change)) return undefined;
      if (sender.kind === 'hub' && !maySpeakAs(actor, sender, change)) return undefined;
      return actor?.active === false && isAdministration(change.collection) ? undefined : actor;
    },
    mayActIn: (clinicId) => sender.kind === 'server' || clinicId === null || sender.clinicIds.includes(clinicId),
    belongsTo: hasAnyFlag,
  };
}

/** A stolen hub could say of a phone that anybody signed in on it. Nobody administers anything by its word. */
function mayActFrom({ signedIn, elsewhere }: Phone, actor: Actor | undefined, change: Change): boolean {
  if (!signedIn.includes(change.author)) return false;
  return !isAdministration(change.collection) || isOwnRecord(actor, change) || !elsewhere?.includes(change.author);
}

function collectionsFor(sender: Sender, actors: ReadonlyMap<string, Actor>): typeof collectionNamed {
  if (sender.kind === 'device') return collectionForPhones;
  if (sender.kind === 'hub') return (name) => collectionForHub(name, sender, actors);
  return collectionNamed;
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
