import { type ClockPoint, greatestStamp, laterPoint, makeStamp, pointAfter, pointOf, type Stamp } from './stamp.ts';

/**
 * A replica's own clock. `point` never goes backwards and is saved with every action; `offsetMs` is what to add to the
 * device's time to get trusted time, measured at each exchange; `measuredMs`, trusted time at the last of them, is absent
 * before the first.
 */
export interface ReplicaClock {
  readonly point: ClockPoint;
  readonly offsetMs: number;
  readonly measuredMs?: number;
}

export const NEW_CLOCK: ReplicaClock = { point: { ms: 0, counter: 0 }, offsetMs: 0 };

/** How far a stamp may pull a clock beyond trusted time. Past it, one wild clock would drag every other for ever. */
const LARGEST_PULL_MS = 3_600_000;

const DAY_MS = 86_400_000;
/** A clock that was slower was never set since its battery ran out; nobody is without contact for as long. */
const NEVER_SET_MS = 90 * DAY_MS;

/**
 * Trusted time in milliseconds: the device's, corrected by what the last exchange measured. Unless its clock was put
 * right since: corrected, it would be before that exchange; or the device, once months behind, is past it by itself.
 */
export function trustedTime(
  { offsetMs, measuredMs = Number.POSITIVE_INFINITY }: ReplicaClock,
  deviceMs: number,
): number {
  const corrected = deviceMs + offsetMs;
  const isSetRight = deviceMs > measuredMs - DAY_MS && (corrected < measuredMs - DAY_MS || offsetMs > NEVER_SET_MS);
  return Math.max(0, Math.round(isSetRight ? deviceMs : corrected));
}

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
  const trusted = trustedTime(clock, deviceMs);
  const greatest = greatestStamp(held);
  const seen = greatest === undefined ? clock.point : laterPoint(clock.point, pointOf(greatest));
  const point = trusted > seen.ms ? { ms: trusted, counter: 0 } : pointAfter(seen);
  return { stamp: makeStamp(point, changeId), clock: advance(clock, point, trusted) };
}

/** The clock after stamps of others were received. */
export function observeStamps(clock: ReplicaClock, deviceMs: number, stamps: Iterable<Stamp>): ReplicaClock {
  const greatest = greatestStamp(stamps);
  return greatest === undefined ? clock : advance(clock, pointOf(greatest), trustedTime(clock, deviceMs));
}

/** The clock after an exchange that took from `sentMs` to `receivedMs` on this device and carried `remoteMs`. */
export function correctClock(clock: ReplicaClock, sentMs: number, receivedMs: number, remoteMs: number): ReplicaClock {
  return { point: clock.point, offsetMs: Math.round(remoteMs - (sentMs + receivedMs) / 2), measuredMs: remoteMs };
}

function advance(clock: ReplicaClock, point: ClockPoint, trustedMs: number): ReplicaClock {
  if (point.ms > trustedMs + LARGEST_PULL_MS) return clock;
  return { ...clock, point: laterPoint(clock.point, point) };
}
