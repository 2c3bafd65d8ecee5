import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import type pg from 'pg';
import { runCommand } from '../../app/server/run-command.ts';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { deleteRecord } from '../../lib/domain/delete-record.ts';
import { grantPermissions } from '../../lib/domain/permission/grant-permissions.ts';
import { aClinicWithPhones } from '../scenario/clinic-phones.ts';
import type { PhoneBrowser } from '../scenario/phone-browser.ts';
import {
  expectAllSent,
  findPatient,
  lastPage,
  openSection,
  registerPatient,
  speak,
  unlockPhone,
} from '../scenario/phone-steps.ts';

const ALL = ['register-patients', 'view-history', 'edit-records', 'edit-other-provider-events', 'delete-visits'];
const PHONE = { width: 360, height: 740 };
const NARROW = { width: 320, height: 640 };
/** A folder for pictures of every screen on the way: SCREENSHOTS=/tmp/pictures. */
const PICTURES = process.env.SCREENSHOTS;

/** What waits for a person on a phone: two edits at once, a deletion against an edit, a change that was refused. */
test.describe.configure({ mode: 'serial' });
let story: Awaited<ReturnType<typeof aClinicWithPhones>>;
let a: PhoneBrowser;
let b: PhoneBrowser;
let pool: pg.Pool;
let closePool: () => Promise<void>;
let userIds: Record<string, string>;
let admin: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  story = await aClinicWithPhones(4201, ['nora', 'sami']);
  [a, b] = [story.phoneOf('nora'), story.phoneOf('sami')];
  const connected = connectDatabase((await openEmbedded(story.clinic.server.dataDir)).url);
  [pool, closePool] = [connected.pool, connected.close];
  const found = await pool.query<{ id: string; name: string }>('select id, name from users');
  userIds = Object.fromEntries(found.rows.map(({ id, name }) => [name, id]));
  admin = userIds.Huda!;
});

test.afterAll(async () => {
  await closePool?.();
  await story?.dispose();
});

async function grant(name: string, flags: readonly string[]) {
  const input = { userId: userIds[name], clinicId: story.clinic.clinicId, flags };
  expect(await runCommand(pool, grantPermissions, input, { userId: admin, clinicId: story.clinic.clinicId })).toEqual({
    ok: true,
  });
}

async function syncNow(page: Page) {
  await openSection(page, 'Sync');
  const replied = page.waitForResponse((response) => response.url().endsWith('/api/sync') && response.ok());
  await page.getByRole('button', { name: 'Sync now' }).click();
  await replied;
  await expect(page.getByRole('button', { name: 'Sync now' })).toBeVisible();
}

async function editPatient(page: Page, label: string, value: string) {
  await findPatient(page, 'amina', 'Amina Haddad');
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Contact' }).click();
  await page.getByLabel(label, { exact: true }).fill(value);
  await saveForm(page);
  await expect(page.getByRole('heading', { name: 'Amina Haddad' })).toBeVisible();
}

async function saveForm(page: Page) {
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
}

async function fillConsultation(page: Page, complaint: string) {
  await page.getByRole('link', { name: 'Fill in a form' }).click();
  await page.getByRole('link', { name: /General consultation/ }).click();
  await page.getByLabel('Main complaint').fill(complaint);
  await page.getByRole('group', { name: /Fever/ }).getByText('No', { exact: true }).click();
  await page.getByRole('button', { name: 'Examination' }).click();
  await page
    .getByRole('group', { name: /General condition/ })
    .getByText('Good', { exact: true })
    .click();
  await saveForm(page);
  await expect(page.getByText('Form saved', { exact: true })).toBeVisible();
}

/** From the Sync section, by its link, to the list. */
async function openAttention(page: Page) {
  await openSection(page, 'Sync');
  await page.getByRole('link', { name: /^Needs attention/ }).click();
  await expect(page.getByRole('heading', { name: 'Needs attention' })).toBeVisible();
}

