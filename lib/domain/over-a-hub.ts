import { type Actor, belongsTo, isAdmin } from '../access/actor.ts';
import { type Attempt, heldValue } from '../access/write-rules.ts';
import type { Change } from '../replication/change.ts';
import { collectionNamed } from './collections.ts';
import { clinicsNamed, letsIn, signedInNow, signsIn } from './device/device.ts';

/**
 * Hands on what was made in its clinics, by whomever; it has seen them sign in. `strangers`: origins of which no device
 * is known here (cloned or restored phones, the hub itself).
 */
export interface Hub {
  readonly kind: 'hub';
  readonly clinicIds: readonly string[];
  readonly strangers?: ReadonlySet<string>;
}

type Values = Attempt['after'];

/** Rights, users, clinics, forms: what stands in no clinic. */
export function isAdministration(name: string): boolean {
  const scope = collectionNamed(name)?.scope;
  return scope === 'org' || scope === 'custody';
}

/** What somebody may write of his own record he writes from anywhere; of an administrator's that is everything. */
export function isOwnRecord(actor: Actor | undefined, { author, collection, recordId }: Change): boolean {
  return collection === 'users' && recordId === author && !(actor !== undefined && isAdmin(actor));
}

/**
 * A hub names whom it likes. A stolen one must not speak as an administrator of the organisation, nor as those of other
 * clinics, nor as anybody of theirs under a number that nobody knows.
 */
export function maySpeakAs(actor: Actor | undefined, { clinicIds, strangers }: Hub, change: Change): boolean {
  const administers = isAdministration(change.collection);
  if (actor !== undefined && isAdmin(actor) && administers) return isSignIn(change) && belongsTo(actor, clinicIds);
  return isOf(actor, clinicIds) || !((administers && !isOwnRecord(actor, change)) || strangers?.has(change.origin));
}

function isSignIn({ collection, kind, fields, author }: Change): boolean {
  return collection === 'devices' && kind === 'put' && signsIn(Object.keys(fields), author);
}

/** Has somebody belonged to one of these clinics, now or once? */
function isOf(actor: Actor | undefined, clinicIds: readonly string[]): boolean {
  if (actor === undefined) return false;
  return isAdmin(actor) || belongsTo(actor, clinicIds) || clinicIds.some((clinicId) => clinicId in actor.flags);
}

/** A collection as a hub may write it: its authors' rights, within its clinics. */
export function collectionForHub(
  name: string,
  hub: Hub,
  actors: ReadonlyMap<string, Actor>,
): ReturnType<typeof collectionNamed> {
  const collection = collectionNamed(name);
  const isWithin = WITHIN[name];
  if (collection === undefined || isWithin === undefined) return collection;
  return { ...collection, mayWrite: (attempt) => collection.mayWrite(attempt) && isWithin(attempt, hub, actors) };
}

/**
 * A stolen hub speaks as whom it likes of its own clinics, who may administer others as well: of what stands in no clinic
 * it reaches only what is about its own. What is in no row here, only administrators of the organisation write.
 */
const WITHIN: Readonly<Record<string, (attempt: Attempt, hub: Hub, actors: ReadonlyMap<string, Actor>) => boolean>> = {
  clinics: ({ recordId }, { clinicIds }) => clinicIds.includes(recordId),
  departments: (attempt, { clinicIds }) => stays(attempt, clinicIds),
  users: (attempt, { clinicIds }) => attempt.recordId === attempt.actor.userId || stays(attempt, clinicIds),
  /** A colleague of another clinic is added at the root: rights bring his password's hash to the hub. */
  permissions: (attempt, { clinicIds }, actors) => {
    const whose = actors.get(String(attempt.after.userId));
    return stays(attempt, clinicIds) && (whose === undefined || belongsTo(whose, clinicIds));
  },
  credentials: mayWriteCredentials,
  devices: mayWriteDevice,
};

/** Is the record of one of these clinics, before and after? */
function stays({ before, after }: Attempt, clinicIds: readonly string[]): boolean {
  return [before, after].every((values) => values === null || clinicIds.includes(String(values.clinicId)));
}

/** Nor an administrator's password, who may well be at home with the hub; nor where credentials go. */
function mayWriteCredentials(
  { recordId, creation, before, keys }: Attempt,
  { clinicIds }: Hub,
  actors: ReadonlyMap<string, Actor>,
): boolean {
  const whose = actors.get(recordId);
  if (whose !== undefined && isAdmin(whose)) return false;
  if (creation) return whose === undefined || belongsTo(whose, clinicIds);
  return whose !== undefined && namesOne(before, clinicIds) && !keys.includes('clinicIds');
}

/**
 * Whoever holds a device's token speaks as those who are signed in on it: with a new one they sign in again. A device of
 * other clinics as well is another's to give out; people of this hub's sign in on it. A hub is given a token by the root.
 */
function mayWriteDevice(attempt: Attempt, { clinicIds }: Hub): boolean {
  const { actor, keys, before, after } = attempt;
  const isOwn = [before, after].every((values) => values === null || isOnlyOf(values, clinicIds));
  if (signsIn(keys, actor.userId)) return isOwn || (!isAdmin(actor) && namesOne(before, clinicIds));
  if (!isOwn || !letsIn(attempt)) return isOwn;
  return heldValue(before ?? after, 'kind') !== 'hub' && signedInNow(after).length === 0;
}

function isOnlyOf(values: Values, clinicIds: readonly string[]): boolean {
  const held = clinicsNamed(values);
  return held.length > 0 && held.every((one) => clinicIds.includes(one));
}

function namesOne(values: Values | null, clinicIds: readonly string[]): boolean {
  return clinicsNamed(values).some((one) => clinicIds.includes(one));
}
