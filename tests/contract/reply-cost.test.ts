import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { commitAction } from '../../db/device/commit-action.ts';
import type { OutboxRow } from '../../db/device/device-database.ts';
import { deviceStore } from '../../db/device/device-store.ts';
import { exchangeOnce } from '../../lib/replication/exchange.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { put, registration } from '../scenario/edits.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { aDevice } from '../scenario/phone-stores.ts';

const MANY = 2000;
const EVERYTHING = { maxChanges: 200, maxBytes: 1e6 };

/** A phone with a large outbox: copies of its one row, and what of them is read and opened. */
async function aFullPhone(copies: Partial<OutboxRow>) {
  const net = await aNetwork(3);
  const { newId, time, server } = net;
  const [north] = net.clinics as [string, string];
  const nora = await net.aUser(server.replica, [north]);
  const clock = () => time.ms;
  const { database, key, committer } = await aDevice(newId(), clock, newId);
  const line = net.lineTo(() => server.replica, { kind: 'device', clinicIds: [north], signedIn: [nora] });
  const store = deviceStore(database, key, () => undefined, newId);
  const patientId = newId();
  const registered = { edits: registration(patientId, north), author: { userId: nora, clinicId: north } };
  await commitAction(database, key, [{ table: 'charts', id: patientId }], () => registered, committer);
  const exchange = (through = store) => exchangeOnce(through, line, clock, MAX_REPLY_BYTES);
  await exchange();
  const outgoing = await store.readOutgoing(EVERYTHING);
  const row = (await database.outbox.toArray())[0]!;
  await database.outbox.bulkAdd(
    Array.from({ length: MANY }, (_, at) => ({ ...row, id: newId(), seq: 100 + at, lastSeq: 1000 + at, ...copies })),
  );
  const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
  let read = 0;
  database.outbox.hook('reading', (one) => {
    read += 1;
    return one;
  });
  return {
    ...{ net, server, store, patientId },
    /** A reply to a request that gave nothing. */
    hear: () => exchange({ readOutgoing: async () => outgoing, applyReply: store.applyReply.bind(store) }),
    async cost(work: () => Promise<unknown>) {
      read = 0;
      decrypt.mockClear();
      await work();
      return { read, opened: decrypt.mock.calls.length };
    },
  };
}

const PENDING = { state: 'pending', confirmedAtMs: null, pendingIn: ['charts:another'] } as const;
const RECEIVED = { state: 'received', confirmedAtMs: null, receivedBy: 'the hub' } as const;

describe('a phone with a large outbox', () => {
  it.each<[string, Partial<OutboxRow>]>([
    ['pending', PENDING],
    ['received', RECEIVED],
    ['confirmed', {}],
  ])('reads and opens none of it for a reply with nothing: %s', async (_what, copies) => {
    const { hear, cost } = await aFullPhone(copies);
    const { read, opened } = await cost(hear);
    // The row at the watermark, whose chain is compared.
    expect(read).toBeLessThanOrEqual(1);
    expect(opened).toBe(0);
  });

  it('opens the chart that a reply changes, and of the outbox what is pending in it', async () => {
    const { net, server, hear, cost, patientId } = await aFullPhone(PENDING);
    await net.editAt(server.replica, [put('patients', patientId, { village: 'Kfar' })]);
    const { read, opened } = await cost(hear);
    expect(read).toBeLessThanOrEqual(1);
    expect(opened).toBe(1);
  });

  it('reads none of what this upstream has received, to say what it has to offer', async () => {
    const { store, cost } = await aFullPhone({ ...RECEIVED, receivedBy: null });
    expect(await cost(() => store.readOutgoing(EVERYTHING))).toEqual({ read: 0, opened: 0 });
  });
});