/** The screen in both languages: no fault that axe finds, nothing wider than a narrow phone, a picture when asked for. */
async function lookAt(page: Page, name: string) {
  for (const language of ['en', 'ar'] as const) {
    await speak(page, language);
    await page.setViewportSize(NARROW);
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${name} ${language} ${id}: ${nodes[0]?.html}`)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(overflow, `${name} ${language} is wider than 320 px`).toBeLessThanOrEqual(0);
    await page.setViewportSize(PHONE);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${language}.png`, fullPage: true });
  }
  await speak(page, 'en');
}

async function settled(page: Page) {
  await expect(page.locator('h1').filter({ visible: true }).first()).toBeVisible();
  await expect(page.locator('[aria-busy=true], [role=status] .pulse-soft').filter({ visible: true })).toHaveCount(0);
}

test('two phones change one field: both values stand side by side, and a third settles it on both', async () => {
  test.setTimeout(240_000);
  const [nora, sami] = [a.page, b.page];

  await test.step('there is nothing to decide at first', async () => {
    await openAttention(nora);
    await expect(nora.getByText('Nothing needs your attention')).toBeVisible();
    await lookAt(nora, 'empty');
    await nora.getByRole('link', { name: 'Back' }).click();
  });

  await test.step('both know the patient, and change her number without a network', async () => {
    await openSection(nora, 'Patients');
    await registerPatient(nora, 'Amina', 'Haddad');
    await expectAllSent(nora);
    await syncNow(sami);
    await findPatient(sami, 'amina', 'Amina Haddad');
    await a.context.setOffline(true);
    await b.context.setOffline(true);
    await editPatient(nora, 'Phone', '0790111222');
    await editPatient(sami, 'Phone', '0790333444');
    await b.context.setOffline(false);
    await syncNow(sami);
    await expectAllSent(sami);
    await a.context.setOffline(false);
    await syncNow(nora);
  });

  await test.step('the badge, the list and the chart lead to it', async () => {
    await expect(nora.getByRole('banner').getByText('1 to decide')).toBeVisible({ timeout: 30_000 });
    await openSection(nora, 'Patients');
    await expect(nora.getByRole('link', { name: /Amina Haddad.*Decide/ })).toBeVisible();
    await findPatient(nora, 'amina', 'Amina Haddad');
    await expect(nora.getByText('1 thing in this record is to be decided')).toBeVisible();
    await lookAt(nora, 'chart-mark');
    await openAttention(nora);
    await lookAt(nora, 'list');
    const row = nora.getByRole('link', { name: /Amina Haddad.*Changed by two people: Patient, Phone/ });
    await row.focus();
    await nora.keyboard.press('Enter');
    await expect(nora.getByRole('heading', { name: 'Amina Haddad' })).toBeVisible();
  });

  await test.step('both values, by whom, when and where', async () => {
    const stands = nora.locator('section').filter({ hasText: 'Stands now' });
    const other = nora.locator('section').filter({ hasText: 'The other value' });
    // Whoever of the two edited last: the order of two phones' clocks, not of their contacts.
    await expect(stands).toContainText('0790333444');
    await expect(stands).toContainText('sami');
    await expect(stands).toContainText('On another device');
    await expect(other).toContainText('0790111222');
    await expect(other).toContainText('nora');
    await expect(other).toContainText('On this phone');
    await lookAt(nora, 'parallel-edit');
  });

  await test.step('neither is right: a third is written', async () => {
    await nora.getByRole('button', { name: 'Write something else' }).click();
    await expect(nora.getByLabel('Phone', { exact: true })).toHaveValue('0790333444');
    await nora.getByLabel('Phone', { exact: true }).fill('0790555666');
    if (PICTURES) await nora.screenshot({ path: `${PICTURES}/editor-en.png`, fullPage: true });
    await nora.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(nora.getByText('Nothing needs your attention')).toBeVisible();
    await expectAllSent(nora);
  });

  await test.step('the other phone has nothing left to decide, and the third value', async () => {
    await syncNow(sami);
    await findPatient(sami, 'amina', 'Amina Haddad');
    await expect(sami.getByText('0790555666').first()).toBeVisible({ timeout: 30_000 });
    await openAttention(sami);
    await expect(sami.getByText('Nothing needs your attention')).toBeVisible();
    const { rows } = await pool.query('select status, resolution from conflicts');
    expect(rows).toEqual([{ status: 'resolved', resolution: 'edited' }]);
  });
});

