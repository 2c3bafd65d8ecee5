import { describe, expect, it } from 'vitest';
import { NOTHING_READ, readAfter, rebaseRecord } from '../../../lib/replication/apply-reply.ts';
import type { ExchangeReply } from '../../../lib/replication/protocol/exchange-reply.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';

const stamp = (ms: number) => `${1_795_248_000_000 + ms}.0000.0123456789ab`;

function aRecord(keys: Record<string, [value: string, ms: number]>): StoredRecord {
  const entries = Object.entries(keys);
  return {
    collection: 'patients',
    id: 'a',
    values: Object.fromEntries(entries.map(([key, [value]]) => [key, value])),
    stamps: Object.fromEntries(entries.map(([key, [, ms]]) => [key, stamp(ms)])),
  };
}

describe('a pulled row', () => {
  it('takes back no key that is newer here: a hub may be days behind the server that was asked before', () => {
    const stored = aRecord({ phone: ['new', 3], village: ['old', 1], camp: ['only here', 1] });
    const pulled = aRecord({ phone: ['old', 1], village: ['new', 2] });
    const merged = aRecord({ phone: ['new', 3], village: ['new', 2], camp: ['only here', 1] });
    expect(rebaseRecord({ stored, shown: stored }, pulled, [], [])).toEqual({ stored: merged, shown: merged });
  });
});

describe('rights', () => {
  const reply = { epoch: 'feed', grants: 3, cursors: { org: 7 }, more: false, pages: [], digests: {} };
  const before = { ...NOTHING_READ, epoch: 'feed', grants: 5, scopes: ['org', 'north:desk'] };
  const read = (newRoot: boolean) => readAfter(before, reply as unknown as ExchangeReply, newRoot).reading;

  it('that are older than those seen are not obeyed', () => {
    expect(read(false)).toMatchObject({ grants: 5, scopes: ['org', 'north:desk'] });
  });

  it('of a new root are obeyed, though its backup knows of fewer', () => {
    expect(read(true)).toMatchObject({ grants: 3, scopes: ['org'] });
  });
});
