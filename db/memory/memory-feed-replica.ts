import { type Accepting, acceptActions } from '../../lib/replication/accept.ts';
import type { FeedReplica } from '../../lib/replication/answer-exchange.ts';
import type { Action } from '../../lib/replication/change.ts';
import type {
  Acceptance,
  AcceptanceStore,
  FeedEntry,
  FeedIdentity,
  FeedLine,
  FeedReader,
  FeedRecord,
  FeedStanding,
  LoggedChange,
  ScopeHead,
} from '../../lib/replication/feed-store.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { World } from '../../lib/replication/judge.ts';
import { ERASED } from '../../lib/replication/key.ts';
import { encodeRow } from '../../lib/replication/layout.ts';
import { refOf } from '../../lib/replication/merge.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Judged } from '../../lib/replication/protocol/judged.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient, isBelonging, type ScopeId } from '../../lib/replication/scopes.ts';
import { CONFLICTS } from '../../lib/replication/suspects.ts';
import { advanceWatermark, NOTHING_RECEIVED, type Watermark } from '../../lib/replication/watermark.ts';

interface Scope {
  seq: number;
  count: number;
  digest: bigint;
  /** By record: it stands once, at its newest seq. */
  readonly lines: Map<string, { seq: number; entry: FeedEntry }>;
}

/**
 * A change in the log. `revised`: another outcome than the one first given, or than `held`, came. `emptied`: by an
 * erasure, or because it was let go.
 */
export interface KeptChange extends LoggedChange {
  readonly revised?: boolean;
  readonly emptied?: boolean;
}

/** The reference feed replica: what `db/postgres` must do, in plain maps. For the simulator and the contract suite. */
export class MemoryFeedReplica<A> implements FeedReplica {
  readonly records = new Map<string, StoredRecord>();
  readonly log: KeptChange[] = [];
  readonly scopes = new Map<ScopeId, Scope>();
  readonly origins = new Map<string, Watermark>();
  /** How far a backup of this root holds each origin's changes. */
  readonly backedUp = new Map<string, number>();
  /** At a relay: the records that its provisional conflicts may be about. */
  readonly suspects = new Map<string, RecordRef>();
  who: FeedIdentity;
  /** The world may depend on what is stored: permissions are records too. */
  readonly world: (records: ReadonlyMap<string, StoredRecord>) => World<A>;

  constructor(identity: FeedIdentity, world: (records: ReadonlyMap<string, StoredRecord>) => World<A>) {
    this.who = identity;
    this.world = world;
  }

  /** The scopes whose feeds are kept here: all. */
  carries(_scope: ScopeId): boolean {
    return true;
  }

  async life() {
    return this.who.epoch;
  }

  async carried() {
    return (scope: ScopeId) => this.carries(scope);
  }

  accepting(judged: readonly Judged[]): Accepting {
    const { root, recovering } = this.who;
    return { root, recovering, judged, carries: (scope) => this.carries(scope) };
  }

  async accept(actions: readonly Action[], judged: readonly Judged[] = [], world = this.world(this.records)) {
    return acceptActions(this.store(), world, actions, this.accepting(judged));
  }

  /** This replica as a sender meets it, of whom its world knows: `world` is asked anew for each batch. */
  judgedBy(world: () => World<A>): FeedReplica {
    return {
      life: this.life.bind(this),
      carried: this.carried.bind(this),
      accept: (actions, judged = []) => this.accept(actions, judged, world()),
      read: this.read.bind(this),
      standing: this.standing.bind(this),
      outlive: this.outlive.bind(this),
    };
  }

  async read<T>(reading: (reader: FeedReader) => Promise<T>): Promise<T> {
    return reading({
      heads: async (scopes) => scopes.map((scope) => this.head(scope)),
      readFeed: async (scope, seq, limit) => this.#lines(scope, seq, limit),
    });
  }

