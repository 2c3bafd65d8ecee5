import { describe, expect, it } from 'vitest';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import {
  hasDeparted,
  isReleased,
  NOTHING_READ,
  readAfter,
  rebaseRecord,
} from '../../../lib/replication/apply-reply.ts';
import type { lifeOf } from '../../../lib/replication/confirmation.ts';
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
  const read = (life: ReturnType<typeof lifeOf>, grants = 3) =>
    readAfter(before, { ...reply, grants } as unknown as ExchangeReply, life).reading;

  it('that are older than those seen are not obeyed', () => {
    expect(read('same')).toMatchObject({ grants: 5, scopes: ['org', 'north:desk'] });
  });

  it('of a new root are obeyed, though its backup knows of fewer', () => {
    expect(read('new')).toMatchObject({ grants: 3, scopes: ['org'] });
  });

  it('of a root that was given up are not obeyed, though it knows of more: they would outrank those of the new one', () => {
    expect(read('old', 7)).toMatchObject({ grants: 5, scopes: ['org', 'north:desk'] });
  });
});

describe('a chart', () => {
  const scopes = ['org', 'north:desk', 'north:record'];
  const membership = (joinedMs: number): StoredRecord => ({
    ...aRecord({ patientId: ['p', 1], clinicId: ['north', 1] }),
    collection: 'patientClinics',
    values: { patientId: 'p', clinicId: 'north', leftAt: null },
    stamps: { patientId: stamp(1), clinicId: stamp(1), leftAt: stamp(joinedMs) },
  });

  it('is let go when its patient left, but not when he came back since', () => {
    const left = { scope: 'north:desk', left: { collection: 'patients', id: 'p', stamp: stamp(5) } };
    expect(hasDeparted([left], [membership(4)], scopes)).toBe(true);
    expect(hasDeparted([left], [membership(6)], scopes)).toBe(false);
  });

  it('is not let go before everything was read: the membership that brings it may be on the next page', () => {
    const visit = { ...aRecord({ patientId: ['p', 1], clinicId: ['north', 1] }), collection: 'visits' };
    const released = (complete: boolean, memberships: StoredRecord[]) =>
      isReleased(collectionNamed('visits')!, visit, memberships, scopes, complete);
    expect([released(false, []), released(true, []), released(true, [membership(1)])]).toEqual([false, true, false]);
  });
});

it('work of a clinic waits no longer for another upstream when this one has come to carry the clinic', () => {
  const before = { ...NOTHING_READ, epoch: 'hub', notHere: ['north', 'south'] };
  const reply = { epoch: 'hub', grants: 1, cursors: { 'south:desk': 0 }, pages: [], more: false };
  expect(readAfter(before, reply as unknown as ExchangeReply, 'same').reading.notHere).toEqual(['north']);
});
