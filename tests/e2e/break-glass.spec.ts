import { expect, type Page, test } from '@playwright/test';
import { formatHumanCode, humanCode } from '../../lib/domain/human-code.ts';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from '../scenario/phone-browser.ts';
import { expectAllSent, findPatient, openSection, registerPatient, setUpPhone } from '../scenario/phone-steps.ts';

/** A patient of one clinic at the door of another: opened in an emergency, seen in the audit, then transferred. */
test.describe('a patient of another clinic', () => {
  let clinic: ClinicServer;
  let north: PhoneBrowser;
  let south: PhoneBrowser;
  let southId: string;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    clinic = await aClinicServer(4300);
    southId = String((await clinic.api.post('/api/clinics', { name: 'South', code: 'S', timeZone: 'Asia/Beirut' })).id);
    [north, south] = [await aPhoneBrowser(), await aPhoneBrowser()];
    await aPhoneOf(north, 'nora', clinic.clinicId, [clinic.clinicId]);
    await aPhoneOf(south, 'sami', southId, [southId, clinic.clinicId]);
  });

  test.afterAll(async () => {
    await north?.dispose();
    await south?.dispose();
    await clinic?.server.dispose();
  });

  async function aPhoneOf(phone: PhoneBrowser, username: string, clinicId: string, clinicIds: readonly string[]) {
    const flags = ['register-patients', 'view-history', 'edit-records'];
    const user = { username, password: `${username} has a long password` };
    const grants = clinicIds.map((one) => ({ clinicId: one, flags }));
    await clinic.api.post('/api/users', {
      name: username,
      role: 'provider',
      language: 'en',
      clinicId,
      grants,
      ...user,
    });
    const { link } = await clinic.api.post('/api/enrolment-codes', { clinicId });
    await openAndInstall(phone.page, `${clinic.server.origin}/c`);
    await setUpPhone(phone.page, String(link), user, `Phone of ${username}`);
  }

  test('is opened with a reason, leaves when it ends, and comes to stay by a transfer', async ({ browser }) => {
    test.setTimeout(240_000);
    const [a, b] = [north.page, south.page];
    const patientId = await test.step('South registers her', async () => {
      await registerPatient(b, 'Amina', 'Haddad');
      await expectAllSent(b);
      return /patients\/([0-9a-f-]{36})/.exec(b.url())![1]!;
    });

    await test.step('in North her number names nobody; her card leads to her', async () => {
      await a.getByLabel('Search patients').fill(formatHumanCode(humanCode(patientId)));
      await expect(
        a.getByText('A number alone cannot name a patient of another clinic.', { exact: false }),
      ).toBeVisible();
      await a.getByLabel('Search patients').fill(`${clinic.server.origin}/p/${patientId}`);
      await a.getByRole('link', { name: 'Go to this card' }).click();
      await expect(a.getByRole('heading', { name: 'This patient is not at this clinic' })).toBeVisible();
    });

    await test.step('offline, the request is saved; the chart comes with the network', async () => {
      await north.context.setOffline(true);
      await a.getByRole('button', { name: 'Open in an emergency' }).click();
      await expect(a.getByText('This is recorded')).toBeVisible();
      await a.getByRole('button', { name: 'Open the chart' }).click();
      await expect(a.getByText('Say why.')).toBeVisible();
      await a.getByLabel('Why is it needed now?').fill('Unconscious after a fall');
      await a.getByRole('button', { name: 'Open the chart' }).click();
      await expect(a.getByText('Waiting for the server')).toBeVisible();
      await north.context.setOffline(false);
      await expect(a.getByRole('heading', { name: 'Amina Haddad' })).toBeVisible({ timeout: 60_000 });
      await expect(a.getByText(/Opened in an emergency until/)).toBeVisible();
      await expect(a.getByText('nora: Unconscious after a fall')).toBeVisible();
      await expectAllSent(a);
    });

    const portal = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await test.step('the audit shows who, why, and that she looked', async () => {
      await signIn(portal);
      await portal.getByRole('link', { name: 'Audit', exact: true }).click();
      const look = portal.getByRole('row', { name: /nora.*Amina Haddad.*In an emergency/ });
      await expect(look).toContainText('Unconscious after a fall');
      await portal.getByRole('link', { name: 'Emergency openings' }).click();
      const opening = portal.getByRole('row', { name: /nora.*Amina Haddad/ });
      await expect(opening).toContainText('Unconscious after a fall');
      await expect(opening).toContainText('In force');
    });

    await test.step('ended on the phone, the chart leaves it', async () => {
      await a.getByRole('button', { name: 'End now' }).click();
      await expect(a.getByRole('heading', { name: 'This patient is not at this clinic' })).toBeVisible({
        timeout: 60_000,
      });
      await portal.reload();
      await expect(portal.getByRole('row', { name: /nora.*Amina Haddad/ })).not.toContainText('In force');
    });

    await test.step('South transfers her to Camp North, whose phone then has her', async () => {
      await b.getByRole('link', { name: 'Transfer to another clinic' }).click();
      await b.getByLabel('New clinic').selectOption({ label: 'Camp North' });
      await expect(b.getByText('The chart leaves this clinic')).toBeVisible();
      await b.getByRole('button', { name: 'Transfer', exact: true }).click();
      await expect(b.getByText('Transferred to Camp North', { exact: true })).toBeVisible();
      await expectAllSent(b);
      await openSection(a, 'Sync');
      await a.getByRole('button', { name: 'Sync now' }).click();
      await findPatient(a, 'amina', 'Amina Haddad');
      await expect(a.getByText(/Opened in an emergency|emergency opening is over/)).toHaveCount(0);
      await openSection(b, 'Sync');
      await b.getByRole('button', { name: 'Sync now' }).click();
      await openSection(b, 'Patients');
      await expect(b.getByText('No patients yet')).toBeVisible({ timeout: 30_000 });
    });

    await test.step('an administrator sees the looks of one patient alone', async () => {
      await portal.getByRole('link', { name: 'Charts opened' }).click();
      await portal.getByLabel('Patient’s card or ID').fill(patientId);
      await expect(portal.getByRole('row', { name: /nora.*Amina Haddad/ })).toHaveCount(2);
      await expect(portal.getByRole('row', { name: /sami.*Amina Haddad/ })).toHaveCount(1);
      await portal.close();
    });
  });

  async function signIn(portal: Page) {
    await portal.goto(`${clinic.server.origin}/admin`);
    await portal.getByLabel('User name').fill(clinic.api.admin.username);
    await portal.getByLabel('Password', { exact: true }).fill(clinic.api.admin.password);
    await portal.getByRole('button', { name: 'Sign in' }).click();
  }
});
