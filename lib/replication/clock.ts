import { type ClockPoint, greatestStamp, laterPoint, makeStamp, pointAfter, pointOf, type Stamp } from './stamp.ts';

/**
 * A replica's own clock. `point` never goes backwards and is saved with every action; `offsetMs` is what to add to the
 * device's time to get trusted time, measured at each exchange.
 */
export interface ReplicaClock {
  readonly point: ClockPoint;
  readonly offsetMs: number;
}

export const NEW_CLOCK: ReplicaClock = { point: { ms: 0, counter: 0 }, offsetMs: 0 };

/** How far a stamp may pull a clock beyond trusted time. Past it, one wild clock would drag every other for ever. */
const LARGEST_PULL_MS = 3_600_000;

/**
 * The stamp of an edit: after the own clock and after every stamp held for the keys it writes, so an edit made after
 * seeing a value always wins over it, whatever the clocks say.
 */
export function issueStamp(
  clock: ReplicaClock,
  deviceMs: number,
  held: Iterable<Stamp>,
  changeId: string,
): { stamp: Stamp; clock: ReplicaClock } {
  const trusted = Math.max(0, Math.round(deviceMs + clock.offsetMs));
  const greatest = greatestStamp(held);
  const seen = greatest === undefined ? clock.point : laterPoint(clock.point, pointOf(greatest));
  const point = trusted > seen.ms ? { ms: trusted, counter: 0 } : pointAfter(seen);
  return { stamp: makeStamp(point, changeId), clock: advance(clock, point, trusted) };
}

/** The clock after stamps of others were received. */
export function observeStamps(clock: ReplicaClock, deviceMs: number, stamps: Iterable<Stamp>): ReplicaClock {
  const greatest = greatestStamp(stamps);
  return greatest === undefined ? clock : advance(clock, pointOf(greatest), deviceMs + clock.offsetMs);
}

/** The clock after an exchange that took from `sentMs` to `receivedMs` on this device and carried `remoteMs`. */
export function correctClock(clock: ReplicaClock, sentMs: number, receivedMs: number, remoteMs: number): ReplicaClock {
  return { point: clock.point, offsetMs: Math.round(remoteMs - (sentMs + receivedMs) / 2) };
}

function advance(clock: ReplicaClock, point: ClockPoint, trustedMs: number): ReplicaClock {
  if (point.ms > trustedMs + LARGEST_PULL_MS) return clock;
  return { ...clock, point: laterPoint(clock.point, point) };
}
