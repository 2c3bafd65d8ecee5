import type { MemoryFeedReplica } from '../../db/memory/memory-feed-replica.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { type SnapshotPage, snapshotPageSchema } from '../../lib/replication/protocol/snapshot.ts';
import { tablesOf } from '../../lib/replication/read-pages.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';

/** A first sync from the memory replica, in chart order, cut into pages of `size` records. */
export async function snapshotPages<A>(
  server: MemoryFeedReplica<A>,
  scopes: readonly string[],
  size: number,
): Promise<SnapshotPage[]> {
  const { epoch, rootEpoch } = server.who;
  const cursors = Object.fromEntries(scopes.map((scope) => [scope, server.head(scope).seq]));
  const found = new Map<string, StoredRecord>();
  for (const scope of scopes) {
    for (const { entry } of server.scopes.get(scope)?.lines.values() ?? []) {
      const record = server.records.get(refKey({ collection: entry.collection, id: entry.recordId }))!;
      if (entry.leftStamp === null) found.set(refKey(record), record);
    }
  }
  const chart = (record: StoredRecord) => String(record.values.patientId ?? record.id);
  const records = [...found.values()].sort((left, right) => (chart(left) < chart(right) ? -1 : 1));
  const patients = records.filter((record) => record.collection === 'patients').length;
  const cuts = Array.from({ length: Math.max(1, Math.ceil(records.length / size)) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );
  return cuts.map((cut, index) =>
    snapshotPageSchema.parse({
      epoch,
      rootEpoch,
      stage: 'charts',
      token: index === cuts.length - 1 ? null : String(index + 1),
      scopes,
      cursors,
      totals: { patients, records: records.length },
      delivered: { patients: cut.filter((record) => record.collection === 'patients').length, records: cut.length },
      tables: tablesOf(collectionNamed, cut),
    }),
  );
}
