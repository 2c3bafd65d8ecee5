import { describe, expect, it } from 'vitest';
import { recordHash, type StoredRecord } from '../../../lib/replication/record.ts';

const OLDER = '1795248000000.0000.0123456789ab';
const OLD = '1795248000001.0000.0123456789ab';
const NEWEST = '1795248000002.0000.0123456789ab';

function aRecord(stamps: StoredRecord['stamps'], id = 'a'): StoredRecord {
  return {
    collection: 'patients',
    id,
    values: Object.fromEntries(Object.keys(stamps).map((key) => [key, key])),
    stamps,
  };
}

describe('the hash of a record', () => {
  const hash = recordHash(aRecord({ phone: OLD, village: NEWEST }));

  it('is another when an edit older than the newest is missing', () => {
    expect(recordHash(aRecord({ phone: OLDER, village: NEWEST }))).not.toBe(hash);
    expect(recordHash(aRecord({ village: NEWEST }))).not.toBe(hash);
  });

  it('is another when the stamps are those of other keys, or of another record', () => {
    expect(recordHash(aRecord({ phone: NEWEST, village: OLD }))).not.toBe(hash);
    expect(recordHash(aRecord({ phone: OLD, village: NEWEST }, 'b'))).not.toBe(hash);
  });

  it('is the same in whichever order the keys were written', () => {
    expect(recordHash(aRecord({ village: NEWEST, phone: OLD }))).toBe(hash);
  });
});
