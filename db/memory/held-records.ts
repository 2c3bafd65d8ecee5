import { type Departure, type HeldRecord, isKeptNoMore } from '../../lib/replication/apply-reply.ts';
import { NOWHERE } from '../../lib/replication/healing.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { OutboxEntry } from '../../lib/replication/outbox.ts';
import type { ScopeDigest } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Declared } from '../../lib/replication/read-pages.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient, isBelonging, patientOf, type ScopeId, scopesOf } from '../../lib/replication/scopes.ts';

/** Not known to be at the root. */
export function isUnsettled({ state }: OutboxEntry): boolean {
  return state === 'pending' || state === 'received';
}

/** Count and digest of every scope of which something is stored, and of what is in none. */
export function digestsOf(declared: Declared, records: ReadonlyMap<string, HeldRecord>): Record<ScopeId, ScopeDigest> {
  const sums = new Map<ScopeId, { count: number; digest: bigint }>();
  for (const { stored } of records.values()) {
    const collection = stored === null ? undefined : declared(stored.collection);
    if (stored === null || collection === undefined) continue;
    const clinics = clinicsOfPatient(membershipsOf(records, patientOf(collection, stored)).stored);
    const scopes = scopesOf(collection, stored, clinics);
    for (const scope of scopes.length === 0 ? [NOWHERE] : scopes) {
      const sum = sums.get(scope) ?? { count: 0, digest: 0n };
      sums.set(scope, { count: sum.count + 1, digest: sum.digest ^ recordHash(stored) });
    }
  }
  return Object.fromEntries([...sums].map(([scope, { count, digest }]) => [scope, { count, digest: String(digest) }]));
}

/** Keys of the records that these actions changed. */
export function changesOf(entries: readonly OutboxEntry[]): string[] {
  return entries.flatMap(({ action }) => action.changes.map((change) => refKey(refOf(change))));
}

/** A patient's memberships as the upstream has them, and with what is shown here beside them. */
export function membershipsOf(records: ReadonlyMap<string, HeldRecord>, patientId: string | null) {
  const held = [...records.values()].filter(({ shown }) => isBelonging(shown) && shown.values.patientId === patientId);
  const stored = held.flatMap((one) => one.stored ?? []);
  return { stored, either: [...stored, ...held.map((one) => one.shown)] };
}

/**
 * Takes away what a walk to the end of a feed did not bring, but for what the root is not known to have. Returns what
 * was stored of it.
 */
export function letGoUnbrought(
  records: Map<string, HeldRecord>,
  over: ReadonlySet<string>,
  unsettled: ReadonlySet<string>,
): StoredRecord[] {
  const gone = [...records.keys()].filter((key) => !over.has(key) && !unsettled.has(key));
  const stored = gone.flatMap((key) => records.get(key)?.stored ?? []);
  for (const key of gone) records.delete(key);
  return stored;
}

/** May one of the records that repairs replaced be kept, these being held before anything is let go? */
export function mayStayReplaced(
  declared: Declared,
  one: StoredRecord,
  replaced: readonly StoredRecord[],
  records: ReadonlyMap<string, HeldRecord>,
  departures: readonly Departure[],
  scopes: readonly ScopeId[],
  isComplete: (patientId: string | null) => boolean,
): boolean {
  const collection = declared(one.collection);
  if (collection === undefined) return true;
  const patientId = patientOf(collection, one);
  const own = departures.filter(({ left }) => left.id === patientId);
  const held = membershipsOf(records, patientId).stored;
  const lost = replaced.filter((other) => isBelonging(other) && other.values.patientId === patientId);
  const memberships = held.length > 0 ? held : lost;
  return !isKeptNoMore(collection, one, own, memberships, scopes, isComplete(patientId));
}