  async standing(origins: readonly string[], scopes: readonly ScopeId[]): Promise<FeedStanding> {
    return {
      identity: this.who,
      origins: await this.standingOf(origins),
      revised: this.revisedOf(origins),
      heads: scopes.map((scope) => this.head(scope)),
    };
  }

  async standingOf(origins: readonly string[]): Promise<ExchangeReply['origins']> {
    return Object.fromEntries(
      origins.map((origin) => {
        const received = this.origins.get(origin) ?? NOTHING_RECEIVED;
        return [origin, { received, backedUp: this.backedUp.get(origin) ?? 0 }];
      }),
    );
  }

  revisedOf(origins: readonly string[]): Outcome[] {
    const revised = this.log.filter((one) => one.revised === true && origins.includes(one.change.origin));
    return [...new Map(revised.map(({ outcome }) => [outcome.actionId, outcome])).values()];
  }

  /** Makes the id of a life that is greater than any before it. */
  newLife: () => string = () => this.who.rootEpoch;

  /** A root whose life is not the greatest would not be obeyed: it begins another. */
  async outlive(rootEpoch: string): Promise<void> {
    if (this.who.root && rootEpoch > this.who.rootEpoch) this.who = { ...this.who, rootEpoch: this.newLife() };
  }

  head(scope: ScopeId): ScopeHead {
    const held = this.scopes.get(scope);
    return { scope, seq: held?.seq ?? 0, count: held?.count ?? 0, digest: String(held?.digest ?? 0n) };
  }

  /** Number of the last change that this replica made itself. */
  ownSeq(): number {
    const own = this.log.filter(({ change }) => change.origin === this.who.replicaId);
    return own.reduce((greatest, { change }) => Math.max(greatest, change.originSeq), 0);
  }

