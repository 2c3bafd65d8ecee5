import { collectionNamed } from '../../lib/domain/collections.ts';
import {
  type Departure,
  hasDeparted,
  isReleased,
  isWaiting,
  type pendingByRecord,
  type Unchecked,
} from '../../lib/replication/apply-reply.ts';
import { refKey } from '../../lib/replication/record.ts';
import { type Held, memberships, type RowPlace, shownRecords, storedMemberships, withRecord } from './chart.ts';
import type { OpenRow } from './rows.ts';

/** What a reply says about what may be held. */
export interface Holding {
  readonly scopes: readonly string[];
  readonly departures: readonly Departure[];
  /** Records with changes that only this phone has. */
  readonly pending: ReturnType<typeof pendingByRecord>;
  /** Patients whose clinics are known for sure, every scope being read to its end. */
  readonly complete: Unchecked;
}

/** The row without what left, or is no longer this phone's to hold; never without what is pending. */
export function letGo(place: RowPlace, held: Held, { scopes, departures, pending, complete }: Holding): Held {
  const chart = place.table === 'charts';
  const stored = storedMemberships(held);
  const own = departures.filter((one) => chart && one.left.id === place.id);
  const gone = hasDeparted(own, [...stored, ...memberships(held)], scopes);
  let kept = held;
  for (const record of shownRecords(held)) {
    const key = refKey(record);
    if (pending.has(key)) continue;
    const collection = collectionNamed(record.collection);
    const known = complete === 'all' || complete.includes(place.id);
    const released = collection !== undefined && isReleased(collection, record, stored, scopes, known);
    if (gone || released) kept = withRecord(kept, key, null);
  }
  return kept;
}

/** The departures that have to be asked about again at the next reply. */
export function stillWaiting(
  departures: readonly Departure[],
  rows: readonly OpenRow[],
  pending: Holding['pending'],
): Departure[] {
  return departures.filter((one) => {
    const row = rows.find(({ place }) => place.table === 'charts' && place.id === one.left.id);
    if (row === undefined) return false;
    const hasPending = shownRecords(row.held).some((record) => pending.has(refKey(record)));
    return isWaiting(one, [...storedMemberships(row.held), ...memberships(row.held)], hasPending);
  });
}
