import 'fake-indexeddb/auto';
import { wrap } from 'comlink';
import { expect, it, vi } from 'vitest';
import { commitAction } from '../../db/device/commit-action.ts';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { saveEnrolment } from '../../db/device/replica-state.ts';
import { seal } from '../../db/device/seal.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { IndexWorker } from '../../lib/search/index-worker.ts';
import { put, registration } from '../scenario/edits.ts';
import { aDeviceKey } from '../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../scenario/simulated-world.ts';

/** The worker itself, in this thread: what a screen says to it and hears goes through a channel, and is cloned. */
async function theWorker() {
  const { port1, port2 } = new MessageChannel();
  vi.stubGlobal('addEventListener', port1.addEventListener.bind(port1));
  vi.stubGlobal('postMessage', port1.postMessage.bind(port1));
  await import('../../workers/index.worker.ts');
  port1.start();
  return wrap<IndexWorker<CryptoKey>>(port2);
}

it('tells of the patients with something to decide, and of no other', async () => {
  const { newId } = aSimulatedWorld(7);
  const [deviceId, userId, clinicId] = [newId(), newId(), newId()];
  const database = openDeviceDatabase('relaxed');
  const key = await aDeviceKey();
  const bearer = await seal(key, 'bearer', 'token');
  await saveEnrolment(database, { key: 'device', deviceId, clinicIds: [clinicId], keyring: [], bearer });
  const committer = { deviceMs: () => Date.UTC(2026, 10, 21), newId, schema: SCHEMA_VERSION, check: () => null };
  const save = async (patientId: string, ...edits: Edit[]) => {
    const decide = () => ({ edits, author: { userId, clinicId } });
    const done = await commitAction(database, key, [{ table: 'charts', id: patientId }], decide, committer);
    expect(done.ok).toBe(true);
  };
  const conflict = (patientId: string, status: string) =>
    put('conflicts', newId(), {
      patientId,
      clinicId,
      collection: 'patients',
      recordId: patientId,
      key: 'phone',
      status,
    });
  const [plain, decided, disputed] = [newId(), newId(), newId()] as const;
  for (const id of [plain, decided, disputed]) await save(id, ...registration(id, clinicId));
  await save(decided, conflict(decided, 'closed'));
  const open = conflict(disputed, 'open');
  await save(disputed, open, conflict(disputed, 'open'));

  const worker = await theWorker();
  const toDecide = async () => (await worker.toDecide()).map((card) => [card.id, card.openConflicts]);
  expect(await toDecide()).toEqual([]);
  await worker.open(key);
  expect(await worker.search('', 10)).toHaveLength(3);
  expect(await toDecide()).toEqual([[disputed, 2]]);
  await save(disputed, put('conflicts', open.id, { status: 'closed' }));
  await worker.catchUp();
  expect(await toDecide()).toEqual([[disputed, 1]]);
  await database.charts.delete(disputed);
  await worker.catchUp();
  expect(await toDecide()).toEqual([]);
});
