import { z } from 'zod';
import { hasFlag, isAdmin } from '../../access/actor.ts';
import { type Attempt, heldValue } from '../../access/write-rules.ts';
import { DELETED, type Key, splitKey } from '../../replication/key.ts';
import { greatestStamp, type Stamp } from '../../replication/stamp.ts';
import { collection, type RecordOf } from '../collection.ts';
import { code, id, instant, instantSchema, integer, json, keyed, optional, text } from '../field-types.ts';

/** A phone or hub that was enrolled. Its id is its replica id. */
export const devices = collection({
  name: 'devices',
  scope: 'custody',
  place: 'none',
  mayWrite: (attempt) =>
    isAdmin(attempt.actor) ||
    (signsInOnlyHimself(attempt) && (notesSignIn(attempt) || (!makesHub(attempt) && administersAll(attempt)))),
  fields: {
    name: text(120),
    kind: code(['phone', 'hub']),
    clinicIds: json(z.array(z.string())),
    enrolledAt: instant(),
    enrolledBy: id(),
    /** SHA-256 of the bearer that it shows, in hex: given with `enrolledAt`, which names this enrolment. */
    tokenHash: optional(text(64)),
    /** Per user the `enrolledAt` at which he last signed in on it. No instant of his own: a hub's clock may be wrong. */
    signedIn: keyed(instantSchema),
    publicKey: optional(text(500)),
    appVersion: optional(text(40)),
    lastSeenAt: optional(instant()),
    unsentCount: optional(integer(0, 10_000_000)),
    storageBytes: optional(integer(0, 2_147_483_647)),
    clockOffsetMs: optional(integer(-2_147_483_648, 2_147_483_647)),
    revokedAt: optional(instant()),
    lostAt: optional(instant()),
  },
});
export type Device = RecordOf<typeof devices>;

/** Whoever is signed in on a device may act from it: nobody says so of another. */
function signsInOnlyHimself({ actor, keys }: Attempt): boolean {
  return keys.every((key) => splitKey(key).column !== 'signedIn' || key === `signedIn.${actor.userId}`);
}

/** Anybody whose password was right. */
function notesSignIn({ actor, kind, creation, keys }: Attempt): boolean {
  return kind === 'put' && !creation && signsIn(keys, actor.userId);
}

/** Do these keys say that this user signed in on a device, and nothing else? */
export function signsIn(keys: readonly Key[], userId: string): boolean {
  return keys.length > 0 && keys.every((key) => key === `signedIn.${userId}`);
}

/** Who signed in on a device for its enrolment of now. */
export function signedInNow(values: Attempt['after']): string[] {
  const now = heldValue(values, 'enrolledAt');
  return Object.keys(values)
    .filter((key) => key.startsWith('signedIn.') && values[key] === now)
    .map((key) => key.slice('signedIn.'.length));
}

/** Does a change open a device to whoever shows a token: by another token or enrolment, or by the end of its withdrawal? */
export function letsIn({ kind, before, after }: Attempt): boolean {
  const isOther = ['tokenHash', 'enrolledAt'].some((key) => heldValue(before, key) !== heldValue(after, key));
  const isWithdrawn = [before, after].map((values) => heldValue(values, 'revokedAt') !== null);
  return kind === 'restore' || isOther || (isWithdrawn[0] === true && !isWithdrawn[1]);
}

/**
 * Names what let a device in as it stands now: the newest stamp among those keys. Stamps never go back, so no other token,
 * and no earlier one that is shown again, has the same.
 */
export function enrolmentOf(stamps: Readonly<Record<Key, Stamp>>): Stamp {
  return greatestStamp(['tokenHash', 'enrolledAt', 'revokedAt', DELETED].flatMap((key) => stamps[key] ?? [])) ?? '';
}

/** A hub is believed about who made what: whoever makes one could act as anybody through it. */
function makesHub({ before, after }: Attempt): boolean {
  return heldValue(after, 'kind') === 'hub' && heldValue(before, 'kind') !== 'hub';
}

/** The clinics that a record of custody names. */
export function clinicsNamed(values: Attempt['before']): readonly string[] {
  return (heldValue(values, 'clinicIds') as string[] | null) ?? [];
}

/** Of the clinics before and after; one of no clinic is nobody's but an administrator's. */
function administersAll({ actor, before, after }: Attempt): boolean {
  return [before, after]
    .filter((values) => values !== null)
    .map(clinicsNamed)
    .every((clinics) => clinics.length > 0 && clinics.every((clinicId) => hasFlag(actor, 'clinic-admin', clinicId)));
}
