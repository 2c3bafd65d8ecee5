import { acceptRows } from './accept.ts';
import { recordsOf } from './apply-reply.ts';
import { keyKind } from './declaration.ts';
import type { AcceptanceStore } from './feed-store.ts';
import type { World } from './judge.ts';
import { isValidValue } from './malformed.ts';
import type { Table } from './protocol/page.ts';
import { PROTOCOL_VERSION } from './protocol/version.ts';
import {
  MAX_WITNESS_HASHES,
  MAX_WITNESS_ROWS,
  type WitnessReply,
  type WitnessRequest,
  witnessReplySchema,
} from './protocol/witness.ts';
import { type Declared, tablesOf } from './read-pages.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from './record.ts';
import { clinicsOfPatient, isBelonging, patientOf, type ScopeId, scopesOf } from './scopes.ts';
import { isStamp, msOf } from './stamp.ts';

/** What a replica needs to bear witness: its rows as the upstream gave them, chart by chart. */
export interface WitnessStore {
  readonly replicaId: string;
  /** Groups of rows that belong together: a patient's chart, or rows of no chart. */
  charts(): AsyncIterable<readonly StoredRecord[]>;
  /** Lets go of these patients' charts, except what is pending. */
  letGo(patientIds: readonly string[]): Promise<void>;
}

/** Carries one message to the root. Throws when it did not answer. */
export type WitnessTransport = (request: WitnessRequest) => Promise<unknown>;

/**
 * Gives a root in recovery what it has lost: rows that nobody's outbox retains. Resolves to true when all of it was
 * heard, false when the root takes no witness any more.
 */
export async function bearWitness(
  store: WitnessStore,
  declared: Declared,
  transport: WitnessTransport,
): Promise<boolean> {
  const ask = async (hashes: WitnessRequest['hashes'], tables: Table[]): Promise<WitnessReply> => {
    const request = { protocol: PROTOCOL_VERSION, replicaId: store.replicaId, hashes, tables };
    return witnessReplySchema.parse(await transport(request));
  };
  let group: StoredRecord[] = [];
  const hear = async (): Promise<boolean> => {
    const hashes = group.map((row): [string, string, string] => [row.collection, row.id, String(recordHash(row))]);
    const { recovering, wanted, gone } = await ask(hashes, []);
    if (!recovering) return false;
    const keys = new Set(wanted.map(([collection, id]) => refKey({ collection, id })));
    // A membership before the rows whose scopes follow from it.
    const rows = group.filter((row) => keys.has(refKey(row))).sort((left, right) => placeOf(left) - placeOf(right));
    for (let from = 0; from < rows.length; from += MAX_WITNESS_ROWS)
      await ask([], tablesOf(declared, rows.slice(from, from + MAX_WITNESS_ROWS)));
    if (gone.length > 0) await store.letGo(gone);
    group = [];
    return true;
  };
  for await (const chart of store.charts()) {
    if (group.length > 0 && group.length + chart.length > MAX_WITNESS_HASHES && !(await hear())) return false;
    // A chart larger than a request is heard in parts.
    for (const row of chart) {
      if (group.length === MAX_WITNESS_HASHES && !(await hear())) return false;
      group.push(row);
    }
  }
  return group.length === 0 || hear();
}

function placeOf(row: StoredRecord): number {
  return isBelonging(row) ? 0 : 1;
}

/** Who bears witness: what it may hold, and of which collections it is believed. */
export interface Witness {
  readonly scopes: readonly ScopeId[];
  readonly isBelieved: (collection: string) => boolean;
  /** Now, here: no stamp may be from later than a wild clock's day. */
  readonly nowMs: number;
}

/**
 * Hears a witness, within one transaction of `store`. Rows are merged key by key by their own stamps: what is newer
 * here stays. `taken` are the rows that changed something.
 */
export async function hearWitness<A>(
  store: AcceptanceStore,
  world: World<A>,
  { scopes, isBelieved, nowMs }: Witness,
  { hashes, tables }: WitnessRequest,
): Promise<{ reply: WitnessReply; taken: readonly RecordRef[] }> {
  const asked = hashes.filter(([collection]) => isBelieved(collection)).map(([collection, id]) => ({ collection, id }));
  const held = new Map((await store.readRecords(asked)).map((row) => [refKey(row), row]));
  const hashOf = new Map(hashes.map(([collection, id, hash]) => [refKey({ collection, id }), hash]));
  const differing = asked.filter((ref) => {
    const row = held.get(refKey(ref));
    return row === undefined || String(recordHash(row)) !== hashOf.get(refKey(ref));
  });
  const gone = await patientsGone(store, scopes, asked);
  const rows = recordsOf(tables).filter((row) => isBelieved(row.collection) && isSound(world, row, nowMs));
  const mine = await rowsOf(store, world, scopes, rows);
  const taken = mine.length === 0 ? [] : await acceptRows(store, world, () => true, mine);
  const wanted = differing.map(({ collection, id }): [string, string] => [collection, id]);
  return { reply: { recovering: true, wanted, gone }, taken };
}

/** Patients that are known here, with clinics of which the asker has none. */
async function patientsGone(
  store: AcceptanceStore,
  scopes: readonly ScopeId[],
  asked: readonly RecordRef[],
): Promise<string[]> {
  const ids = asked.filter((ref) => ref.collection === 'patients').map((ref) => ref.id);
  const memberships = ids.length === 0 ? [] : await store.readMemberships(ids);
  return ids.filter((id) => {
    const own = memberships.filter((row) => row.values.patientId === id);
    return own.length > 0 && !clinicsOfPatient(own).some((clinicId) => scopes.some((one) => one.startsWith(clinicId)));
  });
}

/** The rows that stand in a scope which the witness may hold, by what is known here and what he brings. */
async function rowsOf<A>(
  store: AcceptanceStore,
  world: World<A>,
  scopes: readonly ScopeId[],
  rows: readonly StoredRecord[],
): Promise<StoredRecord[]> {
  const patientIds = new Set(rows.flatMap((row) => patientIdOf(world, row) ?? []));
  const held = await store.readMemberships([...patientIds].sort());
  const known = new Set(held.map((row) => row.values.patientId));
  // Of a patient who is known here, what is here says where he is: who brought him elsewhere offers that change again.
  const brought = rows.filter((row) => isBelonging(row) && !known.has(row.values.patientId ?? null));
  const memberships = [...held, ...brought];
  return rows.filter((row) => {
    const collection = world.collectionNamed(row.collection);
    if (collection === undefined) return false;
    const patientId = patientIdOf(world, row);
    const clinics = clinicsOfPatient(memberships.filter((one) => one.values.patientId === patientId));
    return scopesOf(collection, row, clinics).some((scope) => scopes.includes(scope));
  });
}

function patientIdOf<A>(world: World<A>, row: StoredRecord): string | null {
  const collection = world.collectionNamed(row.collection);
  return collection === undefined ? null : patientOf(collection, row);
}

const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Could this row have been made by changes? Its stamps would otherwise beat every later edit. */
function isSound<A>(world: World<A>, row: StoredRecord, nowMs: number): boolean {
  const collection = world.collectionNamed(row.collection);
  if (collection === undefined || !UUID.test(row.id)) return false;
  if (!Object.values(row.stamps).every((stamp) => isStamp(stamp) && msOf(stamp) <= nowMs + DAY_MS)) return false;
  const known = Object.entries(row.values).filter(([key]) => keyKind(collection, key) !== null);
  return known.every(([key, value]) => isValidValue(collection, key, value));
}
