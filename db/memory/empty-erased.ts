import type { HeldRecord } from '../../lib/replication/apply-reply.ts';
import { emptiedAction, isErased } from '../../lib/replication/emptied.ts';
import type { OutboxEntry } from '../../lib/replication/outbox.ts';
import { type RecordRef, refKey } from '../../lib/replication/record.ts';

/** The outbox without what an upstream is known to have erased: what is erased here only may be refused yet. */
export function emptied(entries: readonly OutboxEntry[], records: ReadonlyMap<string, HeldRecord>): OutboxEntry[] {
  const isOfErased = (ref: RecordRef) => isErased(records.get(refKey(ref))?.stored);
  return entries.map((entry) => {
    const action = emptiedAction(entry.action, isOfErased);
    return action === entry.action ? entry : { ...entry, action };
  });
}
