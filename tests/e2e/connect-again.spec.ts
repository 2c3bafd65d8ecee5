import { expect, test } from '@playwright/test';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from '../scenario/phone-browser.ts';
import { expectAllSent, registerPatient, setUpPhone, typePin } from '../scenario/phone-steps.ts';

/** A phone whose token is refused keeps what it has, says so, and hands everything in after a new code. */
test.describe('a phone that was withdrawn', () => {
  let clinic: ClinicServer;
  let phone: PhoneBrowser;
  let nora: { username: string; password: string };

  test.beforeAll(async () => {
    clinic = await aClinicServer(3091);
    phone = await aPhoneBrowser();
    nora = await clinic.aProvider('nora');
    await openAndInstall(phone.page, `${clinic.server.origin}/c`);
    await setUpPhone(phone.page, await clinic.anEnrolmentLink(), nora, 'Triage 2');
  });
  test.afterAll(async () => {
    await phone?.dispose();
    await clinic?.server.dispose();
  });

  async function device() {
    const { devices } = (await clinic.api.get('/api/devices')) as { devices: Record<string, unknown>[] };
    return devices[0]!;
  }

  test('connects again with a new code, and its unsent work arrives once', async () => {
    test.setTimeout(180_000);
    const { page, context } = phone;
    const second = await context.newPage();
    await second.goto(`${clinic.server.origin}/c`);
    await typePin(second);

    await test.step('works offline while an administrator withdraws it', async () => {
      await expectAllSent(page);
      await context.setOffline(true);
      await registerPatient(page, 'Amina', 'Haddad');
      await clinic.api.post(`/api/devices/${(await device()).id}/revoke`, {});
      await context.setOffline(false);
    });

    await test.step('says that it was withdrawn and that its work is kept', async () => {
      await page.getByRole('banner').getByRole('link', { name: 'Needs you' }).click();
      await expect(page.getByText('This phone was removed from the clinic')).toBeVisible();
      await page.getByRole('link', { name: 'Connect again' }).click();
      await expect(page.getByText('1 record waits on this phone')).toBeVisible();
    });

    await test.step('a wrong code and a wrong password are said, and cost nothing', async () => {
      await page.getByLabel('Enrolment code').fill('ABCD2345');
      await page.getByRole('button', { name: 'Continue' }).click();
      await expect(page.getByRole('alert').getByText('This code is not valid')).toBeVisible();
      await page.getByLabel('Enrolment code').fill(await clinic.anEnrolmentLink());
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('User name').fill(nora.username);
      await page.getByLabel('Password', { exact: true }).fill('not this');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByText('User name or password is not right')).toBeVisible();
    });

    await test.step('signed in, it sends everything, from the other tab too', async () => {
      await page.getByLabel('Password', { exact: true }).fill(nora.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('heading', { name: 'Sync', exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Sync now' }).click();
      await expectAllSent(page);
      await expectAllSent(second);
      const { patients } = (await clinic.api.get('/api/patients')) as { patients: { familyName: string }[] };
      expect(patients.map((one) => one.familyName)).toEqual(['Haddad']);
      expect((await device()).name).toBe('Triage 2');
      await page.getByRole('link', { name: 'Patients' }).click();
      await expect(page.getByRole('link', { name: /Amina Haddad/ })).toBeVisible();
    });
  });

  test('a server that does not know the phone leaves the code and the work alone', async () => {
    const { page, context } = phone;
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Patients' }).click();
    await registerPatient(page, 'Omar', 'Saleh');
    const { pool, close } = connectDatabase((await openEmbedded(clinic.server.dataDir)).url);
    await pool.query('update devices set token_hash = null');
    await pool.query('delete from device_tokens');
    await close();
    await context.setOffline(false);
    await page.getByRole('banner').getByRole('link', { name: 'Needs you' }).click();
    await page.getByRole('link', { name: 'Connect again' }).click();
    await page.getByLabel('Enrolment code').fill(await clinic.anEnrolmentLink());
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('The server does not know this phone')).toBeVisible();
    await expect(page.getByText('1 record waits on this phone')).toBeVisible();
  });
});
