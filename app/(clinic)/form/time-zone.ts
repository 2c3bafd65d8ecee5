import { createContext } from 'react';

/** The clinic's time zone (IANA name), in which instants are asked and shown. Undefined: the device's. */
export const TimeZoneContext = createContext<string | undefined>(undefined);

/** An instant as a `datetime-local` control shows it, in a time zone: `2026-11-21T14:30`. Empty for none. */
export function localOf(instant: string, timeZone: string | undefined): string {
  return instant === '' ? '' : localAt(Date.parse(instant), timeZone);
}

/**
 * The instant of a date and time of a time zone, as text in UTC. In the hour that a clock change repeats, one of both;
 * in the hour that it leaves out, an hour beside it.
 */
export function instantOf(local: string, timeZone: string | undefined): string {
  const asUtcMs = Date.parse(`${local}Z`);
  const offsetAt = (ms: number) => Date.parse(`${localAt(ms, timeZone)}Z`) - ms;
  const nearMs = asUtcMs - offsetAt(asUtcMs);
  return new Date(asUtcMs - offsetAt(nearMs)).toISOString();
}

function localAt(ms: number, timeZone: string | undefined): string {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const year = String(parts.get('year')).padStart(4, '0');
  return `${year}-${parts.get('month')}-${parts.get('day')}T${parts.get('hour')}:${parts.get('minute')}`;
}
