import { type CDPSession, expect, test } from '@playwright/test';
import { KillablePhone } from '../scenario/killable-phone.ts';
import { phoneFacts } from '../scenario/phone-facts.ts';
import { expectAllSent, findPatient, lastPage, openSection, registerPatient } from '../scenario/phone-steps.ts';
import { aProxiedClinic, type ProxiedClinic } from '../scenario/proxied-clinic.ts';

// The disk is full by Chromium's own quota: every request of a transaction succeeds, and its commit aborts.

const ROOM_BYTES = 40_000_000;

let clinic: ProxiedClinic;
let phone: KillablePhone;
let session: CDPSession;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  clinic = await aProxiedClinic(4456);
  phone = await KillablePhone.make();
  session = await phone.context.newCDPSession(phone.page);
  await giveRoom(ROOM_BYTES);
  await clinic.setUp(phone, 'nora');
});
test.afterAll(async () => {
  await phone?.dispose();
  await clinic?.dispose();
});

function giveRoom(quotaSize: number): Promise<unknown> {
  return session.send('Storage.overrideQuotaForOrigin', { origin: clinic.proxy.origin, quotaSize });
}

/** Chromium remembers for half a minute how much room it saw; only a write of more than that makes it look again. */
async function fillDisk(): Promise<void> {
  await giveRoom(1);
  const refused = await phone.page.evaluate(async (bytes) => {
    const database = await new Promise<IDBDatabase>((done, failed) => {
      const request = indexedDB.open('large');
      request.onupgradeneeded = () => request.result.createObjectStore('rows');
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    // Random: values are compressed.
    const row = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(row.subarray(at, at + 65_536));
    const transaction = database.transaction('rows', 'readwrite');
    transaction.objectStore('rows').put(row, 1);
    return new Promise((done) => {
      transaction.oncomplete = () => done(null);
      transaction.onabort = () => done(transaction.error?.name);
    });
  }, ROOM_BYTES);
  expect(refused).toBe('QuotaExceededError');
}

test('a save on a full disk is refused in plain words, keeps what was typed, and is made when there is room', async () => {
  const { page } = phone;
  await registerPatient(page, 'Amina', 'Haddad');
  await expectAllSent(page);
  await openSection(page, 'Patients');
  await page.getByRole('link', { name: 'Register patient' }).first().click();
  await page.getByLabel('Given name').fill('Thorvald');
  await page.getByRole('radio', { name: 'Female' }).check({ force: true });
  await fillDisk();
  const before = await phoneFacts(page);
  await page.getByLabel('Family name').fill('Okonkwo');
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert').getByText('There is no space left on this phone')).toBeVisible();
  await expect(page.getByText(/^It was not saved. What you typed is kept. Free some space/)).toBeVisible();
  expect(await phoneFacts(page)).toEqual(before);
  await giveRoom(ROOM_BYTES);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Thorvald Okonkwo' })).toBeVisible();
  await expectAllSent(page);
  expect((await clinic.patientsAtServer()).get('Thorvald Okonkwo')).toEqual({ patients: 1, writes: 1 });
});

test('a disk that gets full in the middle of an exchange: said in plain words, nothing lost, and it goes on with room', async () => {
  test.setTimeout(120_000);
  const { page } = phone;
  const { proxy } = clinic;
  await openSection(page, 'Patients');
  proxy.setDown(true);
  await registerPatient(page, 'Xiomara', 'Castillo');
  await openSection(page, 'Sync');
  // What a page of 32 KB does not hold: more than one is needed.
  await clinic.colleagueRegisters('nora', MANY);
  const second = (async () => {
    const first = proxy.hold('/api/sync', 'reply held');
    await first.reached;
    const next = proxy.hold('/api/sync', 'reply held');
    first.release();
    await next.reached;
    return next;
  })();
  proxy.setDown(false);
  const held = await second;
  await fillDisk();
  const before = await phoneFacts(page);
  expect(before.charts).toBeGreaterThan(3);
  expect(before.charts).toBeLessThan(3 + MANY.length);
  held.release();
  await expect(page.getByText('There is no space left on this phone')).toBeVisible();
  await expect(page.getByText('Free some space, then sync again.')).toBeVisible();
  expect(await phoneFacts(page)).toEqual(before);
  await findPatient(page, 'Xiomara', 'Xiomara Castillo');

  await giveRoom(ROOM_BYTES);
  await openSection(page, 'Sync');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('Compared with the server: both hold the same records.')).toBeVisible();
  await expect(page.getByText('There is no space left on this phone')).toHaveCount(0);
  const after = await phoneFacts(page);
  expect(after).toMatchObject({ charts: 3 + MANY.length, pending: 0, inOutbox: after.numbered });
  expect((await clinic.patientsAtServer()).get('Xiomara Castillo')).toEqual({ patients: 1, writes: 1 });
});

const MANY = Array.from({ length: 300 }, (_, at) => ({ givenName: 'Colleague', familyName: `Number ${at}` }));
