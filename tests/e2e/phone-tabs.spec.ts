import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from '../scenario/phone-browser.ts';
import {
  expectAllSent,
  openSection,
  registerPatient,
  setUpPhone,
  typePin,
  unlockPhone,
} from '../scenario/phone-steps.ts';

test.describe.configure({ mode: 'serial' });
let clinic: ClinicServer;
let phone: PhoneBrowser;

test.beforeAll(async () => {
  clinic = await aClinicServer(3092);
  phone = await aPhoneBrowser();
  await openAndInstall(phone.page, `${clinic.server.origin}/c`);
  await setUpPhone(phone.page, await clinic.anEnrolmentLink(), await clinic.aProvider('nora'), 'Triage 2');
});
test.afterAll(async () => {
  await phone?.dispose();
  await clinic?.server.dispose();
});

test('locking one tab locks the others, and what was typed there is kept', async () => {
  const other = await phone.context.newPage();
  await other.goto(`${clinic.server.origin}/c`);
  await unlockPhone(other);
  await other.getByRole('link', { name: 'Register patient' }).first().click();
  await other.getByLabel('Given name').fill('Zubaida');
  await phone.page.getByRole('button', { name: 'Lock' }).click();
  await unlockPhone(other);
  await expect(other.getByLabel('Given name')).toHaveValue('Zubaida');
  await other.close();
  await typePin(phone.page);
});

test('a card scanned on a locked phone opens that chart after the PIN', async () => {
  const { page } = phone;
  await registerPatient(page, 'Amina', 'Haddad');
  await expectAllSent(page);
  const id = /patients\/([0-9a-f-]+)/.exec(page.url())?.[1] ?? '';
  await page.goto(`${clinic.server.origin}/p/${id.toUpperCase()}`);
  await unlockPhone(page);
  await expect(page.getByRole('heading', { name: 'Amina Haddad' })).toBeVisible();
});

test('the language that was chosen is there after a cold start', async () => {
  await phone.page.getByRole('link', { name: 'Me', exact: true }).click();
  await phone.page.getByLabel('Language').selectOption('ar');
  await expect(phone.page.locator('html')).toHaveAttribute('dir', 'rtl');
  await phone.reopen();
  await phone.page.goto(`${clinic.server.origin}/c/me`);
  await expect(phone.page.locator('html')).toHaveAttribute('dir', 'rtl');
  await typePin(phone.page);
  await phone.page.getByLabel('اللغة').selectOption('en');
  await expect(phone.page.locator('html')).toHaveAttribute('dir', 'ltr');
});

test('what the browser answers about keeping records is shown', async () => {
  const { page } = phone;
  await openSection(page, 'Sync');
  for (const [kept, words] of [
    [false, 'The browser did not agree to keep the records'],
    [true, 'The browser keeps your records'],
  ] as const) {
    await page.evaluate((answer) => {
      Object.assign(navigator.storage, { persist: async () => answer, persisted: async () => answer });
    }, kept);
    await page.getByRole('button', { name: 'Ask the browser to keep records' }).click();
    await expect(page.getByText(words)).toBeVisible();
  }
});

test('a newer version is offered, and taken when asked for', async () => {
  const { page } = phone;
  const file = new URL('../../public/service-worker.js', import.meta.url).pathname;
  const released = await readFile(file, 'utf8');
  await appendFile(file, '\n// A newer version.');
  try {
    await page.goto(`${clinic.server.origin}/c`);
    await unlockPhone(page);
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Update now' }).first().click();
    await loaded;
    await unlockPhone(page);
    await expect(page.getByLabel('Search patients')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Update now' })).toHaveCount(0);
  } finally {
    await writeFile(file, released);
  }
});
