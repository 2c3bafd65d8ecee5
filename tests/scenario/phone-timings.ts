import { expect, type Page } from '@playwright/test';
import type { KillablePhone } from './killable-phone.ts';
import { PIN, typePin } from './phone-steps.ts';

/** Milliseconds to put the phone's own sealed charts, `batch` at a time, into an empty store of the same shape. */
export function bareWriteMs(page: Page, batch: number): Promise<number> {
  return page.evaluate(async (size) => {
    const open = (name: string, upgrade: (database: IDBDatabase) => void) =>
      new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open(name);
        request.onupgradeneeded = () => upgrade(request.result);
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const app = await open('hikma', () => undefined);
    const rows = await new Promise<unknown[]>((done, failed) => {
      const request = app.transaction('charts').objectStore('charts').getAll();
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    app.close();
    const bare = await open('bare', (database) => {
      database.createObjectStore('charts', { keyPath: 'id' }).createIndex('commit', 'commit');
    });
    const from = performance.now();
    for (let at = 0; at < rows.length; at += size)
      await new Promise<void>((done, failed) => {
        const transaction = bare.transaction('charts', 'readwrite', { durability: 'relaxed' });
        for (const row of rows.slice(at, at + size)) transaction.objectStore('charts').put(row);
        transaction.oncomplete = () => done();
        transaction.onabort = () => failed(transaction.error);
      });
    const ms = performance.now() - from;
    bare.close();
    await new Promise((done) => {
      indexedDB.deleteDatabase('bare').onsuccess = done;
    });
    return ms;
  }, batch);
}

/**
 * Locked and opened again: a wrong PIN until it is refused (the key derivation and little else), and the right one until
 * the first search shows a patient.
 */
export async function unlockTimes(page: Page, query: string, name: string) {
  await page.getByRole('button', { name: 'Lock' }).click();
  await typePin(page, PIN.slice(0, -1));
  await page.getByRole('button', { name: '9', exact: true }).click();
  const derived = performance.now();
  await expect(page.getByText(/^Wrong PIN/).first()).toBeVisible({ timeout: 60_000 });
  const derivationMs = performance.now() - derived;
  await typePin(page);
  const from = performance.now();
  await page.getByLabel('Search patients').fill(query);
  const openedMs = performance.now() - from;
  await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible({ timeout: 600_000 });
  return { derivationMs, openedMs, unlockToFirstSearchMs: performance.now() - from };
}

/** From nothing, the server not there: until the PIN can be typed, and from the PIN until patients are listed. */
export async function coldStartTimes(phone: KillablePhone, url: string) {
  const page = await phone.reopen('browser killed', 'about:blank');
  const from = performance.now();
  await page.goto(url);
  await expect(page.getByText('Type your PIN').first()).toBeVisible({ timeout: 60_000 });
  const pinMs = performance.now() - from;
  await typePin(page);
  const typed = performance.now();
  await expect(page.locator('main a[href*="/c/patients/"]').first()).toBeVisible({ timeout: 600_000 });
  return { coldStartToPinMs: pinMs, pinToListMs: performance.now() - typed };
}
