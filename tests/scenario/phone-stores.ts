import 'fake-indexeddb/auto';
import { heldRecord, type RowPlace, shownRecord } from '../../db/device/chart.ts';
import { openChart } from '../../db/device/charts.ts';
import { type Committer, commitAction } from '../../db/device/commit-action.ts';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { applySnapshotPage, deviceStore } from '../../db/device/device-store.ts';
import { openOutboxRow } from '../../db/device/outbox.ts';
import { openReplaced } from '../../db/device/replaced.ts';
import { obeyNextRoot, readOrigin, saveEnrolment } from '../../db/device/replica-state.ts';
import { readRows } from '../../db/device/rows.ts';
import { scopeDigests } from '../../db/device/scope-digest.ts';
import { seal } from '../../db/device/seal.ts';
import { MemoryPhone } from '../../db/memory/memory-phone.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { HeldRecord } from '../../lib/replication/apply-reply.ts';
import type { Author, Edit } from '../../lib/replication/author-action.ts';
import { NO_LIFE } from '../../lib/replication/confirmation.ts';
import { type DownstreamStore, exchangeUntilQuiet } from '../../lib/replication/exchange.ts';
import type { OutboxEntry } from '../../lib/replication/outbox.ts';
import type { ScopeDigest } from '../../lib/replication/protocol/exchange-reply.ts';
import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient, isBelonging, patientOf, type ScopeId, scopesOf } from '../../lib/replication/scopes.ts';

import { syncRound } from '../../workers/sync-loop.ts';
import type { Upstream } from '../../workers/upstream.ts';

/** A phone's store as the contract suite asks it: the same questions of memory and of IndexedDB. */
export interface PhoneStore {
  readonly store: DownstreamStore;
  /** Saves an action; its id, or null when nothing was to be saved. */
  commit(edits: readonly Edit[], author: Author): Promise<string | null>;
  shown(ref: RecordRef): Promise<StoredRecord | undefined>;
  outbox(): Promise<OutboxEntry[]>;
  originSeq(): Promise<number>;
  digests(scopes: readonly ScopeId[]): Promise<Record<ScopeId, ScopeDigest>>;
  applySnapshotPage(page: SnapshotPage): Promise<void>;
  /** Everything held: as the upstream has it, and as it is shown. */
  held(): Promise<HeldRecord[]>;
  /** Everything that is due with this upstream: exchanges until it is quiet, and the healing of what differs. */
  round(upstream: Upstream): Promise<void>;
  /** Somebody connected it with a new code, and signed in with its new token. */
  connectedAgain(): Promise<void>;
  /** What the root's rows replaced, for a person to see. */
  replaced(): Promise<StoredRecord[]>;
  /** Records as `<collection>/<id>` whose shown version differs from the upstream's. */
  unsent(): Promise<string[]>;
}

export type MakePhoneStore = (replicaId: string, clock: () => number, newId: () => string) => Promise<PhoneStore>;

export const aMemoryStore: MakePhoneStore = async (replicaId, clock, newId) => {
  const phone = new MemoryPhone(replicaId, collectionNamed, SCHEMA_VERSION, clock, newId);
  return {
    store: phone,
    commit: async (edits, author) => phone.commit(edits, author),
    shown: async (ref) => phone.shown(ref),
    outbox: async () => [...phone.state.outbox],
    originSeq: async () => phone.state.origin.seq,
    digests: async (scopes) => memoryDigests(phone, scopes),
    held: async () => [...phone.state.records.values()],
    async round({ exchange }) {
      await exchangeUntilQuiet(phone, exchange, clock);
      // A repair that the last reply began.
      await exchangeUntilQuiet(phone, exchange, clock);
    },
    async connectedAgain() {
      const reading = { ...phone.state.reading, epoch: NO_LIFE };
      phone.state = { ...phone.state, reading, rootEpoch: NO_LIFE };
    },
    replaced: async () => [...phone.state.replaced],
    applySnapshotPage: async (page) => phone.applySnapshotPage(page),
    unsent: async () => [...phone.state.records].filter(([, held]) => held.shown !== held.stored).map(([key]) => key),
  };
};

