import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { expect, it } from 'vitest';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { deviceStore } from '../../db/device/device-store.ts';
import { readFeed } from '../../db/device/replica-state.ts';
import type { Sender } from '../../lib/domain/world.ts';
import { exchangeOnce, exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { registration } from '../scenario/edits.ts';
import { aHubFor } from '../scenario/network/a-hub-for.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { aDevice } from '../scenario/phone-stores.ts';

/** A phone on IndexedDB that knows the root, and began to read each of two hubs from its beginning. */
async function aPhoneBetweenHubs() {
  const net = await aNetwork(13);
  const { newId, time, server } = net;
  const [north] = net.clinics as [string, string];
  const nora = await net.aUser(server.replica, [north]);
  const clock = () => time.ms;
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
  const { database, key } = await aDevice(newId(), clock, newId);
  const store = deviceStore(database, key, () => undefined, newId);
  for (let patients = 0; patients < 3; patients++)
    await net.editAt(server.replica, registration(newId(), north), north);
  const toRoot = net.lineTo(() => server.replica, sender);
  await exchangeUntilQuiet(store, toRoot, clock);
  const aHub = async () => {
    const { relay, forPhone, toRoot } = aHubFor(net, [north], sender);
    await toRoot();
    return { epoch: relay.who.epoch, line: forPhone };
  };
  const [one, other] = [await aHub(), await aHub()];
  const alittle = (line: Transport) => exchangeOnce(store, line, clock, 1024);
  for (const { line } of [one, other]) {
    // The first reply says where it is, the second begins.
    await alittle(line);
    expect((await alittle(line)).more).toBe(true);
  }
  const walked = async () => {
    const keys = await database.meta.where('key').startsWith('walk:').primaryKeys();
    return [...new Set(keys.map((name) => name.split(':')[1]))].sort();
  };
  return { database, one, other, walked, exchange: (line: Transport) => exchangeUntilQuiet(store, line, clock) };
}

it('what walks brought is kept by life of a feed, and forgotten when they are over', async () => {
  const { database, one, other, walked, exchange } = await aPhoneBetweenHubs();
  expect(await walked()).toEqual([one.epoch, other.epoch].sort());
  await exchange(one.line);
  expect(await walked()).toEqual([other.epoch]);
  await exchange(other.line);
  expect(await walked()).toEqual([]);
  expect((await readFeed(database)).walks).toEqual({});
});

it('what a walk brought is forgotten when it is given up', async () => {
  const { other, one, walked, exchange } = await aPhoneBetweenHubs();
  const recovering: Transport = async (request) => {
    const reply = (await other.line(request)) as ExchangeReply;
    return { ...reply, recovering: true };
  };
  await exchange(recovering);
  expect(await walked()).toEqual([one.epoch]);
});

it('a walk that an update fell into begins again', async () => {
  const before = new Dexie('a phone in a walk');
  before.version(2).stores({ charts: 'id, commit', records: 'id', outbox: 'id', drafts: 'id', meta: 'key' });
  const cursors = { hub: { org: 3 }, root: { org: 5 } };
  await before.table('meta').bulkAdd([
    { key: 'feed', version: 4, epoch: 'hub', cursors, walking: 'hub', schema: 1 },
    { key: 'walk:3', brought: ['charts:1'] },
  ]);
  before.close();
  const after = openDeviceDatabase('relaxed', 'a phone in a walk');
  expect(await after.meta.where('key').startsWith('walk:').count()).toBe(0);
  expect(await after.meta.get('feed')).toMatchObject({ epoch: 'hub', cursors: { root: { org: 5 } } });
  expect(await after.meta.get('feed')).not.toHaveProperty('cursors.hub');
});
