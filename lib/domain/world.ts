import { type Actor, hasAnyFlag } from '../access/actor.ts';
import type { World } from '../replication/judge.ts';
import { collectionNamed, SCHEMA_VERSION } from './collections.ts';

/** Whose changes arrive. The server's own commands come from `server`: any user, any clinic. */
export type Sender =
  | { readonly kind: 'server' }
  | { readonly kind: 'device'; readonly clinicIds: readonly string[]; readonly signedIn: readonly string[] };

/**
 * What changes are judged by at a server or hub. A deactivated author counts: what he did before is still accepted from
 * his phones.
 */
export function worldOf(actors: ReadonlyMap<string, Actor>, sender: Sender): World<Actor> {
  return {
    schema: SCHEMA_VERSION,
    collectionNamed: sender.kind === 'server' ? collectionNamed : collectionForPhones,
    authorOf: ({ author }) =>
      sender.kind === 'server' || sender.signedIn.includes(author) ? actors.get(author) : undefined,
    mayActIn: (clinicId) => sender.kind === 'server' || clinicId === null || sender.clinicIds.includes(clinicId),
    belongsTo: hasAnyFlag,
  };
}

/** What no phone ever holds (credentials, devices, form drafts) no phone may write, whoever is signed in on it. */
function collectionForPhones(name: string): ReturnType<typeof collectionNamed> {
  const collection = collectionNamed(name);
  return collection?.place === 'none' ? { ...collection, mayWrite: () => false } : collection;
}
