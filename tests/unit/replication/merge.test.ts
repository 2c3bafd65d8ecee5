import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeChanges, mergeRecords, recordOf } from '../../../lib/replication/merge.ts';
import { recordHash } from '../../../lib/replication/record.ts';
import { makeStamp } from '../../../lib/replication/stamp.ts';
import { aChange, aRecord } from '../../scenario/generated-records.ts';

const A_RECORD = { collection: 'patients', id: '01a0a0a0-0000-7000-8000-000000000002' };

describe('merging records', () => {
  it('does not depend on who is merged into whom', () => {
    fc.assert(
      fc.property(aRecord, aRecord, (left, right) => {
        expect(mergeRecords(left, right)).toEqual(mergeRecords(right, left));
      }),
    );
  });

  it('does not depend on the order of three', () => {
    fc.assert(
      fc.property(aRecord, aRecord, aRecord, (one, two, three) => {
        expect(mergeRecords(mergeRecords(one, two), three)).toEqual(mergeRecords(one, mergeRecords(two, three)));
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(aRecord, aRecord, (left, right) => {
        const once = mergeRecords(left, right);
        expect(mergeRecords(once, right)).toEqual(once);
      }),
    );
  });

  it('keeps of an erased record neither its content nor the words in which it was deleted, in either order', () => {
    const stamps = ['1', '2'].map((ms) =>
      makeStamp({ ms: Number(ms), counter: 0 }, '01a0a0a0-0000-7000-8000-000000000001'),
    );
    const deleted = { deletedAt: '2026-11-21T08:00:00.000Z', deletedBy: 'nora', deletedReason: 'Ali was here twice' };
    const told = { ...A_RECORD, values: { deleted, name: 'Ali' }, stamps: { deleted: stamps[1]!, name: stamps[1]! } };
    const tombstone = { ...A_RECORD, values: { erased: true }, stamps: { erased: stamps[0]! } };
    for (const merged of [mergeRecords(told, tombstone), mergeRecords(tombstone, told)])
      expect(merged.values).toEqual({ erased: true, deleted: { ...deleted, deletedReason: null } });
  });

  it('takes each key from whoever wrote it last', () => {
    fc.assert(
      fc.property(aRecord, aRecord, (left, right) => {
        const merged = mergeRecords(left, right);
        for (const [key, stamp] of Object.entries(merged.stamps)) {
          const greatest = [left.stamps[key] ?? '', right.stamps[key] ?? ''].sort()[1];
          expect(stamp).toBe(greatest);
          expect(merged.values[key]).toEqual((left.stamps[key] === stamp ? left : right).values[key]);
        }
      }),
    );
  });

  it('lets an erasure beat every stamp, earlier or later', () => {
    fc.assert(
      fc.property(aRecord, aRecord, (left, right) => {
        const erased = mergeRecords(undefined, {
          ...left,
          values: { ...left.values, erased: true },
          stamps: { ...left.stamps, erased: '0' },
        });
        for (const merged of [mergeRecords(erased, right), mergeRecords(right, erased)]) {
          expect(Object.keys(merged.values).filter((key) => !/^(erased|deleted|clinicId)$/.test(key))).toEqual([]);
        }
      }),
    );
  });
});

describe('merging changes', () => {
  it('gives one record in any order, with repetitions', () => {
    fc.assert(
      fc.property(fc.array(aChange, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (changes, order) => {
        const distinct = [...new Map(changes.map((one) => [one.stamp, one])).values()];
        const shuffled = [...distinct, ...distinct]
          .map((one) => [order.next().value, one] as const)
          .sort(([left], [right]) => left - right)
          .map(([, one]) => one);
        const [expected, merged] = [mergeChanges(undefined, distinct), mergeChanges(undefined, shuffled)];
        expect(merged).toEqual(expected);
        expect(recordHash(merged!)).toBe(recordHash(expected!));
      }),
    );
  });

  it('is the same whether changes or records made of them are merged', () => {
    fc.assert(
      fc.property(fc.uniqueArray(aChange, { minLength: 1, maxLength: 6, selector: (one) => one.stamp }), (changes) => {
        const records = changes.map(recordOf).reduce(mergeRecords);
        expect(mergeRecords(undefined, records)).toEqual(mergeChanges(undefined, changes));
      }),
    );
  });
});
