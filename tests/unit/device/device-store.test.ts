import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { describe, expect, it, vi } from 'vitest';
import { diskRefusal } from '../../../app/device/disk-refusal.ts';
import { applyRows } from '../../../db/device/apply-reply.ts';
import { chartsSince, readChart } from '../../../db/device/charts.ts';
import { commitAction, type Opened } from '../../../db/device/commit-action.ts';
import { readFeed, readOrigin } from '../../../db/device/replica-state.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { put, registration } from '../../scenario/edits.ts';
import { aDevice } from '../../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../../scenario/simulated-world.ts';

const AUTHOR = { userId: '01a1fd1e-8c00-7000-8000-00000000a0a0', clinicId: '01a1fd1e-8c00-7000-8000-00000000c1c1' };

async function aPhone() {
  const { newId } = aSimulatedWorld(3);
  const { database, key, committer } = await aDevice(newId(), () => Date.UTC(2026, 10, 21), newId);
  const place = (id: string) => ({ table: 'charts' as const, id });
  const save = (id: string, ...edits: Edit[]) =>
    commitAction(database, key, [place(id)], () => ({ edits, author: AUTHOR }), committer);
  const register = async () => {
    const id = newId();
    await save(id, ...registration(id, AUTHOR.clinicId));
    return id;
  };
  const pull = (records: StoredRecord[], cursor = 1) =>
    applyRows(database, key, records, (feed) => ({ ...feed, epoch: 'e', cursors: { e: { x: cursor } } }));
  const phoneOf = async (id: string) =>
    (await readChart(database, key, id))?.records.find((one) => one.collection === 'patients')?.values.phone;
  const state = async () => ({
    origin: await readOrigin(database),
    feed: await readFeed(database),
    outbox: await database.outbox.count(),
    charts: await database.charts.count(),
  });
  return { database, key, committer, newId, save, register, pull, phoneOf, state, place };
}

/** Lets something happen after rows were read and decided on, and before they are written. */
function beforeNextSeal(happens: () => Promise<unknown>): void {
  const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'encrypt').mockImplementationOnce(async (...given) => {
    await happens();
    return encrypt(...given);
  });
}

function aPatient(id: string, village: string, ms = 1_700_000_000_000): StoredRecord {
  const stamps = { clinicId: `${ms}.0000.000000000001`, village: `${ms}.0000.000000000001` };
  return { collection: 'patients', id, values: { clinicId: AUTHOR.clinicId, village }, stamps };
}

/** Makes the next put of a store fail as IndexedDB does on a full disk. */
function failNextPut(database: Dexie, table: string, name: string): void {
  let failed = false;
  database.use({
    stack: 'dbcore',
    name: `fail-${table}`,
    create: (core) => ({
      ...core,
      table: (asked) => {
        const inner = core.table(asked);
        if (asked !== table) return inner;
        return {
          ...inner,
          mutate: (request) => {
            if (failed) return inner.mutate(request);
            failed = true;
            return Promise.reject(new DOMException('full', name));
          },
        };
      },
    }),
  });
}

describe('charts changed since a commit', () => {
  it('come in batches, none passed over though many share one commit', async () => {
    const { database, key, newId, pull } = await aPhone();
    const ids = Array.from({ length: 25 }, newId);
    await pull(ids.map((id) => aPatient(id, 'Kfar')));
    const late = newId();
    await pull([aPatient(late, 'Saida')], 2);
    const found: string[] = [];
    const commits: number[] = [];
    for await (const batch of chartsSince(database, key, 0, 10)) {
      found.push(...batch.charts.map((chart) => chart.patientId));
      commits.push(batch.commit);
    }
    expect([...found].sort()).toEqual([...ids, late].sort());
    // Until the last chart was given there is nothing to go on from but the start.
    expect(commits).toEqual([0, 0, 2]);
    for await (const batch of chartsSince(database, key, 1))
      expect(batch.charts.map((one) => one.patientId)).toEqual([late]);
  });

  it('miss nothing that is saved while they are read', async () => {
    const { database, key, newId, pull } = await aPhone();
    const ids = Array.from({ length: 25 }, newId);
    await pull(ids.map((id) => aPatient(id, 'Kfar')));
    const late = newId();
    const found: string[] = [];
    let commit = 0;
    for await (const batch of chartsSince(database, key, 0, 10)) {
      if (found.length === 0) {
        await pull([aPatient(late, 'Saida')], 2);
        await pull([aPatient(ids[24]!, 'Saida', 1_700_000_000_001)], 3);
      }
      found.push(...batch.charts.map((chart) => chart.patientId));
      commit = batch.commit;
    }
    expect(new Set(found)).toEqual(new Set([...ids, late]));
    expect(commit).toBe(3);
  });
});

