import { acceptRows } from '../../lib/replication/accept.ts';
import {
  type Departure,
  departuresIn,
  hasDeparted,
  isWaiting,
  NOTHING_READ,
  type Reading,
  readAfter,
  recordsOf,
} from '../../lib/replication/apply-reply.ts';
import type { Action } from '../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { isForgotten, lifeOf } from '../../lib/replication/confirmation.ts';
import type { Asked, DownstreamStore, Limits, Outgoing } from '../../lib/replication/exchange.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import { isReplaced, mismatch, readAnew, repair, type Walk, walkAfter } from '../../lib/replication/healing.ts';
import type { World } from '../../lib/replication/judge.ts';
import { refOf } from '../../lib/replication/merge.ts';
import { takeBatch } from '../../lib/replication/outbox.ts';
import type { ExchangeReply, OriginStanding } from '../../lib/replication/protocol/exchange-reply.ts';
import { type Provisional, provisionalConflicts, stillSuspect } from '../../lib/replication/provisional-conflicts.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { isBelonging, patientOf, type ScopeId, scopesOf } from '../../lib/replication/scopes.ts';
import type { Stamp } from '../../lib/replication/stamp.ts';
import type { WitnessStore } from '../../lib/replication/witness.ts';
import { MemoryFeedReplica } from './memory-feed-replica.ts';

/**
 * The reference relay: a feed replica towards its phones, a downstream towards its root. It judges what it is the
 * first to receive, hands on everything unchanged with what it decided, and passes confirmations down.
 */
export class MemoryRelay<A> extends MemoryFeedReplica<A> implements DownstreamStore {
  #reading: Reading = NOTHING_READ;
  #version = 0;
  #walk: Walk | null = null;
  /** The root's sums that this relay last read everything anew for. */
  healed = '';
  /** Patients who left and whose charts could not be let go yet. */
  #waiting: readonly Departure[] = [];
  /** What the root says of each origin: passed down as it is. */
  readonly #atRoot = new Map<string, OriginStanding>();
  /** By change that the root has, of a record that is not held here: since when both was so. */
  readonly #letGoAtMs = new Map<string, number>();
  readonly #schema: number;

  constructor(identity: FeedIdentity, world: (records: ReadonlyMap<string, StoredRecord>) => World<A>, schema: number) {
    super(identity, world);
    this.#schema = schema;
  }

  override carries(scope: ScopeId): boolean {
    return this.who.root || this.#reading.scopes.includes(scope);
  }

  override async standingOf(origins: readonly string[]): Promise<ExchangeReply['origins']> {
    const own = await super.standingOf(origins);
    if (this.who.root) return own;
    return Object.fromEntries(
      Object.entries(own).map(([origin, { received }]) => {
        const root = this.#atRoot.get(origin);
        const confirmed = root?.confirmed ?? root?.received ?? { seq: 0, chain: '' };
        return [origin, { received, confirmed, backedUp: root?.backedUp ?? 0 }];
      }),
    );
  }

  async readOutgoing({ maxChanges, maxBytes }: Limits): Promise<Outgoing> {
    const { epoch, cursors } = this.#reading;
    const waiting = this.log.filter(({ outcome, emptied }) => !outcome.confirmed && emptied !== true);
    const actions = new Map<string, Action>();
    for (const { change } of waiting) {
      const changes = [...(actions.get(change.actionId)?.changes ?? []), change];
      actions.set(change.actionId, { id: change.actionId, changes });
    }
    const batch = takeBatch(actions.values(), maxChanges, maxBytes);
    const outcomes = new Map(waiting.map(({ outcome }) => [outcome.actionId, outcome]));
    return {
      replicaId: this.who.replicaId,
      schema: this.#schema,
      clock: NEW_CLOCK,
      origins: Object.fromEntries(this.origins),
      actions: batch,
      judged: batch.map(({ id }) => {
        const { result, refusal } = outcomes.get(id)!;
        return { actionId: id, result, refusal };
      }),
      rootEpoch: this.who.rootEpoch,
      epoch,
      cursors: epoch === null ? {} : (cursors[epoch] ?? {}),
      version: this.#version,
    };
  }

