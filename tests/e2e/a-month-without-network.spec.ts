import { expect, type Page, test } from '@playwright/test';
import { KillablePhone } from '../scenario/killable-phone.ts';
import { phoneFacts } from '../scenario/phone-facts.ts';
import {
  expectAllSent,
  findPatient,
  lastPage,
  openSection,
  registerPatient,
  unlockPhone,
} from '../scenario/phone-steps.ts';
import { aProxiedClinic, type ProxiedClinic } from '../scenario/proxied-clinic.ts';
import { ShiftedClock } from '../scenario/shifted-clock.ts';

// What is simulated: the days pass on the phone's clock alone, a day at a time (`shifted-clock.ts`); the server's clock
// stays. So at the end it is the phone that is a month fast, and must be told. Timers run in real time.

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 31;
const FAMILIES = ['Okonkwo', 'Lindqvist', 'Zubayri', 'Petrov', 'Mwangi', 'Castillo', 'Bjarnason', 'Yamamoto'];
const NEW_DAYS = [1, 4, 8, 12, 16, 20, 24, 28];
/** Days on which nine of the visits come second. */
const BUSY_DAYS = [3, 6, 9, 11, 14, 17, 22, 27, 30];
const COLD_STARTS = [10, 20];

let clinic: ProxiedClinic;
let phone: KillablePhone;
let other: KillablePhone;
const clock = new ShiftedClock();

test.beforeAll(async () => {
  test.setTimeout(240_000);
  clinic = await aProxiedClinic(4458);
  [phone, other] = [await KillablePhone.make(), await KillablePhone.make()];
  await clock.follow(phone.page);
  await clinic.setUp(phone, 'nora');
  await clinic.setUp(other, 'sami');
});
test.afterAll(async () => {
  await phone?.dispose();
  await other?.dispose();
  await clinic?.dispose();
});

test('forty saves in a month without network: all arrive, what met another edit is asked, the clock is told', async () => {
  test.setTimeout(420_000);

  await test.step('two phones know two patients; then one has no network', async () => {
    await registerPatient(phone.page, 'Amina', 'Haddad');
    await openSection(phone.page, 'Patients');
    await registerPatient(phone.page, 'Kwabena', 'Asante');
    await expectAllSent(phone.page);
    await phone.context.setOffline(true);
    await openSection(other.page, 'Sync');
    await other.page.getByRole('button', { name: 'Sync now' }).click();
    await edit(other.page, 'Amina Haddad', 'Phone', '0790000001');
    await edit(other.page, 'Kwabena Asante', 'Village or home town', 'Qaa');
    await expectAllSent(other.page);
    clinic.proxy.setDown(true);
  });

  let visits = 0;
  await test.step('a month of work, with cold starts', async () => {
    for (let day = 1; day <= DAYS; day++) {
      await clock.set(day * DAY_MS);
      if (COLD_STARTS.includes(day)) await coldStart();
      const { page } = phone;
      if (day === 5) await edit(page, 'Amina Haddad', 'Phone', '0790000002');
      else if (day === 15) await edit(page, 'Kwabena Asante', 'Phone', '0790000003');
      else if (NEW_DAYS.includes(day)) {
        await openSection(page, 'Patients');
        await registerPatient(page, 'Thorvald', FAMILIES[NEW_DAYS.indexOf(day)]!);
      } else await startVisit(page, ++visits);
      if (BUSY_DAYS.includes(day)) await startVisit(page, ++visits);
    }
    await openSection(phone.page, 'Sync');
    await expect(phone.page.getByText('40 records to send')).toBeVisible();
    expect((await clock.said()).every((seconds) => Math.abs(seconds - (DAYS * DAY_MS) / 1000) < 60)).toBe(true);
  });

  await test.step('the network is back: everything goes, and the clock is told', async () => {
    const { page } = phone;
    clinic.proxy.setDown(false);
    await phone.context.setOffline(false);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await expect(page.getByText('Everything is sent')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText('This phone’s clock is 31 days fast')).toBeVisible();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await expect(page.getByText('Compared with the server: both hold the same records.')).toBeVisible();
    const facts = await phoneFacts(page);
    expect(facts).toMatchObject({ charts: 10, pending: 0, inOutbox: facts.numbered });
  });

  await test.step('the server has each once; the two edits of one field are one conflict', async () => {
    const patients = await clinic.patientsAtServer();
    for (const family of FAMILIES) expect(patients.get(`Thorvald ${family}`)).toEqual({ patients: 1, writes: 1 });
    const { rows } = await clinic.pool.query<{ visits: number; reasons: number }>(
      'select count(*)::int as visits, count(distinct reason)::int as reasons from visits',
    );
    expect(rows).toEqual([{ visits: 30, reasons: 30 }]);
    const { rows: conflicts } = await clinic.pool.query('select count(*)::int as open from conflicts');
    expect(conflicts).toEqual([{ open: 1 }]);
  });

  for (const { page } of [phone, other])
    await test.step('each phone asks about it, and shows what did not meet', async () => {
      await openSection(page, 'Sync');
      await page.getByRole('button', { name: 'Sync now' }).click();
      await expect(page.getByRole('link', { name: /^Needs attention/ })).toBeVisible();
      await findPatient(page, 'Amina', 'Amina Haddad');
      await expect(page.getByText('0790000002').first()).toBeVisible();
      await findPatient(page, 'Kwabena', 'Kwabena Asante');
      for (const value of ['0790000003', 'Qaa']) await expect(page.getByText(value).first()).toBeVisible();
    });
});

/** In the evening the phone is put away; in the morning the app is opened anew. */
async function coldStart(): Promise<void> {
  await phone.page.close();
  phone.page = await phone.openTab();
  await clock.follow(phone.page);
  await phone.context.setOffline(true);
  await phone.page.goto(clinic.url);
  await unlockPhone(phone.page);
}

async function startVisit(page: Page, number: number): Promise<void> {
  if (!(await page.getByRole('heading', { name: 'Kwabena Asante' }).isVisible()))
    await findPatient(page, 'Kwabena', 'Kwabena Asante');
  await page
    .getByRole('button', { name: /^Start (another )?visit$/ })
    .first()
    .click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Reason for the visit').fill(`Reason ${number}`);
  await sheet.getByRole('button', { name: 'Start visit' }).click();
  await expect(page.getByText(`Reason ${number}`, { exact: true }).first()).toBeVisible();
}

async function edit(page: Page, name: string, label: string, value: string): Promise<void> {
  await findPatient(page, name, name);
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Contact' }).click();
  await page.getByLabel(label, { exact: true }).fill(value);
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  // The form has the name above it as well: it is saved when the form is left.
  await page.waitForURL((url) => !url.pathname.endsWith('/edit'));
  await expect(page.getByRole('heading', { name })).toBeVisible();
}