describe('a save', () => {
  it('is decided again when its row moved meanwhile, on the row as it is then', async () => {
    const { database, key, committer, register, pull, phoneOf, place } = await aPhone();
    const id = await register();
    const seen: unknown[] = [];
    const decide = ({ read }: Opened) => {
      seen.push(read({ collection: 'patients', id })?.values.village);
      return { edits: [put('patients', id, { phone: '0700' })], author: AUTHOR };
    };
    beforeNextSeal(() => pull([aPatient(id, 'Kfar')]));
    await commitAction(database, key, [place(id)], decide, committer);
    expect(seen).toEqual([undefined, 'Kfar']);
    expect(await phoneOf(id)).toBe('0700');
    const values = (await readChart(database, key, id))!.records.find((one) => one.id === id)!.values;
    expect(values).toMatchObject({ givenName: 'Amina', village: 'Kfar' });
    expect([(await readOrigin(database)).seq, await database.outbox.count()]).toEqual([3, 2]);
  });

  it.each(['charts', 'outbox', 'meta'])('saves nothing when the disk is full at %s', async (table) => {
    const { database, register, save, state } = await aPhone();
    const id = await register();
    const before = await state();
    database.close();
    failNextPut(database, table, 'QuotaExceededError');
    await database.open();
    const fault = await save(id, put('patients', id, { phone: '0700' })).catch((one: unknown) => one);
    expect(diskRefusal(fault)).toBe('storage-full');
    expect(await state()).toEqual(before);
    expect((await save(id, put('patients', id, { phone: '0700' }))).ok).toBe(true);
  });

  it('says so when the database is closed', async () => {
    const { database, save, register } = await aPhone();
    const id = await register();
    database.close();
    const fault = await save(id, put('patients', id, { phone: '0700' })).catch((one: unknown) => one);
    expect(diskRefusal(fault)).toBe('database-closed');
  });

  it('refuses to put a change to a chart into a row of its own', async () => {
    const { database, save, newId } = await aPhone();
    await expect(save(newId(), put('visits', newId(), { reason: 'cough' }))).rejects.toThrow('chart was not opened');
    expect(await database.records.count()).toBe(0);
  });
});

describe('a reply', () => {
  it.each(['the same chart', 'another chart'])('keeps a save of %s that came in between', async (which) => {
    const { database, key, register, pull, save, phoneOf } = await aPhone();
    const [id, other] = [await register(), await register()];
    const edited = which === 'the same chart' ? id : other;
    beforeNextSeal(() => save(edited, put('patients', edited, { phone: '0700' })));
    await pull([aPatient(id, 'Kfar')]);
    expect(await phoneOf(edited)).toBe('0700');
    const values = (await readChart(database, key, id))!.records.find((one) => one.id === id)!.values;
    expect(values.village).toBe('Kfar');
    const { seq, commit } = await readOrigin(database);
    expect([seq, commit]).toEqual([5, 4]);
  });

  it.each(['charts', 'meta'])('applies nothing when the disk is full at %s', async (table) => {
    const { database, register, pull, state } = await aPhone();
    const id = await register();
    const before = await state();
    database.close();
    failNextPut(database, table, 'QuotaExceededError');
    await database.open();
    await expect(pull([aPatient(id, 'Kfar')], 9)).rejects.toSatisfy((fault) => diskRefusal(fault) === 'storage-full');
    expect(await state()).toEqual(before);
    await pull([aPatient(id, 'Kfar')], 9);
    expect((await readFeed(database)).cursors).toEqual({ e: { x: 9 } });
  });
});

describe('what the disk says', () => {
  it.each([
    [new Dexie.QuotaExceededError(), 'storage-full'],
    [Object.assign(new Dexie.AbortError(), { inner: new DOMException('full', 'QuotaExceededError') }), 'storage-full'],
    [new DOMException('full', 'QuotaExceededError'), 'storage-full'],
    [new Dexie.DatabaseClosedError(), 'database-closed'],
    [new DOMException('closing', 'InvalidStateError'), 'database-closed'],
    [new Error('a fault of ours'), null],
    [null, null],
  ] as const)('%s: %s', (fault, kind) => {
    expect(diskRefusal(fault)).toBe(kind);
  });
});
