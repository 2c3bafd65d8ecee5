import type { Change } from '../../lib/replication/change.ts';
import type { Acceptance, AcceptanceStore, FeedEntry, LoggedChange } from '../../lib/replication/feed-store.ts';
import { ERASED } from '../../lib/replication/key.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { BELONGING, isBelonging, type ScopeId } from '../../lib/replication/scopes.ts';
import { CONFLICTS } from '../../lib/replication/suspects.ts';
import { chartsTouched, lockCharts } from './chart-locks.ts';
import { together } from './faults.ts';
import { writePatientSearch } from './patient-search.ts';
import { readAppliedChanges, readLogged } from './read-applied-changes.ts';
import { readCharts } from './read-charts.ts';
import { readOutcomes } from './read-outcomes.ts';
import {
  insertRecords,
  lockRecords,
  type Queryable,
  readByIds,
  readRecords,
  updateRecords,
} from './record-statements.ts';
import { takeOwnNumbers } from './replica-identity.ts';

/** A change for the log, with the device that handed it in. */
export interface ReceivedChange extends LoggedChange {
  readonly receivedFrom: string | null;
}

/** Another pusher made the same record first: what was decided without seeing it must be decided again. */
export class InsertRaced extends Error {}

/** What was decided but is not yet written into the record tables. */
interface Draft {
  readonly records: Map<string, StoredRecord>;
  readonly log: ReceivedChange[];
  readonly acceptances: Acceptance[];
}

/**
 * The store of one transaction that accepts pushes. Rows are written push by push (or all together) under a savepoint;
 * feed, sums and log wait for the transaction's last act, so that the scopes are locked as short as possible.
 */
export class AcceptanceTransaction {
  readonly log: ReceivedChange[] = [];
  readonly revised: LoggedChange[] = [];
  readonly suspects: RecordRef[] = [];
  readonly feed = new Map<string, FeedEntry>();
  readonly deltas = new Map<string, { count: number; digest: bigint }>();
  readonly #client: Queryable;
  readonly #rows = new Map<string, StoredRecord | null>();
  readonly #memberships = new Map<string, StoredRecord[]>();
  readonly #outcomes = new Map<string, Outcome>();
  #draft: Draft = emptyDraft();

  constructor(client: Queryable) {
    this.#client = client;
  }

