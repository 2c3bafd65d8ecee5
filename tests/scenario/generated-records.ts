import fc from 'fast-check';
import type { Change } from '../../lib/replication/change.ts';
import type { Json } from '../../lib/replication/json.ts';
import { mergeRecords } from '../../lib/replication/merge.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { makeStamp } from '../../lib/replication/stamp.ts';

const ID = '01a1fd1e-8c00-7000-8000-000000000001';
const names = [
  'phone',
  'village',
  'birth',
  'attributes.a',
  'attributes.b.c',
  'answers.q.row',
  'later',
  'clinicId',
  'deleted',
];

/** Few values and few stamps, so that ties and overlaps are common; equal stamps carry equal values, as in life. */
const change = fc.record({ ms: fc.integer({ min: 1, max: 6 }), counter: fc.integer({ min: 0, max: 1 }) });

/** A record of which one stamp always wrote one value: what any replica may hold of it. */
export const aRecord: fc.Arbitrary<StoredRecord> = fc
  .dictionary(fc.constantFrom(...names), change, { minKeys: 1 })
  .chain((points) => fc.tuple(fc.constant(points), fc.boolean()))
  .map(([points, erased]) => {
    const keys = erased ? [...Object.keys(points), 'erased'] : Object.keys(points);
    const stamps = Object.fromEntries(keys.map((key) => [key, makeStamp(points[key] ?? { ms: 3, counter: 0 }, ID)]));
    const values = Object.fromEntries(keys.map((key) => [key, key === 'erased' ? true : `${key} ${stamps[key]}`]));
    return mergeRecords(undefined, { collection: 'patients', id: ID, values, stamps });
  });

/** A change of that record, of any kind. */
export const aChange: fc.Arbitrary<Change> = fc
  .record({
    point: change,
    number: fc.integer({ min: 0, max: 0xffff }),
    kind: fc.constantFrom('put', 'put', 'put', 'delete', 'restore', 'erase'),
    keys: fc.uniqueArray(fc.constantFrom(...names.slice(0, 7)), { minLength: 1, maxLength: 3 }),
    seen: fc.boolean(),
  })
  .map(({ point, number, kind, keys, seen }) => {
    const id = `01a1fd1e-8c00-7000-8000-${number.toString(16).padStart(12, '0')}`;
    const stamp = makeStamp({ ms: point.ms, counter: (point.counter << 8) | (number & 0xff) }, id);
    const fields: Record<string, Json> =
      kind === 'put' ? Object.fromEntries(keys.map((key) => [key, `${key} ${stamp}`])) : {};
    const replaced = { deleted: [], phone: seen ? [makeStamp({ ms: 1, counter: 0 }, ID)] : [] };
    return {
      ...{ id, actionId: id, origin: ID, originSeq: 1, collection: 'patients', recordId: ID, clinicId: null },
      ...{ kind: kind as Change['kind'], fields, replaced, stamp, at: '2026-11-21T08:00:00.000Z' },
      ...{ author: `by ${stamp}`, reason: null, schema: 1 },
    };
  });