  #lines(scope: ScopeId, seq: number, limit: number): FeedLine[] {
    const lines = [...(this.scopes.get(scope)?.lines.values() ?? [])].filter((line) => line.seq > seq);
    lines.sort((left, right) => left.seq - right.seq);
    return lines.slice(0, limit).map((line) => ({
      seq: line.seq,
      entry: line.entry,
      record: line.entry.leftStamp === null ? this.#read(line.entry) : null,
    }));
  }

  #read(entry: FeedEntry): FeedRecord<Json[]> {
    const record = this.records.get(refKey({ collection: entry.collection, id: entry.recordId }))!;
    return { row: (layout) => encodeRow(layout, record), bytes: JSON.stringify(record.values).length + 300 };
  }

  store(): AcceptanceStore {
    const all = () => [...this.records.values()];
    return {
      outcomesOf: async (ids) =>
        new Map(
          this.log.filter(({ change }) => ids.includes(change.id)).map(({ change, outcome }) => [change.id, outcome]),
        ),
      readLogged: async (actionIds) =>
        this.log
          .filter(({ change, emptied }) => actionIds.includes(change.actionId) && emptied !== true)
          .map(({ change }) => change),
      readRecords: async (refs) => refs.flatMap((ref) => this.records.get(refKey(ref)) ?? []),
      readUnlocked: async (refs) => refs.flatMap((ref) => this.records.get(refKey(ref)) ?? []),
      readMemberships: async (patientIds) =>
        all().filter((one) => isBelonging(one) && patientIds.includes(one.values.patientId as string)),
      readCharts: async (patientIds) =>
        all().filter(
          (one) =>
            patientIds.includes(one.values.patientId as string) ||
            (one.collection === 'patients' && patientIds.includes(one.id)),
        ),
      readConflicts: async (about) => {
        const keys = new Set(about.map(refKey));
        return all().filter((one) => one.collection === CONFLICTS && keys.has(keyOfSubject(one)));
      },
      readAppliedChanges: async (refs) => {
        const keys = new Set(refs.map(refKey));
        const applied = this.log.filter(({ outcome, emptied }) => outcome.result === 'applied' && emptied !== true);
        return applied.map(({ change }) => change).filter((change) => keys.has(refKey(refOf(change))));
      },
      takeOwnNumbers: async () => ({ replicaId: this.who.replicaId, first: this.ownSeq() + 1 }),
      write: async (acceptance) => this.#write(acceptance),
    };
  }

  #write(acceptance: Acceptance): void {
    for (const record of [...acceptance.created, ...acceptance.updated]) this.records.set(refKey(record), record);
    for (const ref of acceptance.suspects) this.suspects.set(refKey(ref), ref);
    const logged = [...acceptance.log, ...acceptance.noted];
    this.log.push(...logged);
    for (const { change, outcome } of acceptance.revised) this.revise(change.id, outcome);
    this.emptyErased([...acceptance.created, ...acceptance.updated, ...logged.map(({ change }) => refOf(change))]);
    for (const origin of new Set(logged.map(({ change }) => change.origin))) {
      const held = this.origins.get(origin) ?? NOTHING_RECEIVED;
      const stored = this.log.map(({ change }) => change).filter((change) => change.origin === origin);
      this.origins.set(origin, advanceWatermark(held, stored));
    }
    for (const { scope, count, digest } of acceptance.deltas) {
      const held = this.#scope(scope);
      held.count += count;
      held.digest ^= digest;
    }
    for (const entry of acceptance.feed) {
      const held = this.#scope(entry.scope);
      held.seq += 1;
      held.lines.set(refKey({ collection: entry.collection, id: entry.recordId }), { seq: held.seq, entry });
    }
  }

  /** Puts a record at the end of a scope's feed, as one that was not in it. */
  feed(scope: ScopeId, record: StoredRecord): void {
    const held = this.#scope(scope);
    held.seq += 1;
    held.count += 1;
    held.digest ^= recordHash(record);
    const entry = { scope, collection: record.collection, recordId: record.id, leftStamp: null };
    held.lines.set(refKey(record), { seq: held.seq, entry });
  }

  /** Takes a record out of a scope, and says so at the end of its feed. */
  leave(scope: ScopeId, record: StoredRecord, leftStamp: string): void {
    const held = this.#scope(scope);
    held.seq += 1;
    held.count -= 1;
    held.digest ^= recordHash(record);
    const entry = { scope, collection: record.collection, recordId: record.id, leftStamp };
    held.lines.set(refKey(record), { seq: held.seq, entry });
  }

  clinicsOf(patientId: string | null): string[] {
    const own = [...this.records.values()].filter((one) => isBelonging(one) && one.values.patientId === patientId);
    return patientId === null ? [] : clinicsOfPatient(own);
  }

  /** Gives a change in the log another outcome. */
  revise(changeId: string, outcome: Outcome): void {
    const index = this.log.findIndex(({ change }) => change.id === changeId);
    const held = this.log[index];
    if (held === undefined) return;
    const { result } = held.outcome;
    const revised = held.revised === true || result !== outcome.result || result === 'held';
    this.log[index] = { ...held, outcome: { ...outcome, duplicate: false }, revised };
  }

  /** Empties what the log holds of those of these records that are erased; of what the root has not, once it has. */
  emptyErased(of: readonly RecordRef[]): void {
    const erased = new Set(of.map(refKey).filter((key) => this.records.get(key)?.values[ERASED] === true));
    if (erased.size === 0) return;
    for (const [index, kept] of this.log.entries()) {
      const { change, outcome } = kept;
      if (change.kind === 'erase' || !outcome.confirmed || !erased.has(refKey(refOf(change)))) continue;
      this.empty(index);
    }
  }

  /** Empties what stands there in the log. */
  empty(index: number): void {
    const kept = this.log[index]!;
    this.log[index] = { ...kept, change: { ...kept.change, fields: {}, replaced: {}, reason: null }, emptied: true };
  }

  #scope(id: ScopeId): Scope {
    const held = this.scopes.get(id) ?? { seq: 0, count: 0, digest: 0n, lines: new Map() };
    this.scopes.set(id, held);
    return held;
  }
}

function keyOfSubject({ values }: StoredRecord): string {
  return refKey({ collection: values.collection as string, id: values.recordId as string });
}
