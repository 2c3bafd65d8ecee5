import type { StoredRecord } from '../../../lib/replication/record.ts';
import type { Stamp } from '../../../lib/replication/stamp.ts';

/** What an editor has before his eyes: the stamp of every key, to be named by the edit as what it replaces. */
export function seenStamps(record: StoredRecord): Record<string, Stamp[]> {
  return Object.fromEntries(Object.entries(record.stamps).map(([key, stamp]) => [key, [stamp]]));
}
