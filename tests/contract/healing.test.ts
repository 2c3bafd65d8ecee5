import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { openRow } from '../../db/device/chart.ts';
import { chartRow } from '../../db/device/chart-row.ts';
import { openChart } from '../../db/device/charts.ts';
import { commitAction } from '../../db/device/commit-action.ts';
import { changeFeed, readFeed } from '../../db/device/replica-state.ts';
import type { Sender } from '../../lib/domain/world.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { syncRound } from '../../workers/sync-loop.ts';
import { type Upstream, UpstreamRefusal } from '../../workers/upstream.ts';
import { membership, put, registration } from '../scenario/edits.ts';
import { aHubFor } from '../scenario/network/a-hub-for.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { anUpstream } from '../scenario/network/an-upstream.ts';
import { aDevice } from '../scenario/phone-stores.ts';

/** A phone on IndexedDB whose whole round runs against a root in memory. */
async function aCase() {
  const net = await aNetwork(5);
  const { newId, time, server } = net;
  const [north, south] = net.clinics as [string, string];
  const nora = await net.aUser(server.replica, [north]);
  const { database, key, committer } = await aDevice(newId(), () => time.ms, newId);
  const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
  const ids = [newId(), newId(), newId()] as [string, string, string];
  for (const id of ids) await net.editAt(server.replica, registration(id, north), north);
  const { upstream, asked } = anUpstream(net, () => server.replica, sender);
  const told: string[] = [];
  const round = (through: Upstream = upstream) =>
    syncRound(
      database,
      key,
      through,
      (charts) => told.push(...charts),
      async () => undefined,
    );
  const givenName = async (id: string) => {
    const row = await database.charts.get(id);
    const chart = row === undefined ? null : await openChart(key, row);
    return chart?.records.find((one) => one.collection === 'patients')?.values.givenName ?? null;
  };
  await round();
  asked.snapshots.length = 0;
  return {
    ...{ net, newId, time, server, north, south, nora, database, key, committer, ids, upstream, asked, told, round },
    givenName,
    save: (id: string, edits: Parameters<typeof put>[2]) =>
      commitAction(
        database,
        key,
        [{ table: 'charts', id }],
        () => ({ edits: [put('patients', id, edits)], author: { userId: nora, clinicId: north } }),
        committer,
      ),
    /** The chart's records replaced, as a fault of this phone would leave them. */
    async tamper(id: string, change: (record: StoredRecord) => StoredRecord) {
      const row = (await database.charts.get(id))!;
      const held = await openRow(key, { table: 'charts', id }, row);
      const stored = Object.values(held.stored).map(change);
      const next = { stored: Object.fromEntries(stored.map((one) => [refKey(one), one])), shown: {} };
      await database.charts.put({ ...(await chartRow(key, id, next)), commit: row.commit });
    },
  };
}

function older(record: StoredRecord): StoredRecord {
  if (record.collection !== 'patients') return record;
  const stamp = record.stamps.givenName!;
  const before = `0${stamp.slice(1)}`;
  return {
    ...record,
    values: { ...record.values, givenName: 'Amine' },
    stamps: { ...record.stamps, givenName: before },
  };
}

