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

/** What hangs below what, said here again. */
const PARENTS: Readonly<Record<string, readonly (readonly [key: string, parent: string])[]>> = {
  patientClinics: [['patientId', 'patients']],
  patientLinks: [['patientId', 'patients']],
  visits: [['patientId', 'patients']],
  appointments: [['patientId', 'patients']],
  appointmentDepartments: [
    ['patientId', 'patients'],
    ['appointmentId', 'appointments'],
  ],
  events: [
    ['patientId', 'patients'],
    ['visitId', 'visits'],
  ],
  vitals: [
    ['patientId', 'patients'],
    ['visitId', 'visits'],
    ['eventId', 'events'],
  ],
};

/**
 * The losers that the deletion of one record makes of what was written below it, as slowly: `<record> <stamp>` of each
 * edit that still stands, that no deletion of it names, of a record that is itself alive. `applied`: all changes.
 */
export function bruteLosersBelow(collection: string, id: string, applied: readonly Change[]): string[] {
  const of = (one: string, other: string) => applied.filter((by) => by.collection === one && by.recordId === other);
  const standing = (changes: readonly Change[], key: string) =>
    changes.reduce<Change | null>(
      (best, by) => (key in writesOf(by) && (best === null || by.stamp > best.stamp) ? by : best),
      null,
    );
  const isGone = (changes: readonly Change[]) => standing(changes, 'deleted')?.kind === 'delete';
  const isErased = (changes: readonly Change[]) => changes.some((by) => by.kind === 'erase');
  const standingValue = (changes: readonly Change[], key: string) => standing(changes, key)?.fields[key];
  const hangs = (child: readonly Change[]): boolean =>
    (PARENTS[child[0]?.collection ?? ''] ?? []).some(([key, parent]) => {
      const above = standingValue(child, key);
      return typeof above === 'string' && ((parent === collection && above === id) || hangs(of(parent, above)));
    });
  const own = of(collection, id);
  if (!isGone(own) || isErased(own)) return [];
  const chart = collection === 'patients' ? id : standingValue(own, 'patientId');
  const seen = own.filter((by) => by.kind === 'delete').flatMap((by) => Object.values(by.replaced).flat());
  const children = [...new Set(applied.map((by) => `${by.collection}.${by.recordId}`))]
    .map((name) => ({ name, changes: applied.filter((by) => `${by.collection}.${by.recordId}` === name) }))
    .filter(({ changes }) => standingValue(changes, 'patientId') === chart && hangs(changes))
    .filter(({ changes }) => !isGone(changes) && !isErased(changes));
  const losers = children.flatMap(({ name, changes }) =>
    changes
      .filter((by) => Object.keys(writesOf(by)).some((key) => key !== 'created' && standing(changes, key) === by))
      .filter((by) => !seen.includes(by.stamp))
      .map((by) => `${name} ${by.stamp}`),
  );
  return losers.sort();
}
