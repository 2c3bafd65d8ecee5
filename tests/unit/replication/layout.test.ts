import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLLECTIONS, collectionNamed } from '../../../lib/domain/collections.ts';
import { groupOf } from '../../../lib/replication/declaration.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { decodeRow, encodeRow, type Layout, layoutOf, unknownLayout } from '../../../lib/replication/layout.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { makeStamp } from '../../../lib/replication/stamp.ts';

const ID = '01a1fd1e-8c00-7000-8000-000000000001';
const value: fc.Arbitrary<Json> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
) as fc.Arbitrary<Json>;
const entryId = fc.constantFrom('a', 'b', 'q1', '018f');
const stamp = fc.integer({ min: 1, max: 3 }).map((ms) => makeStamp({ ms, counter: 0 }, ID));

/** Keys that records of a collection have, those of a newer writer included. */
function keysAndValues(name: string) {
  const collection = collectionNamed(name)!;
  const members = (group: string) => [...collection.groups[group]!];
  const group = (key: string) =>
    fc
      .tuple(...members(key).map(() => value))
      .map((all) => [key, Object.fromEntries(members(key).map((one, i) => [one, all[i]!]))] as const);
  const plain = Object.keys(collection.fields).filter(
    (field) => collection.fields[field]!.keyed === 'no' && groupOf(collection, field) === null,
  );
  const keyed = Object.entries(collection.fields).filter(([, field]) => field.keyed !== 'no');
  const entries = keyed.map(([column, field]) =>
    field.keyed === 'rows'
      ? fc.tuple(entryId, entryId, value).map(([entry, row, held]) => [`${column}.${entry}.${row}`, held] as const)
      : fc.tuple(entryId, entryId, value).map(([one, two, held]) => [`${column}.${one}.${two}`, held] as const),
  );
  const newer = fc.tuple(fc.constantFrom('laterField', 'laterColumn.x', 'laterColumn.x.y'), value);
  const known = fc.tuple(fc.constantFrom(...plain), value);
  return fc.oneof(known, newer, ...Object.keys(collection.groups).map(group), ...entries);
}

function aRecord(name: string): fc.Arbitrary<StoredRecord> {
  return fc.array(fc.tuple(keysAndValues(name), stamp), { minLength: 1, maxLength: 12 }).map((all) => ({
    collection: name,
    id: ID,
    values: Object.fromEntries(all.map(([[key, held]]) => [key, held as Json])),
    stamps: Object.fromEntries(all.map(([[key], at]) => [key, at])),
  }));
}

const wire = (layout: Layout, record: StoredRecord) => JSON.parse(JSON.stringify(encodeRow(layout, record)));

describe('a record as a row', () => {
  it.each(COLLECTIONS.map((one) => one.name))('%s: comes back as it was, unknown keys included', (name) => {
    const layout = layoutOf(collectionNamed(name)!);
    fc.assert(
      fc.property(aRecord(name), (record) => {
        expect(decodeRow(layout, wire(layout, record))).toEqual(record);
      }),
      { numRuns: 50 },
    );
  });

  it('comes back when its collection is unknown', () => {
    const layout = unknownLayout('patients');
    fc.assert(
      fc.property(aRecord('patients'), (record) => {
        expect(decodeRow(layout, wire(layout, record))).toEqual(record);
      }),
    );
  });
});