test('a visit is deleted while a form is filled in it: it stays in sight until somebody brings it back', async () => {
  test.setTimeout(240_000);
  const { page, context } = a;

  await test.step('a form is filled in, without a network, in a visit that is deleted meanwhile', async () => {
    await findPatient(page, 'amina', 'Amina Haddad');
    await page.getByRole('button', { name: 'Start visit' }).click();
    await page.getByRole('dialog').getByLabel('Reason for the visit').fill('Cough for a week');
    await page.getByRole('dialog').getByRole('button', { name: 'Start visit' }).click();
    const visits = async () => (await pool.query<{ id: string }>('select id from visits')).rows;
    await expect.poll(visits).toHaveLength(1);
    await expectAllSent(page);
    await context.setOffline(true);
    await fillConsultation(page, 'Dry cough at night');
    const [visit] = await visits();
    const input = { collection: 'visits', id: visit?.id, reason: 'Entered for the wrong patient' };
    const done = await runCommand(pool, deleteRecord, input, { userId: admin, clinicId: story.clinic.clinicId });
    expect(done).toEqual({ ok: true });
    await context.setOffline(false);
    await syncNow(page);
    await expect(page.getByRole('banner').getByText('1 to decide')).toBeVisible({ timeout: 30_000 });
  });

  await test.step('the visit and its form are still there, marked', async () => {
    await findPatient(page, 'amina', 'Amina Haddad');
    await page.getByRole('link', { name: 'Visits & forms' }).click();
    await expect(page.getByText('Cough for a week')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Deleted, but changed: decide' }).first()).toBeVisible();
    await expect(page.getByRole('link', { name: 'Fill in a form' })).toHaveCount(0);
    await lookAt(page, 'visit-mark');
    await page.getByRole('link', { name: 'Deleted, but changed: decide' }).first().click();
  });

  await test.step('who may not delete may read it, and not decide it', async () => {
    await expect(page.getByText('You may read this, and not decide it')).toBeVisible();
    await expect(page.getByText('Entered for the wrong patient')).toBeVisible();
    await expect(page.getByText('Dry cough at night')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Bring back' })).toHaveCount(0);
    await grant('nora', ALL);
    await syncNow(page);
    await openAttention(page);
    await page.getByRole('link', { name: /Changed and deleted: Filled form/ }).click();
    await expect(page.getByRole('button', { name: 'Delete anyway' })).toBeVisible();
    await lookAt(page, 'deletion');
  });

  await test.step('it is brought back', async () => {
    await page.getByRole('button', { name: 'Bring back' }).click();
    await expect(page.getByText('Nothing needs your attention')).toBeVisible();
    await expectAllSent(page);
    const { rows } = await pool.query('select deleted_at from visits');
    expect(rows).toEqual([{ deleted_at: null }]);
    await findPatient(page, 'amina', 'Amina Haddad');
    await page.getByRole('link', { name: 'Visits & forms' }).click();
    await expect(page.getByText('Cough for a week')).toBeVisible();
    await expect(page.getByText('decide')).toHaveCount(0);
  });
});

test('a right is withdrawn from a phone without a network: what was refused is corrected, sent again, or discarded', async () => {
  test.setTimeout(240_000);
  const { page, context } = a;

  await test.step('three records are made without the right, and refused', async () => {
    await context.setOffline(true);
    await editPatient(page, 'Village or home town', 'Qaa');
    await openSection(page, 'Patients');
    await registerPatient(page, 'Omar', 'Saleh');
    await openSection(page, 'Patients');
    await registerPatient(page, 'Test', 'Person');
    await grant('nora', ['view-history']);
    await context.setOffline(false);
    await syncNow(page);
    await expect(page.getByRole('banner').getByText('3 not accepted')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/records? made today by this phone/)).toContainText('3 not accepted');
    await lookAt(page, 'sync');
  });

  await test.step('without the right, sending again is refused at once, and says why', async () => {
    await openAttention(page);
    await expect(page.getByRole('link', { name: /You had no permission for this change/ })).toHaveCount(3);
    await lookAt(page, 'refused-list');
    await page.getByRole('link', { name: /Omar Saleh/ }).click();
    await page.getByRole('button', { name: 'Send again unchanged' }).click();
    await expect(page.getByText('You had no permission for this change')).toHaveCount(2);
    await lookAt(page, 'refused-registration');
  });

  await test.step('with the right again, one is sent again as it was', async () => {
    await grant('nora', ALL);
    await syncNow(page);
    await openAttention(page);
    await page.getByRole('link', { name: /Omar Saleh/ }).click();
    await page.getByRole('button', { name: 'Send again unchanged' }).click();
    await expect(page.getByText('2 things wait for you').first()).toBeVisible();
  });

  await test.step('one is corrected in its form, which holds what was refused', async () => {
    await page.getByRole('link', { name: /Amina Haddad/ }).click();
    await expect(page.getByText('Qaa', { exact: true })).toBeVisible();
    await lookAt(page, 'refused-edit');
    await page.getByRole('button', { name: 'Correct and send again' }).click();
    await page.getByRole('button', { name: 'Contact' }).click();
    await expect(page.getByLabel('Village or home town', { exact: true })).toHaveValue('Qaa');
    await page.getByLabel('Village or home town', { exact: true }).fill('Qaa el Rim');
    await saveForm(page);
    await expect(page.getByRole('heading', { name: 'Amina Haddad' })).toBeVisible();
    await expect(page.getByText('Qaa el Rim').first()).toBeVisible();
  });

  await test.step('one is discarded, taken back, and discarded', async () => {
    const discard = async () => {
      await page.getByRole('link', { name: /Test Person/ }).click();
      await page.getByRole('button', { name: 'Discard this change' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    };
    await openAttention(page);
    await discard();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('1 thing waits for you').first()).toBeVisible();
    await discard();
    await expect(page.getByText('Nothing needs your attention')).toBeVisible();
    await lookAt(page, 'settled-list');
    await page.getByRole('link', { name: /Discarded: Patient/ }).click();
    await expect(page.getByText('It can be read here for 30 days.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Discard this change' })).toHaveCount(0);
  });

  await test.step('the server holds what was sent again, once, and not what was discarded', async () => {
    await expectAllSent(page);
    const { rows } = await pool.query('select given_name, village from patients order by given_name');
    expect(rows).toEqual([
      { given_name: 'Amina', village: 'Qaa el Rim' },
      { given_name: 'Omar', village: null },
    ]);
  });
});

test('a phone whose clock is wrong says by how much, and what to do', async () => {
  const { page, context } = a;
  await openSection(page, 'Sync');
  await context.setOffline(true);
  await page.evaluate(setClockBack, 58 * 60_000);
  await page.reload();
  await unlockPhone(page);
  await expect(page.getByRole('banner').getByText('Clock 58 min fast')).toBeVisible();
  await expect(page.getByText('This phone’s clock is 58 min fast')).toBeVisible();
  await expect(page.getByText(/Set date and time to automatic/)).toBeVisible();
  await lookAt(page, 'clock');
});

/** Runs in the page: what the last exchange would have measured on a phone whose clock is fast by this much. */
async function setClockBack(fastByMs: number): Promise<void> {
  const opened = indexedDB.open('hikma');
  await new Promise((done) => opened.addEventListener('success', done));
  const store = opened.result.transaction('meta', 'readwrite').objectStore('meta');
  const read = store.get('origin');
  await new Promise((done) => read.addEventListener('success', done));
  const { clock } = read.result;
  store.put({ ...read.result, clock: { ...clock, offsetMs: -fastByMs } });
  await new Promise((done) => store.transaction.addEventListener('complete', done));
  opened.result.close();
}
