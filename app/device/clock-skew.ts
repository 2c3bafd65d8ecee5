import { useLiveQuery } from 'dexie-react-hooks';
import { trustedTime } from '../../lib/replication/clock.ts';
import { database } from './phone.ts';

const MINUTE_MS = 60_000;
/** Below this nobody would notice on a wrist watch. */
const TOLERATED_MS = 2 * MINUTE_MS;

/** How wrong this phone's clock is, in the unit that people would say it in. */
export interface ClockSkew {
  readonly unit: 'minutes' | 'hours' | 'days';
  readonly count: number;
  readonly direction: 'fast' | 'slow';
}

/** `offsetMs`: what to add to the device's time to get trusted time. Null when the clock is right, or near enough. */
export function clockSkew(offsetMs: number): ClockSkew | null {
  const wrongMs = Math.abs(offsetMs);
  if (wrongMs <= TOLERATED_MS) return null;
  const direction = offsetMs < 0 ? 'fast' : 'slow';
  const minutes = Math.round(wrongMs / MINUTE_MS);
  if (minutes < 60) return { unit: 'minutes', count: minutes, direction };
  const hours = Math.round(minutes / 60);
  if (wrongMs <= 24 * 60 * MINUTE_MS) return { unit: 'hours', count: hours, direction };
  return { unit: 'days', count: Math.round(hours / 24), direction };
}

/** What the last exchange measured. Null when the clock is right, and before the first contact. */
export function useClockSkew(): ClockSkew | null {
  const offsetMs = useLiveQuery(async () => {
    const origin = await database.meta.get('origin');
    const deviceMs = Date.now();
    return origin?.key === 'origin' ? trustedTime(origin.clock, deviceMs) - deviceMs : 0;
  }, []);
  return clockSkew(offsetMs ?? 0);
}
