import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  correctClock,
  issueStamp,
  NEW_CLOCK,
  observeStamps,
  type ReplicaClock,
} from '../../../lib/replication/clock.ts';
import { isStamp, laterPoint, makeStamp, msOf, pointAfter, STAMP_LIMIT_MS } from '../../../lib/replication/stamp.ts';

const HOUR_MS = 3_600_000;
const ID = '01a1fd1e-8c00-7000-8000-00000000abcd';
const TODAY_MS = Date.UTC(2026, 10, 21);

const point = fc.record({
  ms: fc.integer({ min: 0, max: STAMP_LIMIT_MS - 2 }),
  counter: fc.integer({ min: 0, max: 0xffff }),
});
const stamp = fc.tuple(point, fc.uuid()).map(([at, id]) => makeStamp(at, id));
const clock = fc.record({ point, offsetMs: fc.integer({ min: -10 * HOUR_MS, max: 10 * HOUR_MS }) });
const deviceMs = fc.integer({ min: 0, max: 2 * TODAY_MS });

const isBefore = (left: ReplicaClock, right: ReplicaClock) =>
  laterPoint(left.point, right.point).ms === right.point.ms &&
  (left.point.ms < right.point.ms || left.point.counter <= right.point.counter);

describe('stamp', () => {
  it('sorts as text in the order of its points', () => {
    fc.assert(
      fc.property(point, point, (left, right) => {
        const [a, b] = [makeStamp(left, ID), makeStamp(right, ID)];
        const order = left.ms - right.ms || left.counter - right.counter;
        expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('is malformed past 2200, and nothing makes such a one', () => {
    expect(isStamp(`${STAMP_LIMIT_MS}.0000.00000000abcd`)).toBe(false);
    expect(isStamp(`${STAMP_LIMIT_MS - 1}.0000.00000000abcd`)).toBe(true);
    expect(() => makeStamp({ ms: STAMP_LIMIT_MS, counter: 0 }, ID)).toThrow();
  });

  it('carries from a full counter into the next millisecond', () => {
    expect(pointAfter({ ms: 5, counter: 0xffff })).toEqual({ ms: 6, counter: 0 });
  });
});

describe('clock', () => {
  it('gives an edit a stamp greater than everything it has seen, whatever the device says', () => {
    fc.assert(
      fc.property(clock, deviceMs, fc.array(stamp, { maxLength: 5 }), (held, now, seen) => {
        const issued = issueStamp(held, now, seen, ID);
        for (const one of seen) expect(issued.stamp > one).toBe(true);
      }),
    );
  });

  it('never goes backwards', () => {
    fc.assert(
      fc.property(clock, deviceMs, fc.array(stamp, { maxLength: 5 }), (held, now, seen) => {
        expect(isBefore(held, issueStamp(held, now, seen, ID).clock)).toBe(true);
        expect(isBefore(held, observeStamps(held, now, seen))).toBe(true);
      }),
    );
  });

  it('lets each edit of one value win over the one before while the device jumps back and forth', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: TODAY_MS - 86_400_000, max: TODAY_MS }), { minLength: 2, maxLength: 30 }),
        (jumps) => {
          let held = NEW_CLOCK;
          let last = '';
          for (const now of jumps) {
            const issued = issueStamp(held, now, last === '' ? [] : [last], ID);
            expect(issued.stamp > last).toBe(true);
            [held, last] = [issued.clock, issued.stamp];
          }
        },
      ),
    );
  });

  it('is pulled ahead of trusted time by an hour at most', () => {
    fc.assert(
      fc.property(fc.array(stamp, { maxLength: 5 }), (seen) => {
        expect(observeStamps(NEW_CLOCK, TODAY_MS, seen).point.ms).toBeLessThanOrEqual(TODAY_MS + HOUR_MS);
        expect(issueStamp(NEW_CLOCK, TODAY_MS, seen, ID).clock.point.ms).toBeLessThanOrEqual(TODAY_MS + HOUR_MS);
      }),
    );
    const near = makeStamp({ ms: TODAY_MS + HOUR_MS, counter: 3 }, ID);
    expect(observeStamps(NEW_CLOCK, TODAY_MS, [near]).point).toEqual({ ms: TODAY_MS + HOUR_MS, counter: 3 });
    const wild = makeStamp({ ms: TODAY_MS + HOUR_MS + 1, counter: 0 }, ID);
    expect(observeStamps(NEW_CLOCK, TODAY_MS, [wild]).point.ms).toBe(0);
    // The edit still wins over the wild value, and the next edit of something else is back in the present.
    const issued = issueStamp(NEW_CLOCK, TODAY_MS, [wild], ID);
    expect(issued.stamp > wild).toBe(true);
    expect(msOf(issueStamp(issued.clock, TODAY_MS + 1, [], ID).stamp)).toBe(TODAY_MS + 1);
  });

  it('follows a clock that was put right since the last exchange, however wrong it was then', () => {
    const today = (days: number) => TODAY_MS + days * 24 * HOUR_MS;
    /** Of a device that said `thenMs` when it was measured, and says `nowMs`: how far it is from this many days later. */
    const wrongBy = (thenMs: number, nowMs: number, days: number) => {
      const issued = issueStamp(correctClock(NEW_CLOCK, thenMs, thenMs, TODAY_MS), nowMs, [], ID);
      return msOf(issued.stamp) - today(days);
    };
    const [in1970, in2083] = [0, 2 * TODAY_MS];
    expect(wrongBy(in1970, today(3), 3)).toBe(0);
    expect(wrongBy(in2083, today(3), 3)).toBe(0);
    // Set by hand, a little slow.
    expect(wrongBy(in1970, today(0) - HOUR_MS, 0)).toBe(-HOUR_MS);
    // Still as wrong as it was, and gone on.
    expect(wrongBy(in1970, in1970 + 3 * 24 * HOUR_MS, 3)).toBe(0);
    expect(wrongBy(in2083, in2083 + 3 * 24 * HOUR_MS, 3)).toBe(0);
    // A day slow, and a month without contact: nothing says that anybody has set it.
    expect(wrongBy(today(-1), today(30), 31)).toBe(0);
  });

  it('measures the offset at the middle of an exchange', () => {
    expect(correctClock(NEW_CLOCK, 1000, 3000, 602_000).offsetMs).toBe(600_000);
  });
});