describe('a phone whose digests differ', () => {
  it('gets back a row that it lost, and counts it', async () => {
    const { ids, database, round, asked, givenName, told } = await aCase();
    expect(await round()).toEqual({ digestsEqual: true, comparedWith: 'server' });
    expect(asked.snapshots).toEqual([]);
    await database.charts.delete(ids[1]);
    told.length = 0;
    expect((await round()).digestsEqual).toBe(true);
    expect(await givenName(ids[1])).toBe('Amina');
    expect([...new Set(told)]).toEqual([ids[1]]);
    expect((await readFeed(database)).healed).toBe(2);
  });

  it('says with whom it compared: equal to a hub is not yet equal to the server', async () => {
    const { net, north, nora, round } = await aCase();
    const sender: Sender = { kind: 'device', clinicIds: [north], signedIn: [nora] };
    const hub = aHubFor(net, [north], sender);
    await hub.toRoot();
    const { upstream } = anUpstream(net, () => hub.relay, sender);
    expect(await round(upstream)).toEqual({ digestsEqual: true, comparedWith: 'hub' });
  });

  it('gets the newer state of a row that it held in an older one, and keeps what is saved meanwhile', async () => {
    const { ids, database, round, tamper, givenName, save, server, upstream } = await aCase();
    await tamper(ids[0], older);
    expect(await givenName(ids[0])).toBe('Amine');
    const savedMeanwhile: Upstream = {
      ...upstream,
      async snapshot(request) {
        await save(ids[0], { village: 'Kfar' });
        return upstream.snapshot(request);
      },
    };
    expect((await round(savedMeanwhile)).digestsEqual).toBe(true);
    expect(await givenName(ids[0])).toBe('Amina');
    expect(server.replica.records.get(`patients/${ids[0]}`)?.values.village).toBe('Kfar');
    expect((await readFeed(database)).healed).toBe(1);
  });

  it('reads only the scopes that differ, and leaves cursors and rights as they are', async () => {
    const { ids, database, round, asked, north } = await aCase();
    const { cursors, scopes, epoch } = await readFeed(database);
    await database.charts.delete(ids[1]);
    await round();
    expect(asked.snapshots[0]?.scopes?.length).toBeGreaterThan(0);
    expect(asked.snapshots[0]?.scopes?.every((scope) => scope.startsWith(north))).toBe(true);
    expect(await readFeed(database)).toMatchObject({ cursors, scopes, epoch, snapshot: null });
  });

  it('reads them again once a day, not at every round, and then anew what that did not mend', async () => {
    const { ids, database, round, asked, upstream, save } = await aCase();
    // The root knows it as an origin.
    await save(ids[0], { village: 'Kfar' });
    await round();
    let anew = 0;
    const wrong: Upstream = {
      ...upstream,
      async exchange(request) {
        const { cursors } = request as { cursors: object };
        anew += Object.keys(cursors).length === 0 ? 1 : 0;
        const reply = (await upstream.exchange(request)) as { digests: Record<string, object> };
        const scopes = Object.keys(reply.digests);
        return { ...reply, digests: Object.fromEntries(scopes.map((one) => [one, { count: 999, digest: '0' }])) };
      },
    };
    expect((await round(wrong)).digestsEqual).toBe(false);
    const pages = asked.snapshots.length;
    expect(pages).toBeGreaterThan(0);
    expect((await round(wrong)).digestsEqual).toBe(false);
    expect(asked.snapshots.length).toBe(pages);
    expect(anew).toBe(1);
    await changeFeed(database, (feed) => {
      const aDayAgo = Object.entries(feed.healing).map(([life, one]) => [
        life,
        { ...one, startedMs: one.startedMs - 86_400_001 },
      ]);
      return { ...feed, healing: Object.fromEntries(aDayAgo) };
    });
    await round(wrong);
    expect(asked.snapshots.length).toBe(2 * pages);
    expect(anew).toBe(2);
    expect(await database.charts.count()).toBe(ids.length);
  });

  it('goes on where reading again was cut, and gives up what is refused until another day', async () => {
    const { ids, database, round, asked, upstream, givenName } = await aCase();
    await database.charts.clear();
    let pages = 0;
    const cut: Upstream = {
      ...upstream,
      async snapshot(request) {
        pages += 1;
        if (pages === 2) throw new TypeError('cut');
        return upstream.snapshot(request);
      },
    };
    await expect(round(cut)).rejects.toThrow('cut');
    expect((await round()).digestsEqual).toBe(true);
    expect(asked.snapshots.filter((one) => one.token === null).length).toBe(1);
    for (const id of ids) expect(await givenName(id)).toBe('Amina');
  });

  it('is not stopped by an upstream that refuses to be read again', async () => {
    const { database, round, upstream } = await aCase();
    await database.charts.clear();
    const refusing: Upstream = {
      ...upstream,
      async snapshot() {
        throw new UpstreamRefusal('internal', null);
      },
    };
    await expect(round(refusing)).rejects.toThrow('internal');
    // Its exchanges bring everything all the same.
    expect((await round(refusing)).digestsEqual).toBe(true);
  });

  it('reads everything again, and keeps what is pending, when it has learnt to hold more', async () => {
    const { ids, database, round, save, givenName } = await aCase();
    await save(ids[0], { givenName: 'Aminah' });
    await changeFeed(database, (feed) => ({ ...feed, schema: feed.schema - 1 }));
    expect((await readFeed(database)).cursors).toEqual({});
    expect(await givenName(ids[0])).toBe('Aminah');
    await database.charts.delete(ids[1]);
    expect((await round()).digestsEqual).toBe(true);
    expect(await givenName(ids[0])).toBe('Aminah');
    expect(await givenName(ids[1])).toBe('Amina');
  });

  it('lets go of a patient who left before it had learnt to hold more', async () => {
    const { net, server, ids, north, south, database, round, givenName } = await aCase();
    const left = [membership(ids[0], south), membership(ids[0], north, '2026-11-21T09:00:00.000Z')];
    await net.editAt(server.replica, left);
    await changeFeed(database, (feed) => ({ ...feed, schema: feed.schema - 1 }));
    expect((await round()).digestsEqual).toBe(true);
    expect(await givenName(ids[0])).toBeNull();
    expect(await givenName(ids[1])).toBe('Amina');
  });

  it('offers again what a root had confirmed that was restored before the phone learnt to hold more', async () => {
    const { net, server, ids, time, database, round, save } = await aCase();
    await save(ids[0], { village: 'Kfar' });
    await round();
    const { log } = server.replica;
    const firstLost = log.findIndex(({ change }) => change.fields.village === 'Kfar');
    expect(firstLost).toBeGreaterThan(0);
    time.ms += 1000;
    const replica = net.aRoot();
    const kept = log.slice(0, firstLost).map(({ change }) => change);
    for (const id of new Set(kept.map((change) => change.actionId)))
      await replica.accept([{ id, changes: kept.filter((change) => change.actionId === id) }]);
    server.replica = replica;
    await changeFeed(database, (feed) => ({ ...feed, schema: feed.schema - 1 }));
    await round();
    await round();
    expect(server.replica.records.get(`patients/${ids[0]}`)?.values.village).toBe('Kfar');
  });
});