/** Count and digest of scopes, worked out from the declarations, record by record. */
export function memoryDigests(phone: MemoryPhone, scopes: readonly ScopeId[]): Record<ScopeId, ScopeDigest> {
  const stored = [...phone.state.records.values()].flatMap((held) => held.stored ?? []);
  const sums = new Map(scopes.map((scope) => [scope, { count: 0, digest: 0n }]));
  for (const record of stored) {
    const collection = collectionNamed(record.collection);
    if (collection === undefined) continue;
    const patientId = patientOf(collection, record);
    const mine = stored.filter((one) => isBelonging(one) && one.values.patientId === patientId);
    for (const scope of scopesOf(collection, record, clinicsOfPatient(mine))) {
      const sum = sums.get(scope);
      if (sum === undefined) continue;
      sum.count += 1;
      sum.digest ^= recordHash(record);
    }
  }
  return Object.fromEntries([...sums].map(([scope, { count, digest }]) => [scope, { count, digest: String(digest) }]));
}

let databases = 0;

export async function aDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** An enrolled phone on IndexedDB: a database of its own, its key, and what a save is made with. */
export async function aDevice(replicaId: string, clock: () => number, newId: () => string) {
  databases += 1;
  const database = openDeviceDatabase('relaxed', `phone-${databases}`);
  const key = await aDeviceKey();
  const bearer = await seal(key, 'bearer', 'token');
  await saveEnrolment(database, { key: 'device', deviceId: replicaId, clinicIds: [], keyring: [], bearer });
  const committer: Committer = { deviceMs: clock, newId, schema: SCHEMA_VERSION, check: () => null };
  return { database, key, committer };
}

export const anIndexedDbStore: MakePhoneStore = async (replicaId, clock, newId) => {
  const { database, key, committer } = await aDevice(replicaId, clock, newId);
  const placeOf = async (ref: RecordRef, patientId: unknown): Promise<RowPlace> => {
    if (ref.collection === 'patients') return { table: 'charts', id: ref.id };
    if (typeof patientId === 'string') return { table: 'charts', id: patientId };
    for (const row of await database.charts.toArray()) {
      const { records } = await openChart(key, row);
      if (records.some((record) => refKey(record) === refKey(ref))) return { table: 'charts', id: row.id };
    }
    return { table: 'records', id: refKey(ref) };
  };
  return {
    store: deviceStore(database, key, () => undefined, newId),
    async commit(edits, author) {
      const places = new Map<string, RowPlace>();
      for (const edit of edits) {
        const place = await placeOf(edit, edit.fields.patientId);
        places.set(`${place.table}:${place.id}`, place);
      }
      const done = await commitAction(database, key, [...places.values()], () => ({ edits, author }), committer);
      if (!done.ok) throw new Error(done.refusal.code);
      return done.action?.id ?? null;
    },
    async shown(ref) {
      const place = await placeOf(ref, undefined);
      const rows = await readRows(database, key, [place]);
      return [...rows.values()].map((row) => shownRecord(row.held, ref))[0];
    },
    async outbox() {
      const rows = await database.outbox.orderBy('seq').toArray();
      return Promise.all(rows.map((row) => openOutboxRow(key, row)));
    },
    originSeq: async () => (await readOrigin(database)).seq,
    digests: (scopes) => scopeDigests(database, scopes),
    async applySnapshotPage(page) {
      await applySnapshotPage(database, key, page);
    },
    async held() {
      const places: RowPlace[] = [];
      for (const id of await database.charts.toCollection().primaryKeys()) places.push({ table: 'charts', id });
      for (const id of await database.records.toCollection().primaryKeys()) places.push({ table: 'records', id });
      const rows = await readRows(database, key, places);
      return [...rows.values()].flatMap(({ held }) =>
        [...new Set([...Object.keys(held.stored), ...Object.keys(held.shown)])].map((one) => heldRecord(held, one)!),
      );
    },
    async round(upstream) {
      await syncRound(
        database,
        key,
        upstream,
        () => undefined,
        async () => undefined,
      );
    },
    connectedAgain: () => obeyNextRoot(database),
    replaced: async () => Promise.all((await database.replaced.toArray()).map((row) => openReplaced(key, row))),
    async unsent() {
      const charts = await Promise.all((await database.charts.toArray()).map((row) => openChart(key, row)));
      return charts.flatMap((chart) => [...chart.unsent]);
    },
  };
};
