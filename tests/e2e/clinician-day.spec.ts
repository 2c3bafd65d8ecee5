import { expect, type Page, test } from '@playwright/test';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { type AppServer, startServer } from '../scenario/app-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from '../scenario/phone-browser.ts';
import { aServedClinic, PASSWORD } from '../scenario/routes.ts';

const PIN = '739146';
let server: AppServer;
let phone: PhoneBrowser;
let code: string;

test.beforeAll(async () => {
  server = await startServer({ port: 3061 });
  const { pool, close } = connectDatabase((await openEmbedded(server.dataDir)).url);
  const clinic = await aServedClinic({ pool } as Parameters<typeof aServedClinic>[0]);
  const clinicId = await clinic.aClinic('North');
  await clinic.aUser('nora', clinicId);
  code = await clinic.aCode(clinicId);
  await close();
  phone = await aPhoneBrowser();
});
test.afterAll(async () => {
  await phone.dispose();
  await server.dispose();
});

async function typePin(page: Page): Promise<void> {
  for (const digit of PIN) await page.getByRole('button', { name: digit, exact: true }).click();
}

test('a phone is set up, works a day without the server, and hands everything in', async () => {
  await openAndInstall(phone.page, `${server.origin}/join/${code}`);
  await phone.page.getByLabel('Name of this phone').fill('Triage 2');
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByLabel('User name').fill('nora');
  await phone.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await phone.page.getByRole('button', { name: 'Sign in' }).click();
  await phone.page.getByRole('heading', { name: 'Choose a PIN' }).waitFor();
  await typePin(phone.page);
  await phone.page.getByRole('heading', { name: 'Type the PIN again' }).waitFor();
  await typePin(phone.page);
  await expect(phone.page.getByText('No patients yet')).toBeVisible();

  await server.kill();
  await phone.reopen();
  const { page } = phone;
  await page.goto(`${server.origin}/c`);
  await typePin(page);
  await page.getByRole('link', { name: 'Register patient' }).click();
  await page.getByLabel('Given name').fill('Zubaida');
  await page.getByRole('radio', { name: 'Female' }).click();
  await page.getByLabel('Family name').pressSequentially('Karim');
  await page.getByRole('button', { name: 'Lock' }).click();
  await typePin(page);
  await expect(page.getByLabel('Family name')).toHaveValue('Karim');
  await page.getByRole('button', { name: 'Papers' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Zubaida Karim' })).toBeVisible();

  await page.getByRole('button', { name: 'Start visit' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start visit' }).click();
  await page.getByRole('link', { name: 'Fill in a form' }).click();
  await page.getByText('General consultation').click();
  await page.getByLabel('Main complaint').fill('Cough');
  await page.getByRole('radio', { name: 'No', exact: true }).click();
  await page.getByRole('button', { name: 'Examination' }).click();
  await page.getByRole('radio', { name: 'Good' }).click();
  await page.getByRole('button', { name: 'Assessment' }).click();
  await refuseWrites(page, true);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert').getByText('There is no space left on this phone')).toBeVisible();
  await refuseWrites(page, false);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('banner').getByText('3 to send')).toBeVisible();

  await server.restart();
  await page.getByRole('link', { name: '3 to send' }).click();
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('Everything recorded here today is on the server')).toBeVisible({ timeout: 30_000 });
});

/** As on a full disk. */
async function refuseWrites(page: Page, refuse: boolean): Promise<void> {
  await page.evaluate((full) => {
    const store = IDBObjectStore.prototype as IDBObjectStore & { own?: Pick<IDBObjectStore, 'add' | 'put'> };
    store.own ??= { add: store.add, put: store.put };
    const no = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    Object.assign(store, full ? { add: no, put: no } : store.own);
  }, refuse);
}
