import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import type { Change, ChangeKind } from '../../../lib/replication/change.ts';
import { namesBelow, recordsBelow } from '../../../lib/replication/descendants.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { losersOf } from '../../../lib/replication/losers.ts';
import { mergeChanges, refOf, seenStamps } from '../../../lib/replication/merge.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { bruteLosers, bruteLosersBelow } from '../../scenario/brute-losers.ts';
import {
  actionOf,
  aRoot,
  author,
  changeNumbered,
  clinicId,
  contentOf,
  idOf,
  openIn,
  stampOf,
} from '../../scenario/numbered-changes.ts';

const patient = { collection: 'patients', id: idOf('b', 1) };
const [visit, other] = [2, 3].map((n) => ({ collection: 'visits', id: idOf('b', n) })) as [RecordRef, RecordRef];
const event = { collection: 'events', id: idOf('b', 4) };
const vitals = { collection: 'vitals', id: idOf('b', 5) };

const when = { occurredAt: '2026-11-21T08:00:00.000Z', occurredOn: '2026-11-21' };
const inChart = { patientId: patient.id, clinicId, ...when };
const filled = {
  ...inChart,
  formId: idOf('9', 1),
  formVersionId: idOf('9', 2),
  providerId: author,
  status: 'completed',
};
const pulse = (pulsePerMin: number, visitId: string | null = visit.id, eventId: string | null = null) => {
  return { ...inChart, providerId: author, pulsePerMin, visitId, eventId };
};

/** Change number `n`, its stamp being its number, by somebody who has seen these changes. */
function change(n: number, ref: RecordRef, kind: ChangeKind, fields: Record<string, Json>, saw: readonly Change[]) {
  const records = [...new Map(saw.map((one) => [refKey(refOf(one)), refOf(one)])).values()].map(
    (one) =>
      mergeChanges(
        undefined,
        saw.filter((by) => refKey(refOf(by)) === refKey(one)),
      )!,
  );
  const held = records.find((one) => refKey(one) === refKey(ref));
  const keys = kind === 'put' ? Object.keys(fields) : Object.keys(held?.stamps ?? {});
  const below = kind === 'delete' && held !== undefined ? namesBelow(recordsBelow(collectionNamed, held, records)) : {};
  return changeNumbered(n, ref, kind, fields, { ...seenStamps(held, keys), ...below });
}

const names = { clinicId, homeClinicId: clinicId, givenName: 'Amina', sex: 'female' };
const aVisit = { ...inChart, kind: 'consultation', closing: { status: 'open', closedAt: null } };
const made: Change[] = [
  change(1, patient, 'put', names, []),
  change(2, visit, 'put', aVisit, []),
  change(3, other, 'put', aVisit, []),
];
const below = (all: readonly Change[], top: RecordRef) => {
  const own = all.filter((one) => refKey(refOf(one)) === refKey(top));
  return losersOf(
    own,
    all.filter((one) => one.collection === 'vitals'),
  )
    .map(({ kind, key, lost }) => [kind, key, lost.change.stamp, lost.value])
    .sort();
};
const key = `vitals.${vitals.id}`;

describe('what a deletion hides below it', () => {
  const first = change(4, vitals, 'put', pulse(70), made);
  const deleted = (n: number, saw: readonly Change[]) => change(n, visit, 'delete', {}, saw);
  const corrected = change(5, vitals, 'put', { pulsePerMin: 71 }, [...made, first]);
  const gone = change(6, vitals, 'delete', {}, [...made, first]);

  it.each<[string, Change[], unknown[]]>([
    ['what was recorded meanwhile', [first, deleted(9, made)], [['edit-and-delete', key, stampOf(4), first.fields]]],
    ['nothing that it had seen', [first, deleted(9, [...made, first])], []],
    [
      'a correction of what it had seen',
      [first, corrected, deleted(9, [...made, first])],
      [['edit-and-delete', key, stampOf(5), { pulsePerMin: 71 }]],
    ],
    [
      'an older write it had not seen beside a newer that it had',
      [first, change(5, vitals, 'put', { weightKg: 60 }, [...made, first]), deleted(9, [...made, first])].map((one) =>
        one.kind === 'delete' ? { ...one, replaced: { ...one.replaced, 'descendants.0': [stampOf(5)] } } : one,
      ),
      [['edit-and-delete', key, stampOf(4), first.fields]],
    ],
    ['nothing that is itself deleted', [first, gone, deleted(9, made)], []],
    [
      'what was restored meanwhile',
      [first, gone, deleted(9, [...made, first, gone]), change(7, vitals, 'restore', {}, [...made, first, gone])],
      [['edit-and-delete', key, stampOf(7), { deleted: { deletedAt: null, deletedBy: null, deletedReason: null } }]],
    ],
    ['nothing that is erased', [first, change(6, vitals, 'erase', {}, [...made, first]), deleted(9, made)], []],
    [
      'nothing after a restoration',
      [first, deleted(8, made), change(9, visit, 'restore', {}, [...made, deleted(8, made)])],
      [],
    ],
    ['nothing that any of its deletions had seen', [first, deleted(8, [...made, first]), deleted(9, made)], []],
  ])('%s', (_, changes, expected) => {
    const all = [...made, ...changes];
    expect(below(all, visit)).toEqual(expected);
    expect(below([...all].reverse(), visit)).toEqual(expected);
  });
});