  async applyReply(reply: ExchangeReply, asked: Asked): Promise<void> {
    if (asked.version !== this.#version) return;
    this.#version += 1;
    const life = lifeOf(this.who.rootEpoch, reply.rootEpoch);
    if (life === 'new') this.#forgetConfirmed(reply.rootEpoch);
    if (life !== 'old') this.#confirm(reply);
    const { reading, pages, complete } = readAfter(this.#reading, reply, life);
    const read = this.#reading;
    this.#reading = reading;
    this.#feedAnew(read.scopes);
    const rows = pages.flatMap((page) => recordsOf(page.tables));
    const unconfirmed = this.#unconfirmed();
    const replaces = (held: StoredRecord, row: StoredRecord) =>
      !unconfirmed.has(refKey(held)) && isReplaced(this.#walk, reply.epoch, held, row);
    await acceptRows(this.store(), this.world(this.records), (scope) => this.carries(scope), rows, replaces);
    this.#depart(departuresIn(this.#waiting, pages));
    if (complete) this.#letGo();
    if (complete) await this.#forgetSuspects();
    this.#heal(reply, read, life === 'same', complete, rows.map(refKey));
    this.#forgetLetGo(asked.receivedMs);
  }

  /** What the root has of records that are not held here leaves the log as a phone's work leaves its outbox. */
  #forgetLetGo(nowMs: number): void {
    const standings = Object.fromEntries(this.#atRoot);
    for (const [index, { change, outcome }] of this.log.entries()) {
      if (change.kind === 'erase') continue;
      if (!outcome.confirmed || this.records.has(refKey(refOf(change)))) {
        this.#letGoAtMs.delete(change.id);
        continue;
      }
      const confirmedAtMs = this.#letGoAtMs.get(change.id) ?? nowMs;
      this.#letGoAtMs.set(change.id, confirmedAtMs);
      const { origin, originSeq: lastSeq } = change;
      if (isForgotten({ origin, lastSeq, state: 'confirmed', confirmedAtMs }, standings, nowMs)) this.empty(index);
    }
  }

  /** Reads everything anew when the root's sums differ although it has everything of here; and ends such a walk. */
  #heal(reply: ExchangeReply, before: Reading, sameRoot: boolean, complete: boolean, brought: string[]): void {
    const { walk, over } = walkAfter(this.#walk, before, reply, sameRoot, complete, brought);
    this.#walk = walk;
    const unconfirmed = this.#unconfirmed();
    if (over !== null) {
      const missed = [...this.records.values()].filter((record) => !over.has(refKey(record)));
      // A chart stays whole while the root has not all of it: when it has, its sums differ, and it is read once more.
      const waiting = [...unconfirmed].flatMap((key) => this.records.get(key) ?? []);
      const staying = new Set(waiting.flatMap((record) => this.#patientOf(record) ?? []));
      const stays = (record: StoredRecord) =>
        unconfirmed.has(refKey(record)) || staying.has(this.#patientOf(record) ?? '');
      this.#drop(
        missed.filter((record) => !stays(record)),
        '',
      );
    }
    if (!complete || reply.recovering === true || unconfirmed.size > 0) return;
    const own = Object.fromEntries(this.#reading.scopes.map((scope) => [scope, this.head(scope)]));
    const told = mismatch(reply, own);
    if (told === '' || told === this.healed) return;
    this.healed = told;
    this.#walk = repair(reply.epoch);
    this.#reading = readAnew(this.#reading, reply.epoch, false);
  }

  /** Becomes the relay of a root: what it decided as a root is handed on. */
  attach(): void {
    for (const scope of this.scopes.keys()) this.#giveUp(scope);
    this.who = { ...this.who, root: false };
    this.#forgetConfirmed(this.who.rootEpoch);
  }

  #forgetConfirmed(rootEpoch: string): void {
    this.who = { ...this.who, rootEpoch };
    this.#atRoot.clear();
    for (const [index, kept] of this.log.entries())
      this.log[index] = { ...kept, outcome: { ...kept.outcome, confirmed: false } };
  }

  #confirm({ outcomes, origins }: ExchangeReply): void {
    for (const outcome of outcomes) {
      if (!outcome.confirmed) continue;
      for (const id of outcome.changeIds) this.revise(id, outcome);
      const own = this.log.filter(({ change }) => outcome.changeIds.includes(change.id));
      this.emptyErased(own.map(({ change }) => refOf(change)));
    }
    for (const [origin, standing] of Object.entries(origins)) this.#atRoot.set(origin, standing);
  }

  /** Scopes gained are filled with what is here of them; of those lost nothing is fed any more. */
  #feedAnew(before: readonly ScopeId[]): void {
    const gained = this.#reading.scopes.filter((scope) => !before.includes(scope));
    for (const scope of before) if (!this.#reading.scopes.includes(scope)) this.#giveUp(scope);
    for (const record of this.records.values()) {
      for (const scope of this.#scopesOf(record)) if (gained.includes(scope)) this.feed(scope, record);
    }
  }

  #giveUp(scope: ScopeId): void {
    for (const [key, { entry }] of [...(this.scopes.get(scope)?.lines ?? [])])
      if (entry.leftStamp === null) this.leave(scope, this.records.get(key)!, '');
  }

  /**
   * Charts whose patients left. The membership that ended is in no scope of this relay any more, so nothing but the
   * departure tells of it; it is passed on to the phones. What is not at the root yet keeps its chart here.
   */
  #depart(departures: readonly Departure[]): void {
    const unconfirmed = this.#unconfirmed();
    this.#waiting = departures.filter((one) => {
      const chart = [...this.records.values()].filter((record) => this.#patientOf(record) === one.left.id);
      const own = departures.filter((other) => other.left.id === one.left.id);
      const hasWork = chart.some((record) => unconfirmed.has(refKey(record)));
      const memberships = chart.filter(isBelonging);
      if (!hasWork && hasDeparted(own, memberships, this.#reading.scopes)) {
        this.#drop(chart, one.left.stamp);
        return false;
      }
      return isWaiting(one, memberships, hasWork);
    });
  }

  #drop(chart: readonly StoredRecord[], stamp: Stamp): void {
    // All of them first: where they stand follows from memberships that are among them.
    const standing = chart.map((record) => ({ record, scopes: this.#scopesOf(record) }));
    for (const { record, scopes } of standing) {
      for (const scope of scopes) this.leave(scope, record, stamp);
      this.records.delete(refKey(record));
    }
  }

  #unconfirmed(): Set<string> {
    const waiting = this.log.filter(({ outcome, emptied }) => !outcome.confirmed && emptied !== true);
    return new Set(waiting.map(({ change }) => refKey(refOf(change))));
  }

  #patientOf(record: StoredRecord): string | null {
    const collection = this.world(this.records).collectionNamed(record.collection);
    return collection === undefined ? null : patientOf(collection, record);
  }

  /**
   * What stands in no scope of this relay stays no longer, once the root has what was made of it. Asked when everything
   * was read: before that the membership which brings a chart here may be on the next page.
   */
  #letGo(): void {
    const unconfirmed = this.#unconfirmed();
    for (const [key, record] of [...this.records])
      if (!unconfirmed.has(key) && this.#scopesOf(record).length === 0) this.records.delete(key);
  }

  /** What people at this hub are shown until the root has judged it. */
  async provisional(): Promise<readonly Provisional[]> {
    return provisionalConflicts(this.store(), this.world(this.records).collectionNamed, [...this.suspects.values()]);
  }

  async #forgetSuspects(): Promise<void> {
    const unconfirmed = new Set(this.log.filter((one) => !one.outcome.confirmed).map(({ change }) => change.id));
    const kept = stillSuspect(await this.provisional(), ({ id }) => unconfirmed.has(id));
    for (const key of this.suspects.keys()) if (!kept.has(key)) this.suspects.delete(key);
  }

  /** What this relay can say to a root that was restored: every row, chart by chart. */
  witness(): WitnessStore {
    const charts = async function* (relay: MemoryRelay<A>) {
      yield [...relay.records.values()];
    };
    return { replicaId: this.who.replicaId, charts: () => charts(this), letGo: async () => undefined };
  }

  #scopesOf(record: StoredRecord): ScopeId[] {
    const collection = this.world(this.records).collectionNamed(record.collection);
    if (collection === undefined) return [];
    const clinics = this.clinicsOf(patientOf(collection, record));
    return scopesOf(collection, record, clinics).filter((scope) => this.carries(scope));
  }
}
