/**
 * A stamp orders the writes to one key: `milliseconds.counter.tail`, fixed width, so that text order is stamp order.
 * `tail` is the last 48 bits of the change id: the first 48 bits of a UUIDv7 are only its time, the last are random,
 * so two changes of one millisecond and counter still have an order, the same on every replica.
 */
export type Stamp = string;

/** A point of the hybrid clock: milliseconds since 1970 and a counter within the millisecond. */
export interface ClockPoint {
  readonly ms: number;
  readonly counter: number;
}

const MS_WIDTH = 13;
const COUNTER_WIDTH = 4;
export const MAX_COUNTER = 0xffff;
/** 2200-01-01. A later stamp is malformed: no clock error looks like that, only a broken or hostile writer. */
export const STAMP_LIMIT_MS = Date.UTC(2200, 0, 1);

const PATTERN = /^\d{13}\.[0-9a-f]{4}\.[0-9a-f]{12}$/;

/** The stamp of a change made at `point`. Throws when the point cannot be written in the fixed width. */
export function makeStamp(point: ClockPoint, changeId: string): Stamp {
  if (point.ms < 0 || point.ms >= STAMP_LIMIT_MS || point.counter > MAX_COUNTER) throw new Error('stamp out of range');
  const ms = String(point.ms).padStart(MS_WIDTH, '0');
  const counter = point.counter.toString(16).padStart(COUNTER_WIDTH, '0');
  return `${ms}.${counter}.${changeId.slice(-12)}`;
}

export function isStamp(text: unknown): text is Stamp {
  return typeof text === 'string' && PATTERN.test(text) && Number(text.slice(0, MS_WIDTH)) < STAMP_LIMIT_MS;
}

/** The clock point that a stamp was made at. */
export function pointOf(stamp: Stamp): ClockPoint {
  return {
    ms: Number(stamp.slice(0, MS_WIDTH)),
    counter: Number.parseInt(stamp.slice(MS_WIDTH + 1, MS_WIDTH + 1 + COUNTER_WIDTH), 16),
  };
}

/** Milliseconds of a stamp, for showing a date. Never for ordering. */
export function msOf(stamp: Stamp): number {
  return pointOf(stamp).ms;
}

export function greatestStamp(stamps: Iterable<Stamp>): Stamp | undefined {
  let greatest: Stamp | undefined;
  for (const stamp of stamps) if (greatest === undefined || stamp > greatest) greatest = stamp;
  return greatest;
}

export function laterPoint(left: ClockPoint, right: ClockPoint): ClockPoint {
  if (left.ms !== right.ms) return left.ms > right.ms ? left : right;
  return left.counter >= right.counter ? left : right;
}

export function pointAfter(point: ClockPoint): ClockPoint {
  return point.counter < MAX_COUNTER ? { ms: point.ms, counter: point.counter + 1 } : { ms: point.ms + 1, counter: 0 };
}
