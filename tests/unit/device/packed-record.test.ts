import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packRecord, unpackRecord } from '../../../db/device/packed-record.ts';
import { aRecord } from '../../scenario/generated-records.ts';

it('a record comes back from its packed form with every value and stamp', () => {
  fc.assert(
    fc.property(aRecord, (record) => {
      expect(unpackRecord(JSON.parse(JSON.stringify(packRecord(record))))).toEqual(record);
    }),
  );
});

it('a cleared key keeps its stamp', () => {
  const stamps = { phone: '2', village: '1', camp: '1' };
  const record = { collection: 'patients', id: 'a', values: { phone: null, village: 'x', camp: null }, stamps };
  expect(unpackRecord(packRecord(record))).toEqual(record);
});
