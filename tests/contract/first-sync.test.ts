import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { readFeed } from '../../db/device/replica-state.ts';
import type { Sender } from '../../lib/domain/world.ts';
import { syncRound } from '../../workers/sync-loop.ts';
import type { Upstream } from '../../workers/upstream.ts';
import { registration } from '../scenario/edits.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { anUpstream } from '../scenario/network/an-upstream.ts';
import { aDevice } from '../scenario/phone-stores.ts';

/** A new phone on IndexedDB and a server of five patients; `onCharts` is called when a page was stored. */
async function aCase() {
  const net = await aNetwork(7);
  const { newId, time, server } = net;
  const [north] = net.clinics as [string];
  const nora = await net.aUser(server.replica, [north]);
  const { database, key } = await aDevice(newId(), () => time.ms, newId);
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
  for (let count = 0; count < 5; count++) await net.editAt(server.replica, registration(newId(), north), north);
  const { upstream, asked } = anUpstream(net, () => server.replica, sender);
  const round = (through: Upstream, onCharts: () => void = () => undefined) =>
    syncRound(database, key, through, onCharts, async () => undefined);
  return { database, upstream, tokens: () => asked.snapshots.map(({ token }) => token), round };
}

it('asks for the next page while one is stored', async () => {
  const { upstream, tokens, round, database } = await aCase();
  const askedBefore: number[] = [];
  await round(upstream, () => askedBefore.push(tokens().length));
  const pages = new Set(tokens()).size;
  expect(pages).toBeGreaterThan(3);
  expect(tokens()).toHaveLength(pages);
  expect(askedBefore.slice(0, 3)).toEqual([2, 3, 4]);
  expect((await readFeed(database)).snapshot).toBeNull();
  expect(await database.charts.count()).toBe(5);
});

it('a page that cannot be stored is the one it goes on with, though the next had come', async () => {
  const { upstream, tokens, round, database } = await aCase();
  let stored = 0;
  const full = () => {
    stored += 1;
    if (stored === 2) database.close();
  };
  await expect(round(upstream, full)).rejects.toThrow();
  await database.open();
  const { snapshot } = await readFeed(database);
  const before = tokens().length;
  await round(upstream);
  expect(tokens()[before]).toBe(snapshot?.token);
  expect(tokens().slice(0, before)).toContain(snapshot?.token);
  expect(await database.charts.count()).toBe(5);
});

it('a line that is cut while a page is stored costs that page nothing', async () => {
  const { upstream, tokens, round, database } = await aCase();
  const cut: Upstream = {
    ...upstream,
    snapshot: (request) => (tokens().length === 3 ? Promise.reject(new TypeError('cut')) : upstream.snapshot(request)),
  };
  await expect(round(cut)).rejects.toThrow('cut');
  const third = tokens()[2];
  expect((await readFeed(database)).snapshot?.token).not.toBe(third);
  await round(upstream);
  expect(new Set(tokens()).size).toBe(tokens().length);
  expect(await database.charts.count()).toBe(5);
});