describe('a phone tells how it fares', () => {
  it('when something changed since it last said so, and not before it was heard', async () => {
    const { database, ids, round, save, upstream } = await aCase();
    const said: (Record<string, unknown> | undefined)[] = [];
    const listening: Upstream = {
      ...upstream,
      exchange: (request) => {
        said.push((request as { report?: Record<string, unknown> }).report);
        return upstream.exchange(request);
      },
    };
    // The first reply sets its clock.
    await round();
    await round(listening);
    expect(said).toEqual([undefined]);
    expect((await readFeed(database)).reported).toMatchObject({ appVersion: 'development', unsent: 0 });
    await save(ids[0], { sex: 'nonsense' });
    const cut = { ...listening, exchange: () => Promise.reject(new TypeError('cut')) };
    await expect(round(cut)).rejects.toThrow('cut');
    await round(listening);
    expect(said.map((one) => [one?.unsent, one?.refused])).toEqual([
      [undefined, undefined],
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('a phone whose root was restored from a backup', () => {
  async function restored() {
    const one = await aCase();
    const { net, server, ids, time, round } = one;
    await round();
    const log = server.replica.log;
    const firstLost = log.findIndex(({ change }) => change.recordId === ids[1]);
    time.ms += 1000;
    const replica = net.aRoot();
    for (const { change } of log.slice(0, firstLost)) {
      const changes = log.map((kept) => kept.change).filter((kept) => kept.actionId === change.actionId);
      await replica.accept([{ id: change.actionId, changes }]);
    }
    replica.who = { ...replica.who, recovering: true };
    server.replica = replica;
    return one;
  }

  it('bears witness to what the root has lost, once', async () => {
    const { server, ids, round, asked, net } = await restored();
    expect(server.replica.records.has(`patients/${ids[2]}`)).toBe(false);
    expect((await round()).digestsEqual).toBe(true);
    for (const id of ids) expect(server.replica.records.get(`patients/${id}`)?.values.givenName).toBe('Amina');
    expect(net.witnessed).toContain(`patients/${ids[2]}`);
    const heard = asked.witness;
    expect(heard).toBeGreaterThan(0);
    await round();
    expect(asked.witness).toBe(heard);
  });

  it('lets go of a patient who has left meanwhile, but not of what is pending for him', async () => {
    const { net, server, ids, north, south, round, database, givenName, save, upstream } = await restored();
    const left = [membership(ids[0], south), membership(ids[0], north, '2026-11-21T09:00:00.000Z')];
    await net.editAt(server.replica, left);
    const first = new Set<string>();
    const savedMeanwhile: Upstream = {
      ...upstream,
      async witness(request) {
        if (first.size === 0) await save(ids[0], { village: 'Kfar' });
        first.add('saved');
        return upstream.witness(request);
      },
      async exchange(request) {
        if (first.size > 0) throw new TypeError('cut');
        return upstream.exchange(request);
      },
    };
    await expect(round(savedMeanwhile)).rejects.toThrow('cut');
    expect(await givenName(ids[1])).toBe('Amina');
    const row = (await database.charts.get(ids[0]))!;
    expect(row.sums).toEqual({});
    expect(await database.outbox.where('state').equals('pending').count()).toBe(1);
    await round();
    expect(await database.charts.get(ids[0])).toBeUndefined();
    expect(server.replica.records.get(`patients/${ids[0]}`)?.values.village).toBe('Kfar');
  });
});
