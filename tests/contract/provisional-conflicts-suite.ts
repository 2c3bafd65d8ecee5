import { beforeEach, describe, expect, it } from 'vitest';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { Transport } from '../../lib/replication/exchange.ts';
import { exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import type { Provisional } from '../../lib/replication/provisional-conflicts.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from '../scenario/edits.ts';

export interface PhoneOfHub {
  readonly userId: string;
  save(edits: readonly Edit[]): void;
  toHub(): Promise<void>;
  toRoot(): Promise<void>;
  held(): Iterable<StoredRecord>;
}

/** A hub of one clinic, its root, and two phones that may delete. Every test gets the same or another. */
export interface RelayUnderTest {
  readonly north: string;
  readonly phones: readonly [PhoneOfHub, PhoneOfHub];
  newId(): string;
  /** What is written after has a later stamp. */
  tick(): void;
  editAtRoot(edits: readonly Edit[]): Promise<void>;
  /** The hub's exchanges with its root until it is quiet. */
  relay(bend?: (line: Transport) => Transport): Promise<void>;
  provisional(): Promise<readonly Provisional[]>;
  suspects(): Promise<number>;
  conflictsAt(place: 'root' | 'hub'): Promise<readonly StoredRecord[]>;
  /** Changes in the hub's log that it made itself. */
  ownChanges(): Promise<number>;
}

const told = (provisional: readonly Provisional[], id: string) =>
  provisional.map(({ conflict }) => conflict).filter(({ values }) => values.recordId === id);

const sideOf = ({ values }: StoredRecord, side: 'kept' | 'lost') =>
  values[side] as { readonly value: string; readonly author: string };

const ORDERS = ['deletion first', 'edit first', 'edit after the root had the deletion'] as const;

/** What every relay does with the conflicts that it is the first to see. */
export function describeProvisionalConflicts(name: string, open: () => Promise<RelayUnderTest>): void {
  describe(`provisional conflicts on ${name}`, () => {
    let at: RelayUnderTest;
    let one: PhoneOfHub;
    let other: PhoneOfHub;
    beforeEach(async () => {
      at = await open();
      [one, other] = at.phones;
    });

    const provisional = async (id: string) => told(await at.provisional(), id);
    const about = (records: readonly StoredRecord[], id: string) =>
      records.filter(({ values }) => values.recordId === id);

    /** A patient whom the root, the hub and both phones know. */
    async function aPatient(): Promise<string> {
      const id = at.newId();
      one.save(registration(id, at.north, { phone: '0' }));
      await one.toHub();
      await at.relay();
      await one.toHub();
      await other.toHub();
      at.tick();
      return id;
    }

    /** Both phones edit what they hold, then one after the other reaches the hub. */
    async function parallel(first: readonly Edit[], second: readonly Edit[]): Promise<void> {
      one.save(first);
      at.tick();
      other.save(second);
      at.tick();
      await one.toHub();
      await other.toHub();
    }

    it('are told at the hub, stand in nothing that leaves it, and give way to the root’s', async () => {
      const id = await aPatient();
      await parallel([put('patients', id, { phone: '1' })], [put('patients', id, { phone: '2' })]);
      const [conflict, ...more] = await provisional(id);
      expect(more).toEqual([]);
      expect(conflict!.values).toMatchObject({ kind: 'parallel-edit', key: 'phone', status: 'open', patientId: id });
      // The phones' clocks say which of the two stands.
      const sides = [sideOf(conflict!, 'kept'), sideOf(conflict!, 'lost')].map(({ value, author }) => [value, author]);
      expect(sides.sort()).toEqual([
        ['1', one.userId],
        ['2', other.userId],
      ]);
      await one.toHub();
      expect(about([...one.held()], id)).toEqual([]);
      expect(about(await at.conflictsAt('hub'), id)).toEqual([]);
      expect(await at.ownChanges()).toBe(0);

      await at.relay();
      expect(await provisional(id)).toEqual([]);
      expect(await at.suspects()).toBe(0);
      const [noted] = about(await at.conflictsAt('hub'), id);
      expect(noted).toEqual(about(await at.conflictsAt('root'), id)[0]);
      expect([noted!.id, noted!.values]).toEqual([conflict!.id, expect.objectContaining(conflict!.values)]);
    });

    it('stay until everything was read that the root had noted when it confirmed', async () => {
      const id = await aPatient();
      await parallel([put('patients', id, { phone: '1' })], [put('patients', id, { phone: '2' })]);
      await expect(at.relay(confirmingOnly)).rejects.toThrow('cut');
      expect(await provisional(id)).toHaveLength(1);
      await at.relay();
      expect(await provisional(id)).toEqual([]);
      expect(about(await at.conflictsAt('hub'), id)).toHaveLength(1);
    });

    it('end when the lost value is written again by somebody who saw the other', async () => {
      const id = await aPatient();
      await parallel([put('patients', id, { phone: '1' })], [put('patients', id, { phone: '2' })]);
      const lost = sideOf((await provisional(id))[0]!, 'lost').value;
      for (const phone of at.phones) await phone.toHub();
      one.save([put('patients', id, { phone: lost })]);
      await one.toHub();
      expect(await provisional(id)).toEqual([]);
      await at.relay();
      expect(await at.suspects()).toBe(0);
    });

    it('end where the root judged otherwise, knowing more', async () => {
      const id = await aPatient();
      await parallel([put('patients', id, { phone: '1' })], [put('patients', id, { phone: '2' })]);
      await one.toRoot();
      await at.editAtRoot([put('patients', id, { phone: '3' })]);
      expect(await provisional(id)).toHaveLength(1);
      await at.relay();
      expect(await provisional(id)).toEqual([]);
      expect(await at.suspects()).toBe(0);
      const noted = about(await at.conflictsAt('hub'), id);
      expect(noted.map((conflict) => sideOf(conflict, 'lost').value)).toEqual(['2']);
    });

    it('are not told beside a row of the root’s that stands above both: who wrote it is not known here', async () => {
      const id = await aPatient();
      await parallel([put('patients', id, { phone: '1' })], [put('patients', id, { phone: '2' })]);
      await at.editAtRoot([put('patients', id, { phone: '3' })]);
      await expect(at.relay(readingOnly)).rejects.toThrow('cut');
      expect(await provisional(id)).toEqual([]);
      await at.relay();
      expect(about(await at.conflictsAt('hub'), id)).toHaveLength(2);
    });

    it.each(ORDERS)('are told of an edit that a deletion hides: %s', async (order) => {
      const id = await aPatient();
      const [visitId, vitalsId] = [at.newId(), at.newId()];
      one.save([aVisit(visitId, id, at.north)]);
      await one.toHub();
      await other.toHub();
      at.tick();
      one.save([{ collection: 'visits', id: visitId, kind: 'delete', fields: {}, reason: 'wrong patient' }]);
      at.tick();
      other.save([someVitals(vitalsId, id, at.north, other.userId, { visitId, pulsePerMin: 70 })]);
      const [first, second] = order === 'edit first' ? [other, one] : [one, other];
      await first.toHub();
      if (order === 'edit after the root had the deletion') await at.relay();
      await second.toHub();
      const [conflict, ...more] = await provisional(visitId);
      expect(more).toEqual([]);
      expect(conflict!.values).toMatchObject({ kind: 'edit-and-delete', key: `vitals.${vitalsId}` });
      await at.relay();
      expect(await provisional(visitId)).toEqual([]);
      expect(about(await at.conflictsAt('hub'), visitId).map((noted) => noted.id)).toEqual([conflict!.id]);
    });

    it('say nothing of what was erased', async () => {
      const id = await aPatient();
      const visitId = at.newId();
      one.save([aVisit(visitId, id, at.north)]);
      await one.toHub();
      await at.relay();
      await other.toHub();
      await parallel([put('visits', visitId, { reason: 'cough' })], [put('visits', visitId, { reason: 'fever' })]);
      expect(await provisional(visitId)).toHaveLength(1);
      await at.editAtRoot([{ collection: 'visits', id: visitId, kind: 'erase', fields: {}, reason: null }]);
      await expect(at.relay(readingOnly)).rejects.toThrow('cut');
      expect(await provisional(visitId)).toEqual([]);
      await at.relay();
      expect(await at.suspects()).toBe(0);
    });

    it('go with a chart that is let go', async () => {
      const id = await aPatient();
      await parallel([put('patients', id, { phone: '1' })], [put('patients', id, { phone: '2' })]);
      await at.editAtRoot([membership(id, at.north, '2026-11-21T09:00:00.000Z')]);
      await at.relay();
      expect(await provisional(id)).toEqual([]);
      expect(await at.suspects()).toBe(0);
      expect(about(await at.conflictsAt('hub'), id)).toEqual([]);
    });

    it('are none where an edit had seen everything', async () => {
      const id = await aPatient();
      one.save([put('patients', id, { phone: '1' })]);
      await one.toHub();
      await other.toHub();
      at.tick();
      other.save([put('patients', id, { phone: '2' })]);
      await other.toHub();
      expect(await at.provisional()).toEqual([]);
      expect(await at.suspects()).toBe(0);
    });
  });
}

/** The first exchange comes as this says, and then nothing. */
function firstThenCut(first: (line: Transport) => Transport): (line: Transport) => Transport {
  return (line) => {
    let isFirst = true;
    return async (request) => {
      if (!isFirst) throw new Error('cut');
      isFirst = false;
      const reply = exchangeReplySchema.parse(await first(line)(request));
      return { ...reply, digests: {}, more: true };
    };
  };
}

/** The root has it and says so, and what it noted is on the next page. */
const confirmingOnly = firstThenCut((line) => async (request) => {
  return { ...exchangeReplySchema.parse(await line(request)), pages: [], cursors: {} };
});

/** What the root had before comes, and what is handed on does not arrive. */
const readingOnly = firstThenCut((line) => (request) => line({ ...request, actions: [], judged: [] }));
