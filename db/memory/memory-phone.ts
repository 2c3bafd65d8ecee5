import {
  appliedByRecord,
  type Departure,
  departuresIn,
  type HeldRecord,
  hasDeparted,
  isReleased,
  isWaiting,
  moreUnchecked,
  NOTHING_READ,
  pendingByRecord,
  type Reading,
  readAfter,
  rebaseRecord,
  recordsOf,
  type Unchecked,
  withdrawnByRecord,
} from '../../lib/replication/apply-reply.ts';
import { type Author, authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import { correctClock, NEW_CLOCK, observeStamps } from '../../lib/replication/clock.ts';
import { isForgotten, lifeOf, settleOutbox } from '../../lib/replication/confirmation.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import type { Asked, DownstreamStore, Limits, Outgoing } from '../../lib/replication/exchange.ts';
import {
  isFromRoot,
  isLost,
  isReplaced,
  mismatch,
  readAnew,
  repair,
  type Walks,
  walkAfter,
  walksAfter,
} from '../../lib/replication/healing.ts';
import { isOffered, newEntry, type OutboxEntry, takeBatch, takenWhere } from '../../lib/replication/outbox.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { SnapshotPage } from '../../lib/replication/protocol/snapshot.ts';
import type { Declared } from '../../lib/replication/read-pages.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { patientOf } from '../../lib/replication/scopes.ts';
import type { WitnessStore } from '../../lib/replication/witness.ts';
import { emptied } from './empty-erased.ts';
import { changesOf, digestsOf, isUnsettled, letGoUnbrought, mayStayReplaced, membershipsOf } from './held-records.ts';

/** What a phone keeps: replaced as a whole, so that a crash between two states cannot be represented. */
interface PhoneState {
  readonly origin: Origin;
  readonly chain: string;
  readonly outbox: readonly OutboxEntry[];
  readonly records: ReadonlyMap<string, HeldRecord>;
  readonly reading: Reading;
  /** The greatest life of a root seen; null before the first reply. */
  readonly rootEpoch: string | null;
  /** Replies applied. */
  readonly version: number;
  /** What a new life of the feed has brought so far, until it was read to its end. */
  readonly walks: Walks;
  /** The root's sums that this phone last read everything anew for. */
  readonly healed: string;
  /** What repairs replaced and is not held again: for a person to see. */
  readonly replaced: readonly StoredRecord[];
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
    const nothingRead = { reading: NOTHING_READ, rootEpoch: null, version: 0, walks: {}, healed: '', replaced: [] };
    const nothingHeld = { outbox: [], records: new Map(), waiting: [], unchecked: [] };
    this.state = { origin, chain: '', ...nothingRead, ...nothingHeld };
  }

  /** Records, outbox and clock together, or nothing. */
  commit(edits: readonly Edit[], author: Author): string | null {
    const now = { deviceMs: this.#deviceMs(), at: new Date(this.#deviceMs()).toISOString(), schema: this.#schema };
    const held = (ref: RecordRef) => this.shown(ref);
    const shown = () => [...this.state.records.values()].map((record) => record.shown);
    const below = (record: StoredRecord) => recordsBelow(this.#declared, record, shown());
    const authored = authorAction(edits, held, author, this.state.origin, now, this.#newId, below);
    if (authored === null) return null;
    const entry = newEntry(authored.action, this.state.chain);
    const outbox = [...this.state.outbox, ...emptied([entry], this.state.records)];
    const { chain } = entry;
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

  async readOutgoing({ maxChanges, maxBytes, again = false }: Limits): Promise<Outgoing> {
    const { origin, chain, outbox, version, reading, rootEpoch } = this.state;
    const { epoch, cursors } = reading;
    const offered = outbox.filter((entry) => isOffered(entry, epoch));
    const others = outbox.filter((one) => again && one.state === 'received' && one.origin !== origin.replicaId);
    const entries = [...offered, ...others.filter((one) => !offered.includes(one))];
    const isTaken = takenWhere((clinicId) => !reading.notHere.includes(clinicId));
    const actions = entries.map((entry) => entry.action).filter(isTaken);
    return {
      replicaId: origin.replicaId,
      schema: this.#schema,
      clock: origin.clock,
      origins: { ...this.#formerOrigins(), [origin.replicaId]: { seq: origin.seq, chain } },
      actions: takeBatch(actions, maxChanges, maxBytes),
      epoch,
      cursors: epoch === null ? {} : (cursors[epoch] ?? {}),
      rootEpoch,
      version,
    };
  }

  async applyReply(reply: ExchangeReply, asked: Asked): Promise<void> {
    const before = this.state;
    if (asked.version !== before.version) return;
    const nowMs = asked.receivedMs;
    const own = { replicaId: before.origin.replicaId, seq: before.origin.seq, chain: before.chain };
    const settled = settleOutbox(before.outbox, ({ action }) => action.id, own, before.rootEpoch, reply, nowMs);
    const life = lifeOf(before.rootEpoch, reply.rootEpoch);
    const { reading, pages, complete } = readAfter(before.reading, reply, life);
    const incoming = new Map(pages.flatMap((page) => recordsOf(page.tables)).map((one) => [refKey(one), one]));
    const applied = appliedByRecord(before.outbox, settled.entries);
    const refused = withdrawnByRecord(before.outbox, settled.entries);
    const pending = pendingByRecord(settled.entries);
    const records = new Map(before.records);
    const unsettled = new Set(changesOf(settled.entries.filter(isUnsettled)));
    const begun = before.walks[reply.epoch] ?? null;
    const walked = walkAfter(begun, before.reading, reply, life === 'same', complete, incoming.keys());
    const walking = walked.walk ?? (walked.over === null ? null : begun);
    const replaced = [...incoming].flatMap(([key, row]) => {
      const held = unsettled.has(key) ? null : (records.get(key)?.stored ?? null);
      if (held === null || !isReplaced(walking, reply.epoch, held, row)) return [];
      records.delete(key);
      return [held];
    });
    for (const key of new Set([...incoming.keys(), ...applied.keys(), ...refused.keys()])) {
      const after = rebaseRecord(records.get(key), incoming.get(key), applied.get(key) ?? [], pending.get(key) ?? []);
      if (after === null) records.delete(key);
      else records.set(key, after);
    }
    const settledKeys = new Set([...applied.keys(), ...refused.keys()]);
    const { isKept, ...held } = this.#letGo(
      records,
      { ...reply, pages: [...pages] },
      reading,
      complete,
      pending,
      settledKeys,
    );
    const unbrought = walked.over === null ? [] : letGoUnbrought(records, walked.over, unsettled);
    const gone = [...before.replaced.filter(isKept), ...replaced, ...(walking?.repairs === true ? unbrought : [])];
    const isThinner = unbrought.length > 0;
    const differs = complete ? this.#differs(records, reply, settled.entries) : '';
    const walk = differs === '' ? walked.walk : repair(reply.epoch);
    const isAnew = differs !== '' || isThinner;
    const anew = isAnew ? readAnew(reading, reply.epoch, differs === '') : reading;
    const stamps = [...incoming.values()].flatMap((record) => Object.values(record.stamps));
    const corrected = correctClock(before.origin.clock, asked.sentMs, nowMs, reply.clock);
    const clock = observeStamps(corrected, nowMs, stamps);
    this.state = {
      ...before,
      // Under its numbers another replica writes as well: it goes on as a new one.
      origin: settled.forked ? { replicaId: this.#newId(), seq: 0, clock } : { ...before.origin, clock },
      chain: settled.forked ? '' : before.chain,
      outbox: emptied(settled.entries, records).filter((entry) => !isForgotten(entry, reply.origins, nowMs)),
      records,
      reading: anew,
      healed: differs === '' ? before.healed : differs,
      replaced: gone.filter((one) => isLost(one, records.get(refKey(one))?.stored ?? undefined)),
      rootEpoch: settled.rootEpoch,
      version: before.version + 1,
      walks: walksAfter(before.walks, reply.epoch, walk, isAnew),
      ...held,
    };
  }

  /** Do the root's sums differ although nothing is on its way? Asked once for each state of them. */
  #differs(records: ReadonlyMap<string, HeldRecord>, reply: ExchangeReply, outbox: readonly OutboxEntry[]): string {
    if (!isFromRoot(reply, this.state.rootEpoch) || reply.recovering === true || outbox.some(isUnsettled)) return '';
    const told = mismatch(reply, digestsOf(this.#declared, records));
    return told === this.state.healed ? '' : told;
  }

  /** Whom it was before it noticed that it had been restored or cloned: their work may still be decided otherwise. */
  #formerOrigins(): Outgoing['origins'] {
    return Object.fromEntries(this.state.outbox.map(({ origin }) => [origin, { seq: 0, chain: '' }]));
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
    const last = { epoch: page.epoch, cursors: { [page.epoch]: page.cursors } };
    const before = this.state.reading;
    const reading = { ...before, scopes: page.scopes, ...(page.token === null ? last : {}) };
    // Rights that were withdrawn since: the exchange that follows looks at everything.
    const unchecked = moreUnchecked(this.state.unchecked, [], before.scopes, page.scopes);
    const rootEpoch = this.state.rootEpoch ?? (page.token === null ? page.rootEpoch : null);
    const outbox = emptied(this.state.outbox, records);
    this.state = { ...this.state, outbox, records, reading, unchecked, rootEpoch };
  }

  /** Lets go of the charts that left a scope, and of what no scope held any more covers; never of what is pending. */
  #letGo(
    records: Map<string, HeldRecord>,
    reply: ExchangeReply,
    { scopes }: Reading,
    readAll: boolean,
    pending: ReadonlyMap<string, unknown>,
    settled: ReadonlySet<string>,
  ): Pick<PhoneState, 'waiting' | 'unchecked'> & { isKept(replaced: StoredRecord): boolean } {
    const before = new Map(records);
    const departures = departuresIn(this.state.waiting, reply.pages);
    const touched = [...settled].map((key) => (records.get(key) ?? this.state.records.get(key))?.shown);
    const patients = touched.map((record) => (record === undefined ? null : this.#patientOf(record)));
    const ids = patients.filter((id) => id !== null);
    const unchecked = moreUnchecked(this.state.unchecked, ids, this.state.reading.scopes, scopes);
    const isComplete = (id: string | null) => readAll && (unchecked === 'all' || unchecked.includes(id ?? ''));
    for (const [key, { shown }] of before) {
      const collection = this.#declared(shown.collection);
      if (collection === undefined || pending.has(key)) continue;
      const patientId = patientOf(collection, shown);
      const { stored, either } = membershipsOf(before, patientId);
      const own = departures.filter((one) => one.left.id === patientId);
      const released = isReleased(collection, shown, stored, scopes, isComplete(patientId));
      if (released || hasDeparted(own, either, scopes)) records.delete(key);
    }
    const waiting = departures.filter((one) => {
      const mine = [...records].filter(([, { shown }]) => this.#patientOf(shown) === one.left.id);
      const hasPending = mine.some(([key]) => pending.has(key));
      return isWaiting(one, membershipsOf(records, one.left.id).either, hasPending);
    });
    const isKept = (one: StoredRecord) =>
      mayStayReplaced(this.#declared, one, this.state.replaced, before, departures, scopes, isComplete);
    return { waiting, unchecked: readAll ? [] : unchecked, isKept };
  }

  /** What this phone can say to a root that was restored: its rows as an upstream gave them. */
  witness(): WitnessStore {
    const charts = async function* (phone: MemoryPhone) {
      const byPatient = new Map<string, StoredRecord[]>();
      for (const { stored } of phone.state.records.values()) {
        if (stored === null) continue;
        const patientId = phone.#patientOf(stored) ?? '';
        byPatient.set(patientId, [...(byPatient.get(patientId) ?? []), stored]);
      }
      yield* byPatient.values();
    };
    return {
      replicaId: this.state.origin.replicaId,
      charts: () => charts(this),
      letGo: async (patientIds) => {
        const pending = new Set(changesOf(this.state.outbox.filter((one) => one.state === 'pending')));
        const isGone = (record: StoredRecord) => patientIds.includes(this.#patientOf(record) ?? '');
        const kept = [...this.state.records].filter(([key, { shown }]) => pending.has(key) || !isGone(shown));
        const replaced = this.state.replaced.filter((record) => !isGone(record));
        this.state = { ...this.state, records: new Map(kept), replaced };
      },
    };
  }

  #patientOf(record: StoredRecord): string | null {
    const collection = this.#declared(record.collection);
    return collection === undefined ? null : patientOf(collection, record);
  }
}
