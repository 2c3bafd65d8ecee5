import type { DeviceDatabase } from './device-database.ts';

/** Kept so that on a full disk there is still room for what a person has just typed. */
const BALLAST_BYTES = 8 * 1024 * 1024;
/** Free space below which making it would cause what it is for. */
const ROOM_BYTES = 4 * BALLAST_BYTES;
/** `crypto.getRandomValues` gives no more at once. */
const MOST_RANDOM_BYTES = 65_536;

/**
 * Makes the ballast when there is none and room for it (`free` bytes; null where the browser does not say). True when
 * it is there. Random bytes: zeros would be packed to nothing.
 */
export async function keepBallast(database: DeviceDatabase, free: number | null): Promise<boolean> {
  if (await hasBallast(database)) return true;
  if (free !== null && free < ROOM_BYTES) return false;
  const bytes = new Uint8Array(BALLAST_BYTES);
  for (let from = 0; from < BALLAST_BYTES; from += MOST_RANDOM_BYTES)
    crypto.getRandomValues(bytes.subarray(from, from + MOST_RANDOM_BYTES));
  try {
    await database.meta.put({ key: 'ballast', bytes });
    return true;
  } catch (fault) {
    if (!isQuotaExceeded(fault)) throw fault;
    return false;
  }
}

/** Not there although it was made: storage is nearly full. */
export async function hasBallast(database: DeviceDatabase): Promise<boolean> {
  return (await database.meta.where('key').equals('ballast').count()) > 0;
}

/** Saves; on a full disk once more, in the room of the ballast. Throws what the second try throws. */
export async function savedInBallast<T>(database: DeviceDatabase, save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (fault) {
    if (!isQuotaExceeded(fault) || !(await hasBallast(database))) throw fault;
    await database.meta.delete('ballast');
    return save();
  }
}

/** On a full disk every request may succeed and only the commit abort; the reason is then inside the error. */
export function isQuotaExceeded(fault: unknown): boolean {
  const { name, inner } = (fault ?? {}) as { name?: string; inner?: { name?: string } };
  return name === 'QuotaExceededError' || inner?.name === 'QuotaExceededError';
}
