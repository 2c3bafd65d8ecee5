import { formatTag, type Language } from './languages.ts';

/** A number in the language's notation. `decimals` fixes the digits after the point. */
export function formatNumber(language: Language, value: number, decimals?: number): string {
  const digits = decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(formatTag(language), digits).format(value);
}

/**
 * A calendar date or partial date (`2026`, `2026-11`, `2026-11-21`) in words; its length is its precision.
 * Formatted in UTC on both sides, so the day is the same in every time zone. What is not a date is returned as it is.
 */
export function formatDate(language: Language, date: string, style: 'short' | 'long' = 'short'): string {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date);
  if (!parts) return date;
  const [, year, month, day] = parts;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month ?? '1') - 1, Number(day ?? '1'));
  const month_ = style === 'long' ? 'long' : 'short';
  const options: Intl.DateTimeFormatOptions =
    day !== undefined
      ? { day: 'numeric', month: month_, year: 'numeric' }
      : month !== undefined
        ? { month: month_, year: 'numeric' }
        : { year: 'numeric' };
  return new Intl.DateTimeFormat(formatTag(language), { ...options, timeZone: 'UTC' }).format(at);
}

/** An instant (ISO string) as date and time in a time zone (IANA name; absent = the device's). */
export function formatInstant(language: Language, instant: string, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(formatTag(language), timeZone ? { ...options, timeZone } : options).format(
    new Date(instant),
  );
}

/** The time of day of an instant (ISO string) in a time zone (IANA name; absent = the device's). */
export function formatTime(language: Language, instant: string, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = { timeStyle: 'short' };
  return new Intl.DateTimeFormat(formatTag(language), timeZone ? { ...options, timeZone } : options).format(
    new Date(instant),
  );
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago (or ahead) an instant is, in the greatest whole unit: “5 minutes ago”. Both are ISO strings. */
export function formatAgo(language: Language, instant: string, now: string): string {
  const seconds = (Date.parse(instant) - Date.parse(now)) / 1000;
  const format = new Intl.RelativeTimeFormat(formatTag(language), { numeric: 'auto' });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size in bytes with the greatest fitting unit (decimal, as phones show it). */
export function formatBytes(language: Language, bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(formatTag(language), {
    style: 'unit',
    unit: byteUnits[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** The twelve month names in the language, January first: for choosing a month. */
export function monthNames(language: Language): readonly string[] {
  const format = new Intl.DateTimeFormat(formatTag(language), { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, month) => format.format(new Date(Date.UTC(2000, month, 1))));
}
