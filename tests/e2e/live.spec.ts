import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type EmbeddedDatabase, openEmbedded } from '../../db/postgres/embedded.ts';
import { type AppServer, startServer } from '../scenario/app-server.ts';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from '../scenario/phone-browser.ts';
import { expectAllSent, openSection, registerPatient, setUpPhone } from '../scenario/phone-steps.ts';

/** Two server processes on one PostgreSQL, a phone at each: what one records the other hears of, polling or not. */
test.describe('two servers on one database', () => {
  let folder: string;
  let database: EmbeddedDatabase;
  let first: ClinicServer;
  let second: AppServer;
  let a: Phone;
  let b: Phone;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    folder = await mkdtemp(join(tmpdir(), 'hikma-live-'));
    await chmod(folder, 0o755);
    database = await openEmbedded(folder);
    const env = { DATABASE_URL: database.url };
    first = await aClinicServer(4100, env);
    second = await startServer({ port: 4101, env });
    a = await aPhoneAt(first.server, first, 'nora');
    b = await aPhoneAt(second, first, 'sami');
  });

  test.afterAll(async () => {
    await a?.phone.dispose();
    await b?.phone.dispose();
    await second?.dispose();
    await first?.server.dispose();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a patient registered at one is on the phone at the other within two seconds', async () => {
    for (const phone of [a, b]) await expect.poll(() => phone.streams()).toBe(1);
    // Three times: asking every half minute might be lucky once.
    for (const name of ['Amina', 'Rania', 'Salma']) {
      await openSection(a.page, 'Patients');
      await registerPatient(a.page, name, 'Haddad');
      await expectOnList(b.page, name);
    }
  });

  test('the server is killed: its phone goes on alone, sends when it is back, and hears again', async () => {
    test.setTimeout(180_000);
    await first.server.kill();
    await openSection(a.page, 'Patients');
    await registerPatient(a.page, 'Karima', 'Mansour');
    await expect(a.page.getByText(/to send/)).toBeVisible();
    await first.server.restart();
    await openSection(a.page, 'Sync');
    await expectAllSent(a.page);
    await expectOnList(b.page, 'Karima');
    await expect.poll(() => a.streams(), { timeout: 60_000 }).toBe(2);
    await openSection(a.page, 'Patients');
    await openSection(b.page, 'Patients');
    await registerPatient(b.page, 'Huda', 'Mansour');
    await expectOnList(a.page, 'Huda');
  });

  test('Ctrl-C ends a server at once, although phones hold streams open', async () => {
    const from = performance.now();
    await second.stop();
    expect(performance.now() - from).toBeLessThan(3000);
  });
});

async function expectOnList(page: Page, name: string) {
  await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible({ timeout: 2000 });
}

interface Phone {
  readonly phone: PhoneBrowser;
  readonly page: Page;
  /** Live streams that were opened so far. */
  streams(): number;
}

async function aPhoneAt(server: AppServer, clinic: ClinicServer, username: string): Promise<Phone> {
  const phone = await aPhoneBrowser();
  let streams = 0;
  phone.context.on('response', (response) => {
    if (response.url().endsWith('/api/sync/live') && response.ok()) streams += 1;
  });
  const user = await clinic.aProvider(username);
  const link = (await clinic.anEnrolmentLink()).replace(clinic.server.origin, server.origin);
  await openAndInstall(phone.page, `${server.origin}/c`);
  await setUpPhone(phone.page, link, user, `Phone of ${username}`);
  return { phone, page: phone.page, streams: () => streams };
}