  /** Reads and locks everything that these changes may touch, in one order for every transaction. */
  async load(changes: readonly Change[]): Promise<void> {
    const ids = changes.map((change) => change.id);
    const [outcomes, charts] = await together([readOutcomes(this.#client, ids), chartsTouched(this.#client, changes)]);
    for (const [id, outcome] of outcomes) this.#outcomes.set(id, outcome);
    // What was refused may be decided again: a hub may have applied it first.
    const open = changes.filter((change) => (outcomes.get(change.id)?.result ?? 'refused') === 'refused');
    await together([
      lockCharts(this.#client, charts),
      this.#loadRecords(open.map((change) => ({ collection: change.collection, id: change.recordId }))),
      this.#loadMemberships([...charts.keys()]),
    ]);
  }

  /** The same for rows that another replica decided, and `others`; of `alone` it works alone on the charts. */
  async loadRows(
    rows: readonly StoredRecord[],
    alone: readonly string[],
    others: readonly RecordRef[] = [],
  ): Promise<void> {
    const touching = rows.map(({ collection, id, values }) => {
      return { collection, recordId: id, fields: values, kind: 'put' as const };
    });
    const charts = await chartsTouched(this.#client, touching);
    for (const patientId of alone) charts.set(patientId, true);
    await lockCharts(this.#client, charts);
    await together([this.#loadRecords([...rows, ...others]), this.#loadMemberships([...charts.keys()])]);
  }

  async #loadRecords(refs: readonly RecordRef[]): Promise<void> {
    const unique = new Map(refs.map((ref) => [refKey(ref), ref]));
    for (const key of unique.keys()) this.#rows.set(key, null);
    for (const record of await lockRecords(this.#client, [...unique.values()])) this.#rows.set(refKey(record), record);
  }

  async #loadMemberships(patientIds: readonly string[]): Promise<void> {
    for (const patientId of patientIds) this.#memberships.set(patientId, []);
    if (patientIds.length === 0) return;
    const reads = BELONGING.map((name) => readRecords(this.#client, name, 'where patient_id = any($1)', [patientIds]));
    for (const record of (await together(reads)).flat())
      this.#memberships.get(record.values.patientId as string)?.push(record);
  }

  /** The port that `acceptActions` works on, for changes handed in by one device. */
  storeFor(receivedFrom: string | null): AcceptanceStore {
    return {
      outcomesOf: async (ids) =>
        new Map(
          ids.flatMap((id) => {
            const outcome = this.#outcomes.get(id);
            return outcome === undefined ? [] : [[id, outcome] as const];
          }),
        ),
      readLogged: (actionIds) => readLogged(this.#client, actionIds),
      readRecords: async (refs) => refs.flatMap((ref) => this.#held(refKey(ref)) ?? []),
      readUnlocked: (refs) => this.#readUnlocked(refs),
      readMemberships: (patientIds) => this.#readMemberships(patientIds),
      readCharts: (patientIds) => this.#readCharts(patientIds),
      readConflicts: (about) => this.#readConflicts(about),
      readAppliedChanges: async (refs) => {
        const inThis = [...this.log, ...this.#draft.log].filter(({ outcome }) => outcome.result === 'applied');
        const keys = new Set(refs.map(refKey));
        const stored = await readAppliedChanges(this.#client, refs);
        return [...stored, ...inThis.map(({ change }) => change)].filter((change) => keys.has(refKey(refOf(change))));
      },
      takeOwnNumbers: (count) => takeOwnNumbers(this.#client, count),
      write: async (acceptance) => this.#write(acceptance, receivedFrom),
    };
  }

  /** The tombstones of erased records among all that was read, as they stand after what was written. */
  erased(): StoredRecord[] {
    return [...this.#rows.values()].filter((record) => record !== null).filter(({ values }) => values[ERASED] === true);
  }

  #held(key: string): StoredRecord | undefined {
    return this.#draft.records.get(key) ?? this.#rows.get(key) ?? undefined;
  }

  async #readUnlocked(refs: readonly RecordRef[]): Promise<StoredRecord[]> {
    const held = refs.flatMap((ref) => this.#held(refKey(ref)) ?? []);
    const others = refs.filter((ref) => this.#held(refKey(ref)) === undefined);
    return others.length === 0 ? held : [...held, ...(await readByIds(this.#client, others))];
  }

  async #readMemberships(patientIds: readonly string[]): Promise<StoredRecord[]> {
    await this.#loadMemberships(patientIds.filter((id) => !this.#memberships.has(id)));
    const stored = patientIds.flatMap((id) => this.#memberships.get(id) ?? []);
    return this.#withDraft(stored, (record) => isMembershipOf(record, patientIds));
  }

  async #readCharts(patientIds: readonly string[]): Promise<StoredRecord[]> {
    const wanted = new Set<unknown>(patientIds);
    const stored = await readCharts(this.#client, patientIds);
    return this.#withDraft(stored, (record) =>
      wanted.has(record.collection === 'patients' ? record.id : record.values.patientId),
    );
  }

  async #readConflicts(about: readonly RecordRef[]): Promise<StoredRecord[]> {
    const keys = new Set(about.map(refKey));
    const condition = 'where record_id = any($1) order by id for no key update';
    const stored = await readRecords(this.#client, CONFLICTS, condition, [about.map((ref) => ref.id)]);
    for (const record of stored) this.#rows.set(refKey(record), record);
    return this.#withDraft(
      stored,
      ({ collection, values }) =>
        collection === CONFLICTS &&
        keys.has(refKey({ collection: values.collection as string, id: values.recordId as string })),
    );
  }

  /** Stored records as they stand after what is drafted. */
  #withDraft(stored: readonly StoredRecord[], belongs: (record: StoredRecord) => boolean): StoredRecord[] {
    const records = new Map(stored.map((record) => [refKey(record), record]));
    for (const [key, record] of this.#draft.records) if (belongs(record)) records.set(key, record);
    return [...records.values()];
  }

  #write(acceptance: Acceptance, receivedFrom: string | null): void {
    for (const record of [...acceptance.created, ...acceptance.updated]) {
      this.#draft.records.set(refKey(record), record);
    }
    for (const logged of acceptance.noted) this.#draft.log.push({ ...logged, receivedFrom: null });
    for (const logged of acceptance.log) {
      this.#draft.log.push({ ...logged, receivedFrom });
      this.#outcomes.set(logged.change.id, logged.outcome);
    }
    this.#draft.acceptances.push(acceptance);
  }

  /** Writes the drafted rows. Throws what PostgreSQL says of a row that it refuses, and InsertRaced. */
  async flushRows(): Promise<void> {
    const records = [...this.#draft.records.values()];
    const isNew = (record: StoredRecord) => (this.#rows.get(refKey(record)) ?? null) === null;
    const written = await together([
      ...insertRecords(this.#client, records.filter(isNew)),
      ...updateRecords(
        this.#client,
        records.filter((record) => !isNew(record)),
      ),
      writePatientSearch(this.#client, records),
    ]);
    if (written.includes(false)) throw new InsertRaced('a record was made by another pusher in the meantime');
    this.#keepDraft();
  }

  #keepDraft(): void {
    for (const [key, record] of this.#draft.records) {
      this.#rows.set(key, record);
      if (!isBelonging(record)) continue;
      const patientId = record.values.patientId as string;
      const others = (this.#memberships.get(patientId) ?? []).filter((one) => one.id !== record.id);
      this.#memberships.set(patientId, [...others, record]);
    }
    this.log.push(...this.#draft.log);
    for (const { feed, deltas, revised, suspects } of this.#draft.acceptances) {
      this.revised.push(...revised);
      this.suspects.push(...suspects);
      // A record stands once in a feed: what was decided last is what holds.
      for (const entry of feed) this.feed.set(`${entry.scope}/${entry.collection}/${entry.recordId}`, entry);
      for (const { scope, count, digest } of deltas) {
        const held = this.deltas.get(scope) ?? { count: 0, digest: 0n };
        this.deltas.set(scope, { count: held.count + count, digest: held.digest ^ digest });
      }
    }
    this.#draft = emptyDraft();
  }

  /** Puts a record, as it stands, at the end of a scope's feed in which it was not; or takes it out of one it was in. */
  feedAnew(scope: ScopeId, record: StoredRecord, leftStamp: string | null): void {
    const { collection, id: recordId } = record;
    this.feed.set(`${scope}/${collection}/${recordId}`, { scope, collection, recordId, leftStamp });
    const held = this.deltas.get(scope) ?? { count: 0, digest: 0n };
    const count = held.count + (leftStamp === null ? 1 : -1);
    this.deltas.set(scope, { count, digest: held.digest ^ recordHash(record) });
  }

  /** Forgets what was drafted, after its rows were rolled back. */
  discardDraft(): void {
    for (const { change } of this.#draft.log) this.#outcomes.delete(change.id);
    this.#draft = emptyDraft();
  }

  /** Reads again what was thought not to exist: somebody made it meanwhile. */
  async reloadMissing(): Promise<void> {
    const missing = [...this.#rows].filter(([, record]) => record === null).map(([key]) => key);
    await this.#loadRecords(
      missing.map((key) => ({ collection: key.slice(0, key.indexOf('/')), id: key.slice(key.indexOf('/') + 1) })),
    );
  }
}

function emptyDraft(): Draft {
  return { records: new Map(), log: [], acceptances: [] };
}

function isMembershipOf(record: StoredRecord, patientIds: readonly string[]): boolean {
  return isBelonging(record) && patientIds.includes(record.values.patientId as string);
}
