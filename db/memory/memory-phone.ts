import {
  appliedByRecord,
  type Departure,
  departuresIn,
  type HeldRecord,
  hasDeparted,
  isReleased,
  isWaiting,
  moreUnchecked,
  pendingByRecord,
  rebaseRecord,
  recordsOf,
  refusedByRecord,
  settleOutbox,
  type Unchecked,
} from '../../lib/replication/apply-reply.ts';
import { type Author, authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import { correctClock, NEW_CLOCK, observeStamps } from '../../lib/replication/clock.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import type { DownstreamStore, Outgoing, Timing } from '../../lib/replication/exchange.ts';
import { chainAfter, type OutboxEntry, takeBatch } from '../../lib/replication/outbox.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import type { Declared } from '../../lib/replication/read-pages.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { MEMBERSHIPS, patientOf, type ScopeId } from '../../lib/replication/scopes.ts';

/** What a phone keeps: replaced as a whole, so that a crash between two states cannot be represented. */
interface PhoneState {
  readonly origin: Origin;
  readonly chain: string;
  readonly outbox: readonly OutboxEntry[];
  readonly records: ReadonlyMap<string, HeldRecord>;
  readonly epoch: string | null;
  readonly cursors: Readonly<Record<ScopeId, number>>;
  readonly scopes: readonly ScopeId[];
  /** Patients who left and could not be let go yet. */
  readonly waiting: readonly Departure[];
  readonly unchecked: Unchecked;
}

/** The reference phone: what `db/device` must do, in plain maps. */
export class MemoryPhone implements DownstreamStore {
  state: PhoneState;
  readonly #declared: Declared;
  readonly #schema: number;
  readonly #deviceMs: () => number;
  readonly #newId: () => string;

  constructor(replicaId: string, declared: Declared, schema: number, deviceMs: () => number, newId: () => string) {
    this.#declared = declared;
    this.#schema = schema;
    this.#deviceMs = deviceMs;
    this.#newId = newId;
    const origin = { replicaId, seq: 0, clock: NEW_CLOCK };
    const nothingRead = { epoch: null, cursors: {}, scopes: [], waiting: [], unchecked: [] };
    this.state = { origin, chain: '', outbox: [], records: new Map(), ...nothingRead };
  }

  /** Records, outbox and clock together, or nothing. */
  commit(edits: readonly Edit[], author: Author): string | null {
    const now = { deviceMs: this.#deviceMs(), at: new Date(this.#deviceMs()).toISOString(), schema: this.#schema };
    const held = (ref: RecordRef) => this.shown(ref);
    const shown = () => [...this.state.records.values()].map((record) => record.shown);
    const below = (record: StoredRecord) => recordsBelow(this.#declared, record, shown());
    const authored = authorAction(edits, held, author, this.state.origin, now, this.#newId, below);
    if (authored === null) return null;
    const entry: OutboxEntry = { action: authored.action, state: 'pending', refusal: null };
    const outbox = [...this.state.outbox, entry];
    const chain = chainAfter(this.state.chain, authored.action.changes);
    const records = new Map(this.state.records);
    for (const [key, pending] of pendingByRecord([entry])) {
      const before = records.get(key);
      const after = rebaseRecord(
        before,
        undefined,
        [],
        [...(pendingByRecord(this.state.outbox).get(key) ?? []), ...pending],
      );
      if (after !== null) records.set(key, after);
    }
    this.state = { ...this.state, origin: authored.origin, chain, outbox, records };
    return authored.action.id;
  }

  shown(ref: RecordRef): StoredRecord | undefined {
    return this.state.records.get(refKey(ref))?.shown;
  }

  async readOutgoing(limits: { maxChanges: number; maxBytes: number }): Promise<Outgoing> {
    const { origin, chain, outbox, epoch, cursors } = this.state;
    return {
      replicaId: origin.replicaId,
      schema: this.#schema,
      clock: origin.clock,
      origins: { [origin.replicaId]: { seq: origin.seq, chain } },
      actions: takeBatch(outbox, limits.maxChanges, limits.maxBytes),
      epoch,
      cursors,
    };
  }

  async applyReply(reply: ExchangeReply, timing: Timing): Promise<void> {
    const { outbox, origin } = this.state;
    const incoming = new Map(reply.pages.flatMap((page) => recordsOf(page.tables)).map((one) => [refKey(one), one]));
    const applied = appliedByRecord(outbox, reply.outcomes);
    const refused = refusedByRecord(outbox, reply.outcomes);
    const settled = settleOutbox(outbox, reply.outcomes);
    const pending = pendingByRecord(settled);
    const records = new Map(this.state.records);
    for (const key of new Set([...incoming.keys(), ...applied.keys(), ...refused.keys()])) {
      const after = rebaseRecord(records.get(key), incoming.get(key), applied.get(key) ?? [], pending.get(key) ?? []);
      if (after === null) records.delete(key);
      else records.set(key, after);
    }
    const settledKeys = new Set([...applied.keys(), ...refused.keys()]);
    const held = this.#letGo(records, reply, pending, settledKeys);
    const stamps = [...incoming.values()].flatMap((record) => Object.values(record.stamps));
    const corrected = correctClock(origin.clock, timing.sentMs, timing.receivedMs, reply.clock);
    const clock = observeStamps(corrected, timing.receivedMs, stamps);
    const cursors = reply.cursors;
    this.state = {
      ...this.state,
      origin: { ...this.state.origin, clock },
      outbox: settled,
      records,
      epoch: reply.epoch,
      cursors,
      scopes: reply.scopes,
      ...held,
    };
  }

  /** A page of a first sync: merged like any row; `cursors` come with the last page. */
  applySnapshotPage(page: SnapshotPage): void {
    const records = new Map(this.state.records);
    const pending = pendingByRecord(this.state.outbox);
    for (const record of recordsOf(page.tables)) {
      const key = refKey(record);
      const after = rebaseRecord(records.get(key), record, [], pending.get(key) ?? []);
      if (after !== null) records.set(key, after);
    }
    const last = page.token === null ? { epoch: page.epoch, cursors: page.cursors } : {};
    this.state = { ...this.state, records, scopes: page.scopes, ...last };
  }

  /** Lets go of the charts that left a scope, and of what no scope held any more covers; never of what is pending. */
  #letGo(
    records: Map<string, HeldRecord>,
    reply: ExchangeReply,
    pending: ReadonlyMap<string, unknown>,
    settled: ReadonlySet<string>,
  ): Pick<PhoneState, 'waiting' | 'unchecked'> {
    const before = new Map(records);
    const departures = departuresIn(reply.epoch === this.state.epoch ? this.state.waiting : [], reply.pages);
    const touched = [...settled].map((key) => this.state.records.get(key)?.shown);
    const patients = touched.map((record) => (record === undefined ? null : this.#patientOf(record)));
    const ids = patients.filter((id) => id !== null);
    const unchecked = moreUnchecked(this.state.unchecked, ids, this.state.scopes, reply.scopes);
    for (const [key, { shown }] of before) {
      const collection = this.#declared(shown.collection);
      if (collection === undefined || pending.has(key)) continue;
      const patientId = patientOf(collection, shown);
      const { stored, either } = membershipsOf(before, patientId);
      const own = departures.filter((one) => one.left.id === patientId);
      const complete = !reply.more && (unchecked === 'all' || unchecked.includes(patientId ?? ''));
      const released = isReleased(collection, shown, stored, reply.scopes, complete);
      if (released || hasDeparted(own, either, reply.scopes)) records.delete(key);
    }
    const waiting = departures.filter((one) => {
      const mine = [...records].filter(([, { shown }]) => this.#patientOf(shown) === one.left.id);
      const hasPending = mine.some(([key]) => pending.has(key));
      return isWaiting(one, membershipsOf(records, one.left.id).either, hasPending);
    });
    return { waiting, unchecked: reply.more ? unchecked : [] };
  }

  #patientOf(record: StoredRecord): string | null {
    const collection = this.#declared(record.collection);
    return collection === undefined ? null : patientOf(collection, record);
  }

  /** Count and digest of the stored records that `belongs` names, from this phone's own rows. */
  digest(belongs: (record: StoredRecord) => boolean): { count: number; digest: string } {
    const stored = [...this.state.records.values()].flatMap((held) => held.stored ?? []).filter(belongs);
    const digest = stored.reduce((sum, record) => sum ^ recordHash(record), 0n);
    return { count: stored.length, digest: String(digest) };
  }
}

/** A patient's memberships as the upstream has them, and with what is shown here beside them. */
function membershipsOf(records: ReadonlyMap<string, HeldRecord>, patientId: string | null) {
  const held = [...records.values()].filter(
    ({ shown }) => shown.collection === MEMBERSHIPS && shown.values.patientId === patientId,
  );
  const stored = held.flatMap((one) => one.stored ?? []);
  return { stored, either: [...stored, ...held.map((one) => one.shown)] };
}