/** A few replicas that each have seen some of the earlier changes, and write anywhere in one chart with that in view. */
const histories = fc
  .array(
    fc.record({
      ref: fc.constantFrom(patient, visit, visit, other, event, vitals, vitals, vitals),
      kind: fc.constantFrom<ChangeKind>('put', 'put', 'put', 'delete', 'delete', 'restore'),
      at: fc.constantFrom(visit.id, other.id, null),
      within: fc.constantFrom(event.id, null),
      value: fc.constantFrom(70, 80),
      whole: fc.boolean(),
      sees: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((steps) => {
    const changes = [...made];
    for (const { ref, kind, at, within, value, whole, sees } of steps) {
      const saw = changes.filter((_, index) => index < made.length || sees[index]);
      const exists = saw.some((one) => refKey(refOf(one)) === refKey(ref));
      const corrected = exists && !whole && ref === vitals;
      const fields = corrected ? { pulsePerMin: value } : fieldsFor(ref, at, within, value);
      // What is not here yet cannot be deleted; whoever writes it makes it.
      const how = exists ? kind : 'put';
      changes.push(change(changes.length + 1, ref, how, how === 'put' ? fields : {}, saw));
    }
    return changes;
  });

function fieldsFor(ref: RecordRef, at: string | null, within: string | null, value: number): Record<string, Json> {
  if (ref === patient) return { phone: String(value) };
  if (ref === event) return { ...filled, visitId: at ?? visit.id };
  return ref === vitals ? pulse(value, at, within) : { reason: String(value) };
}

/** Whole records first, then what corrects them, then what deletes them. */
function placeOf({ kind, fields }: Change): number {
  if (kind !== 'put') return 2;
  return 'pulsePerMin' in fields && !('patientId' in fields) ? 1 : 0;
}

/** An order in which each record is made before it is deleted, one after another or some together. */
const arrivals = histories.chain((changes) =>
  fc.record({
    changes: fc.constant(changes),
    order: fc
      .shuffledSubarray(changes.slice(made.length), { minLength: changes.length - made.length })
      .map((order) => [0, 1, 2].flatMap((place) => order.filter((one) => placeOf(one) === place))),
    mixed: fc.boolean(),
    cut: fc.nat({ max: changes.length }),
  }),
);

const about = ({ values }: StoredRecord) =>
  `${values.collection}/${values.recordId} ${values.key} ${(values.lost as { stamp: string }).stamp}`;

describe('the open conflicts of a chart', () => {
  it('are of what hangs below through another record, too, whichever of the three comes last', async () => {
    const [eventMade, measured, deleted] = [
      change(4, event, 'put', { ...filled, visitId: visit.id }, made),
      change(5, vitals, 'put', pulse(70, null, event.id), made),
      change(6, visit, 'delete', {}, made),
    ] as const;
    for (const order of [
      [eventMade, measured, deleted],
      [eventMade, deleted, measured],
      [measured, deleted, eventMade],
    ]) {
      const root = aRoot();
      for (const one of [...made, ...order]) await root.accept([actionOf(one)]);
      expect(openIn(root).map(about).sort()).toEqual([
        `visits/${visit.id} events.${event.id} ${stampOf(4)}`,
        `visits/${visit.id} vitals.${vitals.id} ${stampOf(5)}`,
      ]);
    }
  });

  it('are exactly the losers of all its records, in whichever order the changes came, alike to the last value', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ changes, order, mixed, cut }) => {
        const [root, straight] = [aRoot(), aRoot()];
        for (const one of made) await root.accept([actionOf(one)]);
        // Deletions among the puts, where what they delete is here by then.
        const sent = mixed ? changes.slice(made.length) : order;
        for (const one of sent.slice(0, cut)) await root.accept([actionOf(one)]);
        await root.accept(sent.slice(cut).map(actionOf));
        const outcomes = await straight.accept(changes.map(actionOf));
        expect(outcomes.map(({ result }) => result)).toEqual(changes.map(() => 'applied'));
        const refs = [patient, visit, other, event, vitals];
        const expected = refs.flatMap((ref) => {
          const own = changes.filter((one) => refKey(refOf(one)) === refKey(ref));
          const losers = [...bruteLosers(own), ...bruteLosersBelow(ref.collection, ref.id, changes)];
          return losers.map((loser) => `${refKey(ref)} ${loser}`);
        });
        expect(openIn(root).map(about).sort()).toEqual(expected.sort());
        expect(contentOf(openIn(root))).toEqual(contentOf(openIn(straight)));
      }),
      { numRuns: Number(process.env.CONFLICT_RUNS ?? 200) },
    );
  }, 30_000);
});
