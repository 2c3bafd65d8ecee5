import type { HeldRecord } from '../../lib/replication/apply-reply.ts';
import { ERASED } from '../../lib/replication/key.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';

/** What is held must not fall back to older stamps, key by key; an erasure takes them away. */
export function noneOlder(
  before: Iterable<StoredRecord>,
  after: ReadonlyMap<string, StoredRecord>,
  isReplaced: (row: StoredRecord) => boolean = () => false,
): void {
  for (const was of before) {
    const now = after.get(refKey(was));
    if (now === undefined || now === was || now.values[ERASED] === true || isReplaced(was)) continue;
    const older = Object.keys(was.stamps).find((key) => !((now.stamps[key] ?? '') >= was.stamps[key]!));
    if (older !== undefined) throw new Error(`${refKey(was)} fell back to an older ${older}`);
  }
}

/** The rows as the upstream has them. */
export function storedIn(held: Iterable<HeldRecord>): ReadonlyMap<string, StoredRecord> {
  const stored = [...held].flatMap((one) => one.stored ?? []);
  return new Map(stored.map((row) => [refKey(row), row]));
}
