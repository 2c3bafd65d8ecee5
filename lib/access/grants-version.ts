import { greatestStamp, pointOf, type Stamp } from '../replication/stamp.ts';

/** Counters above this share a version: two changes of rights within one millisecond, a thousand times over. */
const VERSIONS_PER_MS = 1024;

/**
 * The version of a device's rights, alike on every replica that knows the same: from the greatest stamp of the records
 * they follow from (its users, their permissions, its own). Below 2^53 until the year 2200.
 */
export function grantsVersion(stamps: Iterable<Stamp>): number {
  const greatest = greatestStamp(stamps);
  if (greatest === undefined) return 0;
  const { ms, counter } = pointOf(greatest);
  return ms * VERSIONS_PER_MS + Math.min(counter, VERSIONS_PER_MS - 1);
}
