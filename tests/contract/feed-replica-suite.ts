import { beforeEach, describe, expect, it } from 'vitest';
import type { Flag } from '../../lib/access/actor.ts';
import { scopesHeld } from '../../lib/access/scopes-held.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { createIdSource, deterministicId } from '../../lib/domain/identity.ts';
import type { Sender } from '../../lib/domain/world.ts';
import { answerExchange, type FeedReplica } from '../../lib/replication/answer-exchange.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import { authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import { recordsBelow } from '../../lib/replication/descendants.ts';
import { emptiedAction } from '../../lib/replication/emptied.ts';
import { mergeChanges } from '../../lib/replication/merge.ts';
import { chainAfter } from '../../lib/replication/outbox.ts';
import { type ExchangeReply, exchangeReplySchema } from '../../lib/replication/protocol/exchange-reply.ts';
import { type RecordRef, recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from '../scenario/edits.ts';
import { aRandom } from '../scenario/random.ts';

/** A feed replica as the suite meets it. `founder` is a super admin who may act from the start. */
export interface ReplicaUnderTest<R> {
  readonly founder: string;
  as(sender: Sender): FeedReplica<R>;
  /** A reply as it comes to the asker. */
  sent(reply: ExchangeReply<R>): Promise<unknown>;
}

const FLAGS: readonly Flag[] = [
  ...(['register-patients', 'view-history', 'edit-records'] as const),
  ...(['delete-records', 'delete-visits', 'delete-patients'] as const),
];

/** What every feed replica does, whatever it is made of. */
export function describeFeedReplica<R>(name: string, open: (founder: string) => Promise<ReplicaUnderTest<R>>): void {
  describe(`feed replica on ${name}`, () => {
    let seed = 11;
    let clinic: Awaited<ReturnType<typeof aClinicOn>>;
    beforeEach(async () => {
      // The replica may keep what earlier tests stored: every test has ids of its own.
      seed += 1;
      const random = aRandom(seed);
      const newId = createIdSource({ now: () => Date.UTC(2026, 10, 21, 8), random: random.bytes });
      const founder = newId();
      clinic = await aClinicOn(await open(founder), newId);
    });

    it('applies an action once, and repeats the outcome when it comes again', async () => {
      const action = clinic.author(registration(clinic.newId(), clinic.north));
      const [first] = await clinic.push(action);
      expect(first).toMatchObject({ actionId: action.id, result: 'applied', duplicate: false, confirmed: true });
      const before = await clinic.pull();
      const [again] = await clinic.push(action);
      const [third] = await clinic.push(action);
      expect(again).toEqual({ ...first, duplicate: true });
      expect(third).toEqual(again);
      expect((await clinic.pull()).reply.pages).toEqual(before.reply.pages);
    });

    it('judges an action that stands twice in one batch once', async () => {
      const action = clinic.author(registration(clinic.newId(), clinic.north));
      const outcomes = await clinic.push(action, action);
      expect(outcomes.map((one) => one.duplicate)).toEqual([false, true]);
    });

    it('stores a change once, though two actions of one batch hold it', async () => {
      const [one, two] = [1, 2].map(() => clinic.author(registration(clinic.newId(), clinic.north)));
      const outcomes = await clinic.push(one!, { ...two!, changes: [one!.changes[0]!, ...two!.changes] });
      expect(outcomes.map(({ actionId, duplicate }) => [actionId, duplicate])).toEqual([
        [one!.id, false],
        [one!.id, true],
      ]);
      expect((await clinic.pull()).count('patients')).toBe(1);
    });

    it('gives back every key, value and stamp as it was merged', async () => {
      const patientId = clinic.newId();
      const edits = registration(patientId, clinic.north, {
        givenName: 'O\'Neil \\ "فاطمة" 🙂',
        birth: { birthDate: '1984-02', birthDateEstimated: true },
        'attributes.height': 1.5,
        'attributes.smokes': false,
        'attributes.children': 0,
        'attributes.least': 5e-324,
        'attributes.most': -1.7976931348623157e308,
        'attributes.third': 1 / 3,
        'attributes.tags': ['a', { b: null }],
        deceasedCause: undefined as never,
        phone: null,
      });
      const { deceasedCause: _, ...fields } = edits[0]!.fields as Record<string, never>;
      const vitalsId = clinic.newId();
      const action = clinic.author([
        { ...edits[0]!, fields },
        edits[1]!,
        someVitals(vitalsId, patientId, clinic.north, clinic.nora, {
          weightKg: 12.4,
          oedema: false,
          painScore: 0,
          bp: { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: null },
          'confirmed.weightKg': 'scale checked',
        }),
      ]);
      await clinic.push(action);
      const held = await clinic.pull();
      for (const ref of [
        { collection: 'patients', id: patientId },
        { collection: 'vitals', id: vitalsId },
      ]) {
        const expected = mergeChanges(
          undefined,
          action.changes.filter((change) => change.recordId === ref.id),
        );
        expect(held.record(ref)).toEqual(expected);
      }
    });

    it('keeps keys of a newer writer', async () => {
      const id = clinic.newId();
      const action = clinic.author(registration(id, clinic.north, { shoeSize: 41, 'colours.left': 'red' }));
      const newer = { ...action, changes: action.changes.map((change) => ({ ...change, schema: SCHEMA_VERSION + 1 })) };
      expect((await clinic.push(newer))[0]?.result).toBe('applied');
      const stored = (await clinic.pull()).record({ collection: 'patients', id });
      expect(stored?.values).toMatchObject({ shoeSize: 41, 'colours.left': 'red' });
    });

    it('holds a change of a collection that it does not know', async () => {
      const action = clinic.author([put('spaceships', clinic.newId(), { name: 'Rocinante' })]);
      const newer = { ...action, changes: action.changes.map((change) => ({ ...change, schema: SCHEMA_VERSION + 1 })) };
      expect((await clinic.push(newer))[0]?.result).toBe('held');
      expect((await clinic.push(newer))[0]).toMatchObject({ result: 'held', duplicate: true });
    });

    it('refuses one bad action among good ones, says which key, and repeats the refusal', async () => {
      const good = clinic.author(registration(clinic.newId(), clinic.north));
      const bad = clinic.author(registration(clinic.newId(), clinic.north, { sex: 'unsure' }));
      const other = clinic.author(registration(clinic.newId(), clinic.north));
      const outcomes = await clinic.push(good, bad, other);
      expect(outcomes.map((one) => one.result)).toEqual(['applied', 'refused', 'applied']);
      expect(outcomes[1]?.refusal).toEqual({ changeId: bad.changes[0]!.id, key: 'sex', code: 'invalid' });
      expect((await clinic.push(bad))[0]).toEqual({ ...outcomes[1], duplicate: true });
      expect((await clinic.pull()).count('patients')).toBe(2);
    });

    it('refuses what its author may not do, and what its device may not hand in', async () => {
      const stranger = clinic.author(registration(clinic.newId(), clinic.north), { userId: clinic.newId() });
      const elsewhere = clinic.author(registration(clinic.newId(), clinic.south), { clinicId: clinic.south });
      const codes = (await clinic.push(stranger, elsewhere)).map((one) => one.refusal?.code);
      expect(codes).toEqual(['forbidden', 'not-in-your-clinic']);
    });

    it('merges key by key, the greater stamp winning, in whichever order changes come', async () => {
      const id = clinic.newId();
      await clinic.push(clinic.author(registration(id, clinic.north)));
      const held = (await clinic.pull()).record({ collection: 'patients', id })!;
      const early = clinic.author([put('patients', id, { phone: '1', village: 'Early' })], {}, held);
      const late = clinic.author([put('patients', id, { phone: '2' })], {}, held);
      await clinic.push(late);
      await clinic.push(early);
      const values = (await clinic.pull()).record({ collection: 'patients', id })?.values;
      expect(values).toMatchObject({ phone: '2', village: 'Early', givenName: 'Amina' });
    });

    it('makes one record of two creations with one deterministic id', async () => {
      const patientId = clinic.newId();
      await clinic.push(clinic.author(registration(patientId, clinic.north)));
      const twice = clinic.author([membership(patientId, clinic.north)]);
      expect((await clinic.push(twice))[0]?.result).toBe('applied');
      expect((await clinic.pull()).count('patientClinics')).toBe(1);
    });

    it('reads on from a cursor: nothing new is nothing, a change is one record', async () => {
      const id = clinic.newId();
      await clinic.push(
        clinic.author(registration(id, clinic.north)),
        clinic.author(registration(clinic.newId(), clinic.north)),
      );
      const first = await clinic.pull();
      const nothing = await clinic.pull(first.cursors);
      expect(nothing.records).toEqual([]);
      expect(nothing.cursors).toEqual(first.cursors);
      const held = first.record({ collection: 'patients', id })!;
      await clinic.push(clinic.author([put('patients', id, { phone: '5' })], {}, held));
      const second = await clinic.pull(first.cursors);
      expect(second.records.map((record) => record.id)).toEqual([id]);
    });

    it('reads nothing on from the cursors of another life of a feed, and says which life this is', async () => {
      await clinic.push(clinic.author(registration(clinic.newId(), clinic.north)));
      const { cursors, reply } = await clinic.pull();
      await clinic.push(clinic.author(registration(clinic.newId(), clinic.north)));
      const other = await clinic.pull(cursors, 1_000_000, [clinic.north], { life: 'another life' });
      expect(other.reply).toMatchObject({ epoch: reply.epoch, pages: [], more: true });
      expect(Object.values(other.cursors).filter((seq) => seq > 0)).toEqual([]);
    });

    it('tells a device that made nothing yet as well that it is the root: nothing is confirmed apart', async () => {
      const { reply } = await clinic.pull();
      expect(Object.values(reply.origins).map(({ confirmed }) => confirmed)).toEqual([undefined]);
    });

    it('takes no work that was put together for another life of a feed: what came before it may be there', async () => {
      const action = clinic.author(registration(clinic.newId(), clinic.north));
      const other = await clinic.pull({}, 1_000_000, [clinic.north], { life: 'another life', actions: [action] });
      expect(other.reply.outcomes).toEqual([]);
      const own = await clinic.pull({}, 1_000_000, [clinic.north], { actions: [action] });
      expect(own.reply.outcomes).toMatchObject([{ actionId: action.id, result: 'applied', duplicate: false }]);
    });

    it('cuts what is large into pages and loses nothing between them', async () => {
      const many = Array.from({ length: 120 }, () => clinic.author(registration(clinic.newId(), clinic.north)));
      await clinic.push(...many);
      const whole = await clinic.pull();
      let cursors = {};
      const seen = new Map<string, StoredRecord>();
      for (let rounds = 0; rounds < 200; rounds++) {
        const part = await clinic.pull(cursors, 4096);
        for (const record of part.records) seen.set(refKey(record), record);
        cursors = part.cursors;
        if (!part.more) break;
      }
      expect(seen.size).toBe(whole.records.length);
      expect(cursors).toEqual(whole.cursors);
    });

    it('sums of a scope equal those of the rows that were read', async () => {
      const ids = [clinic.newId(), clinic.newId(), clinic.newId()];
      for (const id of ids) await clinic.push(clinic.author(registration(id, clinic.north)));
      const edits = [
        aVisit(clinic.newId(), ids[0]!, clinic.north),
        someVitals(clinic.newId(), ids[1]!, clinic.north, clinic.nora, { pulsePerMin: 66 }),
      ];
      await clinic.push(clinic.author(edits));
      const held = (await clinic.pull()).record({ collection: 'patients', id: ids[2]! })!;
      await clinic.push(clinic.author([put('patients', ids[2]!, { phone: '77' })], {}, held));
      await expectDigests(await clinic.pull());
    });

    it('moves a chart with its patient: left in the old clinic, whole in the new, sums right in both', async () => {
      const patientId = clinic.newId();
      const visitId = clinic.newId();
      await clinic.push(clinic.author(registration(patientId, clinic.north)));
      await clinic.push(clinic.author([aVisit(visitId, patientId, clinic.north)]));
      const before = await clinic.pull();
      const old = before.record({
        collection: 'patientClinics',
        id: deterministicId('patientClinics', patientId, clinic.north),
      })!;
      await clinic.atServer([membership(patientId, clinic.south)]);
      const both = await clinic.pull({}, 1_000_000, [clinic.south]);
      expect(both.record({ collection: 'visits', id: visitId })).toBeDefined();
      await clinic.atServer([put('patientClinics', old.id, { leftAt: '2026-11-21T09:00:00.000Z' })], [old]);
      const after = await clinic.pull(before.cursors);
      expect(after.left.map(refKey).sort()).toEqual(
        [
          `patients/${patientId}`,
          `visits/${visitId}`,
          `patientClinics/${old.id}`,
          `patientClinics/${deterministicId('patientClinics', patientId, clinic.south)}`,
        ].sort(),
      );
      expect(after.reply.digests[`${clinic.north}:desk`]).toEqual({ count: 0, digest: '0' });
      const there = await clinic.pull({}, 1_000_000, [clinic.south]);
      await expectDigests(there);
      expect(there.count('patients')).toBe(1);
    });

    it('feeds a child that came before its patient once the patient is here', async () => {
      const patientId = clinic.newId();
      const visitId = clinic.newId();
      await clinic.push(clinic.author([aVisit(visitId, patientId, clinic.north)]));
      expect((await clinic.pull()).count('visits')).toBe(0);
      await clinic.push(clinic.author(registration(patientId, clinic.north)));
      const after = await clinic.pull();
      expect(after.record({ collection: 'visits', id: visitId })).toBeDefined();
      await expectDigests(after);
    });

    it('erased and deleted records stay as tombstones and still sum up', async () => {
      const id = clinic.newId();
      await clinic.push(clinic.author(registration(id, clinic.north, { phone: '12345' })));
      const held = (await clinic.pull()).record({ collection: 'patients', id })!;
      await clinic.atServer([{ collection: 'patients', id, kind: 'erase', fields: {}, reason: null }], [held]);
      const after = await clinic.pull();
      const erased = after.record({ collection: 'patients', id })!;
      expect(erased.values.erased).toBe(true);
      expect(JSON.stringify(erased)).not.toContain('12345');
      await expectDigests(after);
    });

    it('erases what it does not hold, and no write fills it afterwards', async () => {
      const id = clinic.newId();
      const made = clinic.author(registration(id, clinic.north, { phone: '12345' }));
      await clinic.atServer([{ collection: 'patients', id, kind: 'erase', fields: {}, reason: null }]);
      expect((await clinic.pull()).count('patients')).toBe(0);
      expect((await clinic.push(made))[0]?.result).toBe('applied');
      const edited = clinic.author([put('patients', id, { phone: '54321' })]);
      expect((await clinic.push(edited))[0]?.result).toBe('applied');
      const after = await clinic.pull();
      expect(after.record({ collection: 'patients', id })?.values).toMatchObject({
        erased: true,
        clinicId: clinic.north,
      });
      expect(JSON.stringify(after.records)).not.toMatch(/12345|54321/);
      await expectDigests(after);
    });

    it.each(['before', 'after'] as const)(
      'knows whose a tombstone is by its emptied making, which came %s it',
      async (when) => {
        const [patientId, id] = [clinic.newId(), clinic.newId()];
        await clinic.push(clinic.author(registration(patientId, clinic.north)));
        const beside = put('patients', patientId, { village: 'Kfar' });
        const made = clinic.author([aVisit(id, patientId, clinic.north, { reason: 'cough' }), beside]);
        const emptied = emptiedAction(made, (ref) => ref.id === id);
        const erase = () => clinic.atServer([{ collection: 'visits', id, kind: 'erase', fields: {}, reason: null }]);
        if (when === 'after') await erase();
        expect((await clinic.push(emptied))[0]?.result).toBe('applied');
        const pulled = await clinic.pull();
        expect(pulled.record({ collection: 'patients', id: patientId })?.values.village).toBe('Kfar');
        expect(pulled.count('visits')).toBe(when === 'after' ? 1 : 0);
        if (when === 'before') await erase();
        const after = await clinic.pull();
        const tombstone = after.record({ collection: 'visits', id })!;
        expect(tombstone.values).toMatchObject({ erased: true, patientId, clinicId: clinic.north });
        expect(tombstone.stamps.created).toBe(made.changes[0]!.stamp);
        await expectDigests(after);
        expect((await clinic.push(made))[0]).toMatchObject({ result: 'applied', duplicate: true });
        expect(JSON.stringify((await clinic.pull()).records)).not.toContain('cough');
      },
    );

    it('erases and writes nothing for a change that only says that its record is erased', async () => {
      const id = clinic.newId();
      await clinic.push(clinic.author(registration(id, clinic.north, { phone: '12345' })));
      const before = (await clinic.pull()).record({ collection: 'patients', id })!;
      const edit = clinic.author([put('patients', id, { phone: '54321' })], {}, before);
      const [outcome] = await clinic.push(emptiedAction(edit, () => true));
      expect(outcome?.result).toBe('applied');
      const after = await clinic.pull();
      expect(after.record({ collection: 'patients', id })).toEqual(before);
      expect(after.count('conflicts')).toBe(0);
      await expectDigests(after);
    });

    it('notes a parallel edit once, in whichever order it comes, and feeds it with the chart', async () => {
      const { village, early, late, conflictsOf } = await twoEdits();
      await clinic.push(late);
      await clinic.push(early, village);
      await clinic.push(early);
      const pulled = await clinic.pull();
      const [conflict, ...others] = conflictsOf(pulled);
      expect(others).toEqual([]);
      expect(conflict?.values).toMatchObject({
        ...{ collection: 'patients', key: 'phone', kind: 'parallel-edit', status: 'open', clinicId: clinic.north },
        kept: { value: '2', author: clinic.nora, origin: clinic.phoneId, stamp: late.changes[0]!.stamp },
        lost: { value: '1', author: clinic.nora, origin: clinic.phoneId, stamp: early.changes[0]!.stamp },
      });
      await expectDigests(pulled);
    });

    it('notes what met in one batch, and numbers it as its own', async () => {
      const { early, late, conflictsOf, ownId } = await twoEdits();
      const before = await clinic.received(ownId);
      await clinic.push(early, late);
      expect(conflictsOf(await clinic.pull())).toHaveLength(1);
      expect((await clinic.received(ownId)).seq).toBe(before.seq + 1);
    });

    it('notes nothing of edits of other keys, of equal values, or of what was seen', async () => {
      const { id, held, early, village, conflictsOf } = await twoEdits();
      const same = clinic.author([put('patients', id, { phone: '1' })], {}, held);
      await clinic.push(same, village);
      const seen = (await clinic.pull()).record({ collection: 'patients', id })!;
      await clinic.push(clinic.author([put('patients', id, { village: 'Tyre' })], {}, seen), early);
      expect(conflictsOf(await clinic.pull())).toEqual([]);
    });

    it('closes a conflict when a change names both, whatever it decides', async () => {
      const { id, early, late, conflictsOf } = await twoEdits();
      await clinic.push(early, late);
      const held = (await clinic.pull()).record({ collection: 'patients', id })!;
      const seen = { phone: [early.changes[0]!.stamp, late.changes[0]!.stamp] };
      const third = { ...put('patients', id, { phone: '3' }), seen };
      expect(await clinic.push(clinic.author([third], {}, held))).toMatchObject([{ result: 'applied' }]);
      const pulled = await clinic.pull();
      expect(conflictsOf(pulled).map(({ values }) => [values.status, values.resolution, values.resolvedBy])).toEqual([
        ['resolved', 'edited', clinic.nora],
      ]);
      await expectDigests(pulled);
    });

    it('notes an edit that a deletion hides, and closes it when the record is restored', async () => {
      const { id, records, early, conflictsOf } = await twoEdits();
      const patient = { collection: 'patients', id };
      await clinic.atServer([{ ...patient, kind: 'delete', fields: {}, reason: 'twice' }], records);
      await clinic.push(early);
      const pulled = await clinic.pull();
      expect(conflictsOf(pulled).map(({ values }) => [values.kind, values.key, values.status])).toEqual([
        ['edit-and-delete', 'deleted', 'open'],
      ]);
      await clinic.atServer(
        [{ ...patient, kind: 'restore', fields: {}, reason: 'edited since' }],
        [pulled.record(patient)!],
      );
      const after = await clinic.pull();
      expect(conflictsOf(after).map(({ values }) => [values.status, values.resolution])).toEqual([
        ['resolved', 'lost'],
      ]);
    });

    async function twoEdits() {
      const id = clinic.newId();
      await clinic.push(clinic.author(registration(id, clinic.north, { phone: '0' })));
      const first = await clinic.pull();
      const held = first.record({ collection: 'patients', id })!;
      const early = clinic.author([put('patients', id, { phone: '1' })], {}, held);
      const late = clinic.author([put('patients', id, { phone: '2' })], {}, held);
      const village = clinic.author([put('patients', id, { village: 'Early' })], {}, held);
      const conflictsOf = ({ records }: Pulled) => records.filter((record) => record.collection === 'conflicts');
      return { id, held, records: first.records, early, late, village, conflictsOf, ownId: first.reply.replicaId };
    }

    it.each<[string, 'visits' | 'patients', 'before' | 'after' | 'together']>([
      ['a visit deleted meanwhile', 'visits', 'after'],
      ['a patient deleted meanwhile', 'patients', 'after'],
      ['a visit that somebody deletes unaware', 'visits', 'before'],
      ['a patient whom somebody deletes unaware', 'patients', 'before'],
      ['a visit deleted in the same exchange', 'visits', 'together'],
    ])('notes what is recorded below %s, once, until the record is restored', async (_, collection, order) => {
      const { records, vitals, conflicts, ids } = await aVisitWithVitals();
      const top = { collection, id: collection === 'visits' ? ids.visit : ids.patient };
      const removal = clinic.author([{ ...top, kind: 'delete', fields: {}, reason: 'twice' }], {}, ...records);
      if (order === 'together') await clinic.push(vitals, removal);
      for (const one of { before: [vitals, removal], after: [removal, vitals], together: [] }[order]) {
        expect(await clinic.push(one)).toMatchObject([{ result: 'applied' }]);
      }
      const [change] = vitals.changes;
      const [noted, ...others] = await conflicts();
      expect(others).toEqual([]);
      expect(noted?.values).toMatchObject({
        ...{ collection, recordId: top.id, key: `vitals.${ids.vitals}`, kind: 'edit-and-delete', status: 'open' },
        lost: { value: change!.fields, author: clinic.nora, stamp: change!.stamp },
        kept: { value: { deletedReason: 'twice' }, stamp: removal.changes[0]!.stamp },
      });
      const held = (await clinic.pull()).records;
      await clinic.push(clinic.author([{ ...top, kind: 'restore', fields: {}, reason: 'not at all' }], {}, ...held));
      expect((await conflicts()).map(({ values }) => [values.status, values.resolution])).toEqual([
        ['resolved', 'lost'],
      ]);
      await expectDigests(await clinic.pull());
    });

    it('notes nothing of a deletion that saw what hangs below, nor of what is deleted itself', async () => {
      const { vitals, conflicts, ids } = await aVisitWithVitals();
      await clinic.push(vitals);
      const [visit, measured] = [
        { collection: 'visits', id: ids.visit },
        { collection: 'vitals', id: ids.vitals },
      ];
      const seen = (await clinic.pull()).records;
      const corrected = put('vitals', ids.vitals, { pulsePerMin: 71 }, 'misread');
      await clinic.push(clinic.author([{ ...visit, kind: 'delete', fields: {}, reason: 'twice' }], {}, ...seen));
      expect(await conflicts()).toEqual([]);
      await clinic.push(clinic.author([corrected], {}, ...seen));
      expect((await conflicts()).map(({ values }) => [values.status, values.lost])).toMatchObject([
        ['open', { value: { pulsePerMin: 71 } }],
      ]);
      const now = (await clinic.pull()).records;
      await clinic.push(clinic.author([{ ...measured, kind: 'delete', fields: {}, reason: 'twice' }], {}, ...now));
      expect((await conflicts()).map(({ values }) => values.status)).toEqual(['resolved']);
    });

    it('leaves nothing of a hidden record in a conflict once it is erased, be it open or decided', async () => {
      for (const decided of [false, true]) {
        const { records, vitals, conflicts, ids } = await aVisitWithVitals();
        const visit = { collection: 'visits', id: ids.visit };
        await clinic.push(clinic.author([{ ...visit, kind: 'delete', fields: {}, reason: 'twice' }], {}, ...records));
        await clinic.push(vitals);
        const held = (await clinic.pull()).records;
        const restored = clinic.author([{ ...visit, kind: 'restore', fields: {}, reason: 'no' }], {}, ...held);
        if (decided) await clinic.push(restored);
        const mine = (await conflicts()).filter(({ values }) => values.recordId === ids.visit);
        expect(JSON.stringify(mine)).toContain('"pulsePerMin":177');
        await clinic.atServer(
          [{ collection: 'vitals', id: ids.vitals, kind: 'erase', fields: {}, reason: null }],
          (await clinic.pull()).records,
        );
        const after = (await clinic.pull()).records;
        expect(after.find((record) => record.id === mine[0]!.id)?.values.erased).toBe(true);
        expect(JSON.stringify(after)).not.toContain('"pulsePerMin":177');
        await expectDigests(await clinic.pull());
      }
    });

    /** A visit that the replica has, and vitals of it that were recorded elsewhere and are not sent yet. */
    async function aVisitWithVitals() {
      const ids = { patient: clinic.newId(), visit: clinic.newId(), vitals: clinic.newId() };
      await clinic.push(
        clinic.author([...registration(ids.patient, clinic.north), aVisit(ids.visit, ids.patient, clinic.north)]),
      );
      const { records } = await clinic.pull();
      const measured = { pulsePerMin: 177, visitId: ids.visit };
      const vitals = clinic.author([someVitals(ids.vitals, ids.patient, clinic.north, clinic.nora, measured)]);
      const conflicts = async () =>
        (await clinic.pull()).records.filter(
          ({ collection, values }) => collection === 'conflicts' && values.patientId === ids.patient,
        );
      return { ids, records, vitals, conflicts };
    }

    it('says how far each origin is stored, without a gap, with the hash of its ids', async () => {
      const [one, two, three] = [1, 2, 3].map(() => clinic.author(registration(clinic.newId(), clinic.north)));
      await clinic.push(one!);
      const received = async () => (await clinic.pull()).reply.origins[clinic.phoneId]!.received;
      expect(await received()).toEqual({ seq: 2, chain: chainAfter('', one!.changes) });
      await clinic.push(three!);
      expect((await received()).seq).toBe(2);
      await clinic.push(two!);
      const all = [one!, two!, three!].flatMap((action) => action.changes);
      expect(await received()).toEqual({ seq: 6, chain: chainAfter('', all) });
    });
  });
}

type Pulled = Awaited<ReturnType<Awaited<ReturnType<typeof aClinicOn>>['pull']>>;

/** The sums that the replica keeps equal those computed from what it delivered. */
async function expectDigests({ reply }: Pulled): Promise<void> {
  for (const page of new Set(reply.pages.map((one) => one.scope))) {
    const rows = reply.pages.filter((one) => one.scope === page).flatMap((one) => recordsOf(one.tables));
    const digest = rows.reduce((sum, record) => sum ^ recordHash(record), 0n);
    expect(reply.digests[page], page).toEqual({ count: rows.length, digest: String(digest) });
  }
}

async function aClinicOn<R>(replica: ReplicaUnderTest<R>, newId: () => string) {
  const [north, south, nora, phoneId, serverId] = [newId(), newId(), newId(), newId(), newId()] as [
    string,
    string,
    string,
    string,
    string,
  ];
  const time = { ms: Date.UTC(2026, 10, 21, 8) };
  let phone: Origin = { replicaId: phoneId, seq: 0, clock: NEW_CLOCK };
  let server: Origin = { replicaId: serverId, seq: 0, clock: NEW_CLOCK };
  const now = () => ({ deviceMs: ++time.ms, at: new Date(time.ms).toISOString(), schema: SCHEMA_VERSION });
  const heldIn =
    (records: readonly StoredRecord[]) =>
    (ref: RecordRef): StoredRecord | undefined =>
      records.find((record) => refKey(record) === refKey(ref));
  const belowIn = (records: readonly StoredRecord[]) => (top: StoredRecord) =>
    recordsBelow(collectionNamed, top, records);

  function author(edits: Edit[], by: { userId?: string; clinicId?: string } = {}, ...held: StoredRecord[]): Action {
    const who = { userId: by.userId ?? nora, clinicId: by.clinicId ?? north };
    const authored = authorAction(edits, heldIn(held), who, phone, now(), newId, belowIn(held))!;
    phone = authored.origin;
    return authored.action;
  }

  async function atServer(edits: Edit[], held: StoredRecord[] = []): Promise<void> {
    const who = { userId: replica.founder, clinicId: null };
    const authored = authorAction(edits, heldIn(held), who, server, now(), newId, belowIn(held))!;
    server = authored.origin;
    const [outcome] = await replica.as({ kind: 'server' }).accept([authored.action]);
    expect(outcome).toMatchObject({ result: 'applied' });
  }

  const flags = Object.fromEntries(FLAGS.map((flag) => [`flags.${flag}`, true]));
  await atServer([
    put('clinics', north, { name: 'North', code: 'N', timeZone: 'Asia/Beirut' }),
    put('clinics', south, { name: 'South', code: 'S', timeZone: 'Asia/Beirut' }),
    put('users', nora, { name: 'Nora', role: 'provider', language: 'en' }),
    put('permissions', deterministicId('permissions', nora, north), { userId: nora, clinicId: north, ...flags }),
  ]);
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };

  async function pull(
    cursors: Record<string, number> = {},
    maxBytes = 1_000_000,
    clinicIds = [north],
    { life, actions = [] }: { life?: string; actions?: Action[] } = {},
  ) {
    const granted = Object.fromEntries(clinicIds.map((clinicId) => [clinicId, FLAGS]));
    const actor = { userId: nora, role: 'provider' as const, active: true, flags: granted };
    const epoch = life ?? (await replica.as(sender).standing([], [])).identity.epoch;
    const request = {
      protocol: 1,
      schema: 1,
      replicaId: phoneId,
      clock: 0,
      origins: { [phoneId]: { seq: 9, chain: '' } },
    };
    const grants = async () => ({ version: 1, scopes: scopesHeld([actor], clinicIds) });
    const answer = await answerExchange(replica.as(sender), collectionNamed, grants, time.ms, {
      ...request,
      actions,
      epoch,
      cursors,
      maxBytes,
    });
    const reply: ExchangeReply = exchangeReplySchema.parse(await replica.sent(answer));
    const records = reply.pages.filter((page) => page.scope !== 'org').flatMap((page) => recordsOf(page.tables));
    return {
      reply,
      records,
      cursors: reply.cursors,
      more: reply.more,
      left: reply.pages.flatMap((page) => page.left),
      record: (ref: RecordRef) => records.find((record) => refKey(record) === refKey(ref)),
      count: (collection: string) => records.filter((record) => record.collection === collection).length,
    };
  }

  async function received(origin: string) {
    return (await replica.as(sender).standing([origin], [])).origins[origin]!.received;
  }

  return {
    north,
    south,
    nora,
    phoneId,
    received,
    newId,
    author,
    atServer,
    pull,
    push: (...actions: Action[]) => replica.as(sender).accept(actions),
  };
}
