import { z } from 'zod';
import { hasFlag, isAdmin } from '../../access/actor.ts';
import { type Attempt, heldValue } from '../../access/write-rules.ts';
import { splitKey } from '../../replication/key.ts';
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
function notesSignIn({ kind, creation, keys }: Attempt): boolean {
  return kind === 'put' && !creation && keys.every((key) => splitKey(key).column === 'signedIn');
}

/** A hub is believed about who made what: whoever makes one could act as anybody through it. */
function makesHub({ before, after }: Attempt): boolean {
  return heldValue(after, 'kind') === 'hub' && heldValue(before, 'kind') !== 'hub';
}

/** Of the clinics before and after; one of no clinic is nobody's but an administrator's. */
function administersAll({ actor, before, after }: Attempt): boolean {
  return [before, after]
    .filter((values) => values !== null)
    .map((values) => (values.clinicIds as string[] | undefined) ?? [])
    .every((clinics) => clinics.length > 0 && clinics.every((clinicId) => hasFlag(actor, 'clinic-admin', clinicId)));
}
