import type { Change } from '../../lib/replication/change.ts';
import { canonicalJson, type Json } from '../../lib/replication/json.ts';
import { writesOf } from '../../lib/replication/merge.ts';

/**
 * The losers of one record by the definition of lib/replication/README.md, word for word and slowly: `key stamp` of
 * each. Of all its applied changes; none was an erasure.
 */
export function bruteLosers(changes: readonly Change[]): string[] {
  const writes = changes.flatMap((change) =>
    Object.entries(writesOf(change)).map(([key, value]) => ({ key, value: saidBy(key, value), change })),
  );
  const greater = (one: Change, other: Change) => one.stamp > other.stamp;
  const names = (by: Change, key: string, of: Change) => by !== of && (by.replaced[key] ?? []).includes(of.stamp);
  const won = (write: (typeof writes)[number]) =>
    !writes.some(({ key, change }) => key === write.key && greater(change, write.change));
  const parallel = writes.filter(
    (write) =>
      write.key !== 'created' &&
      !won(write) &&
      !changes.some((by) => names(by, write.key, write.change)) &&
      !writes.some(
        ({ key, value, change }) =>
          key === write.key && canonicalJson(value) === canonicalJson(write.value) && greater(change, write.change),
      ),
  );
  const deletion = writes.find((write) => write.key === 'deleted' && won(write) && write.change.kind === 'delete');
  const hidden = writes.filter(
    (write) =>
      deletion !== undefined &&
      write.change.kind === 'put' &&
      write.key !== 'created' &&
      won(write) &&
      !changes.some((by) => by.kind === 'delete' && names(by, write.key, write.change)) &&
      !names(write.change, 'deleted', deletion.change),
  );
  const named = [...parallel, ...hidden.map((write) => ({ ...write, key: 'deleted' }))];
  return [...new Set(named.map(({ key, change }) => `${key} ${change.stamp}`))].sort();
}

const saidBy = (key: string, value: Json): Json =>
  key === 'deleted' ? (value as { deletedAt: string | null }).deletedAt !== null : value;
