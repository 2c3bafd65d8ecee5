import 'fake-indexeddb/auto';
import { beforeEach, expect, it, vi } from 'vitest';
import { currentPhone, database } from '../../../app/device/phone.ts';
import { lock, unlock } from '../../../app/device/unlock.ts';
import { importDataKey, newDataKeyBytes, wrapDataKey } from '../../../db/device/data-key.ts';
import { readDevice, saveEnrolment } from '../../../db/device/replica-state.ts';
import { seal } from '../../../db/device/seal.ts';

const NORA = '01a1fd1e-8c00-7000-8000-0000000000b1';
const [RIGHT, WRONG] = ['739146', '000001'];

beforeEach(async () => {
  lock();
  await database.meta.clear();
  const raw = newDataKeyBytes();
  const bearer = await seal(await importDataKey(raw), 'bearer', 'a token');
  const wrapped = await wrapDataKey(raw, RIGHT);
  const keyring = [{ userId: NORA, name: 'Nora', wrapped, wrongAttempts: 0, blockedUntilMs: 0 }];
  await saveEnrolment(database, { key: 'device', deviceId: NORA, clinicIds: [NORA], keyring, bearer });
});

it('the right PIN opens the phone and forgets the wrong ones before it', async () => {
  expect(await unlock(NORA, WRONG)).toEqual({ ok: false, attemptsLeft: 4, waitUntilMs: null });
  expect(await unlock(NORA, RIGHT)).toEqual({ ok: true });
  expect(currentPhone()).toMatchObject({ state: 'open', session: { userId: NORA, bearer: 'a token' } });
  expect((await readDevice(database))?.keyring[0]).toMatchObject({ wrongAttempts: 0, blockedUntilMs: 0 });
});

it('many tabs at once give no more attempts than one', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => unlock(NORA, WRONG)));
  expect(answers.filter((answer) => !answer.ok && answer.waitUntilMs === null)).toHaveLength(4);
  expect((await readDevice(database))?.keyring[0]?.wrongAttempts).toBe(5);
  expect(await unlock(NORA, RIGHT)).toMatchObject({ ok: false, attemptsLeft: 0 });
  expect(currentPhone().state).not.toBe('open');
});

it('a token that another tab was given meanwhile is not written over by a wrong PIN', async () => {
  const device = (await readDevice(database))!;
  const trying = unlock(NORA, WRONG);
  const bearer = { ...device.bearer, nonce: new Uint8Array(12) };
  await saveEnrolment(database, { ...device, bearer });
  await trying;
  expect((await readDevice(database))?.bearer.nonce).toEqual(bearer.nonce);
});

it('a full disk keeps nobody from his patients', async () => {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(await unlock(NORA, WRONG)).toMatchObject({ ok: false, attemptsLeft: 4 });
  expect(await unlock(NORA, RIGHT)).toEqual({ ok: true });
  put.mockRestore();
});
