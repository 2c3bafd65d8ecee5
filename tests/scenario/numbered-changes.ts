import { MemoryFeedReplica } from '../../db/memory/memory-feed-replica.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { worldOf } from '../../lib/domain/world.ts';
import type { Action, Change, ChangeKind } from '../../lib/replication/change.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { RecordRef, StoredRecord } from '../../lib/replication/record.ts';
import type { Stamp } from '../../lib/replication/stamp.ts';

/** Changes whose stamp is their number, so that a table can say who saw whom. */
export const idOf = (letter: string, number: number) =>
  `00000000-0000-7000-8000-${letter}${String(number).padStart(11, '0')}`;
export const stampOf = (n: number) => `1790000000000.${n.toString(16).padStart(4, '0')}.${idOf('d', n).slice(-12)}`;
export const [author, clinicId] = [idOf('a', 1), idOf('c', 1)];

export function changeNumbered(
  n: number,
  { collection, id: recordId }: RecordRef,
  kind: ChangeKind,
  fields: Record<string, Json>,
  replaced: Record<string, Stamp[]>,
): Change {
  const made = { id: idOf('d', n), actionId: idOf('e', n), origin: idOf('f', n), originSeq: 1, stamp: stampOf(n) };
  const at = new Date(Date.UTC(2026, 10, 21) + n * 1000).toISOString();
  const who = { clinicId, author, at, reason: 'entered in error', schema: 1 };
  return { ...made, ...who, collection, recordId, kind, fields, replaced };
}

export const actionOf = (one: Change): Action => ({ id: one.actionId, changes: [one] });

/** A root whose only user may do everything. */
export function aRoot(): MemoryFeedReplica<Actor> {
  const admin: Actor = { userId: author, role: 'super_admin', active: true, flags: {} };
  const identity = { replicaId: idOf('1', 1), epoch: 'e', rootEpoch: 'e', root: true, recovering: false };
  const world = worldOf(new Map([[author, admin]]), { kind: 'server' });
  return new MemoryFeedReplica<Actor>(identity, () => world);
}

export function conflictsIn(root: MemoryFeedReplica<Actor>): StoredRecord[] {
  return [...root.records.values()].filter((record) => record.collection === 'conflicts');
}

export function openIn(root: MemoryFeedReplica<Actor>): StoredRecord[] {
  return conflictsIn(root).filter((one) => one.values.status === 'open');
}

/** What a conflict says, whatever its own stamps are: two roots that noted the same say the same. */
export function contentOf(conflicts: readonly StoredRecord[]): string[] {
  const said = conflicts.map(({ id, values: { kind, key, kept, lost } }) =>
    JSON.stringify([id, kind, key, kept, lost]),
  );
  return said.sort();
}
