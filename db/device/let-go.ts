import { collectionNamed } from '../../lib/domain/collections.ts';
import {
  type Departure,
  isOrphaned,
  isReleased,
  isWaiting,
  mayLetGo,
  type pendingByRecord,
} from '../../lib/replication/apply-reply.ts';
import { refKey } from '../../lib/replication/record.ts';
import { type Held, memberships, type RowPlace, shownRecords, withRecord } from './chart.ts';
import type { OpenRow } from './rows.ts';

/** What a reply says about what may be held. */
export interface Holding {
  readonly scopes: readonly string[];
  readonly departures: readonly Departure[];
  /** Records with changes that only this phone has, and those that this reply settled as applied. */
  readonly pending: ReturnType<typeof pendingByRecord>;
  readonly applied: ReturnType<typeof pendingByRecord>;
}

/** The row without what left, or is no longer this phone's to hold; never without what is pending. */
export function letGo(place: RowPlace, held: Held, { scopes, departures, pending, applied }: Holding): Held {
  const chart = place.table === 'charts';
  const mine = memberships(held);
  const gone = chart && departures.some((one) => one.left.id === place.id && mayLetGo(one, mine, scopes));
  let kept = held;
  for (const record of shownRecords(held)) {
    const key = refKey(record);
    if (pending.has(key)) continue;
    const collection = collectionNamed(record.collection);
    const released = collection !== undefined && isReleased(collection, record, mine, scopes);
    const orphaned = applied.has(key) && isOrphaned(chart ? place.id : null, mine);
    if (gone || released || orphaned) kept = withRecord(kept, key, null);
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
    return isWaiting(one, memberships(row.held), hasPending);
  });
}
