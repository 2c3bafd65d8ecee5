import { acceptRows } from '../../lib/replication/accept.ts';
import { NOTHING_READ, type Reading, readAfter, recordsOf } from '../../lib/replication/apply-reply.ts';
import type { Action } from '../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { lifeOf } from '../../lib/replication/confirmation.ts';
import type { Asked, DownstreamStore, Limits, Outgoing } from '../../lib/replication/exchange.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import type { World } from '../../lib/replication/judge.ts';
import { refOf } from '../../lib/replication/merge.ts';
import { takeBatch } from '../../lib/replication/outbox.ts';
import type { ExchangeReply, OriginStanding } from '../../lib/replication/protocol/exchange-reply.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { patientOf, type ScopeId, scopesOf } from '../../lib/replication/scopes.ts';
import { MemoryFeedReplica } from './memory-feed-replica.ts';

/**
 * The reference relay: a feed replica towards its phones, a downstream towards its root. It judges what it is the
 * first to receive, hands on everything unchanged with what it decided, and passes confirmations down.
 */
export class MemoryRelay<A> extends MemoryFeedReplica<A> implements DownstreamStore {
  #reading: Reading = NOTHING_READ;
  #version = 0;
  /** What the root says of each origin: passed down as it is. */
  readonly #atRoot = new Map<string, OriginStanding>();
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
    const waiting = this.log.filter(({ outcome }) => !outcome.confirmed);
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
    const { reading, pages } = readAfter(this.#reading, reply, life === 'new');
    const before = this.#reading.scopes;
    this.#reading = reading;
    this.#feedAnew(before);
    const rows = pages.flatMap((page) => recordsOf(page.tables));
    await acceptRows(this.store(), this.world(this.records), (scope) => this.carries(scope), rows);
    this.#letGo();
  }

  /** Becomes the relay of a root: what it decided as a root is handed on. */
  attach(): void {
    this.who = { ...this.who, root: false };
    this.#forgetConfirmed(this.who.rootEpoch);
  }

  #forgetConfirmed(rootEpoch: string): void {
    this.who = { ...this.who, rootEpoch };
    this.#atRoot.clear();
    for (const [index, { change, outcome, revised = false }] of this.log.entries())
      this.log[index] = { change, outcome: { ...outcome, confirmed: false }, revised };
  }

  #confirm({ outcomes, origins }: ExchangeReply): void {
    for (const outcome of outcomes) {
      if (!outcome.confirmed) continue;
      for (const id of outcome.changeIds) this.revise(id, outcome);
    }
    for (const [origin, standing] of Object.entries(origins)) this.#atRoot.set(origin, standing);
  }

  /** Scopes gained are filled with what is here of them; of those lost nothing is fed any more. */
  #feedAnew(before: readonly ScopeId[]): void {
    const gained = this.#reading.scopes.filter((scope) => !before.includes(scope));
    for (const scope of before) if (!this.#reading.scopes.includes(scope)) this.unfeed(scope);
    for (const record of this.records.values()) {
      for (const scope of this.#scopesOf(record)) if (gained.includes(scope)) this.feed(scope, record);
    }
  }

  /** Nothing of another clinic stays here, once the root has what was made of it. */
  #letGo(): void {
    const unconfirmed = new Set(
      this.log.filter(({ outcome }) => !outcome.confirmed).map(({ change }) => refKey(refOf(change))),
    );
    for (const [key, record] of [...this.records]) {
      const isOrphan = record.collection !== 'patients' && !this.#hasPatient(record);
      if (!unconfirmed.has(key) && !isOrphan && this.#scopesOf(record).length === 0) this.records.delete(key);
    }
  }

  #hasPatient(record: StoredRecord): boolean {
    const collection = this.world(this.records).collectionNamed(record.collection);
    const patientId = collection === undefined ? null : patientOf(collection, record);
    return patientId === null || this.records.has(refKey({ collection: 'patients', id: patientId }));
  }

  #scopesOf(record: StoredRecord): ScopeId[] {
    const collection = this.world(this.records).collectionNamed(record.collection);
    if (collection === undefined) return [];
    const clinics = this.clinicsOf(patientOf(collection, record));
    return scopesOf(collection, record, clinics).filter((scope) => this.carries(scope));
  }
}
