import { expect, test } from '@playwright/test';
import { aClinicWithPhones } from '../scenario/clinic-phones.ts';
import { expectAllSent, findPatient, lastPage, openSection, registerPatient } from '../scenario/phone-steps.ts';

/** The main job, end to end: two phones, a server that dies in the middle, and the portal's view of it. */
test.describe('two phones and a server', () => {
  let story: Awaited<ReturnType<typeof aClinicWithPhones>>;
  test.beforeAll(async () => {
    story = await aClinicWithPhones(3081, ['nora', 'sami']);
  });
  test.afterAll(() => story?.dispose());

  test('what is recorded offline on one reaches the server, the other phone and the portal; nothing is lost or doubled', async ({
    browser,
  }) => {
    test.setTimeout(240_000);
    const { clinic } = story;
    const [phoneA, phoneB] = [story.phoneOf('nora'), story.phoneOf('sami')];
    const [a, b] = [phoneA.page, phoneB.page];

    await test.step('both know one patient', async () => {
      await registerPatient(a, 'Amina', 'Haddad');
      await expectAllSent(a);
      await openSection(b, 'Sync');
      await b.getByRole('button', { name: 'Sync now' }).click();
      await findPatient(b, 'amina', 'Amina Haddad');
    });

    await test.step('A, offline, registers another and records his visit', async () => {
      await phoneA.context.setOffline(true);
      await a.getByRole('link', { name: 'Patients' }).click();
      await registerPatient(a, 'خديجة', 'منصور');
      await a.getByRole('button', { name: 'Start visit' }).click();
      await a.getByRole('dialog').getByLabel('Reason for the visit').fill('Cough for a week');
      await a.getByRole('dialog').getByRole('button', { name: 'Start visit' }).click();
      await fillConsultation(a);
      await expect(a.getByText(/to send/)).toBeVisible();
    });

    await test.step('A and B, both offline, edit different fields of the patient both know', async () => {
      await phoneB.context.setOffline(true);
      await editField(a, 'Phone', '0790111222');
      await editField(b, 'Village or home town', 'Qaa');
    });

    await test.step('A sends while the server is killed, and again when it is back', async () => {
      const posted = a.waitForRequest((request) => request.url().endsWith('/api/sync'));
      await phoneA.context.setOffline(false);
      await posted.catch(() => undefined);
      await clinic.server.kill();
      await clinic.server.restart();
      await openSection(a, 'Sync');
      await a.getByRole('button', { name: 'Sync now' }).click();
      await expectAllSent(a);
    });

    await test.step('B comes online: both edits and the visit are on both', async () => {
      await phoneB.context.setOffline(false);
      await openSection(b, 'Sync');
      await b.getByRole('button', { name: 'Sync now' }).click();
      await expectAllSent(b);
      await a.getByRole('button', { name: 'Sync now' }).click();
      for (const page of [a, b]) {
        await findPatient(page, 'amina', 'Amina Haddad');
        await expect(page.getByText('0790111222').first()).toBeVisible();
        await expect(page.getByText('Qaa').first()).toBeVisible({ timeout: 30_000 });
      }
      await findPatient(b, 'khadija', 'خديجة');
      await b.getByRole('link', { name: 'Visits & forms' }).click();
      await expect(b.getByText('Cough for a week')).toBeVisible();
      await b.getByRole('link', { name: /General consultation/ }).click();
      await expect(b.getByText('Dry cough at night')).toBeVisible();
    });

    await test.step('the server holds each once, with both edits', async () => {
      const { patients } = (await clinic.api.get('/api/patients')) as { patients: { id: string; givenName: string }[] };
      expect(patients.map((one) => one.givenName).sort()).toEqual(['Amina', 'خديجة']);
      const amina = patients.find((one) => one.givenName === 'Amina')!;
      const chart = JSON.stringify(await clinic.api.get(`/api/patients/${amina.id}`));
      expect(chart).toContain('0790111222');
      expect(chart).toContain('Qaa');
      const other = patients.find((one) => one.givenName !== 'Amina')!;
      const visits = JSON.stringify(await clinic.api.get(`/api/patients/${other.id}`));
      expect(visits.match(/Cough for a week/g)).toHaveLength(1);
      expect(visits.match(/Dry cough at night/g)).toHaveLength(1);
    });

    await test.step('the portal shows both edits and the visit with its answers', async () => {
      const portal = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await portal.goto(`${clinic.server.origin}/admin`);
      await portal.getByLabel('User name').fill(clinic.api.admin.username);
      await portal.getByLabel('Password', { exact: true }).fill(clinic.api.admin.password);
      await portal.getByRole('button', { name: 'Sign in' }).click();
      await portal.getByRole('link', { name: 'Patients', exact: true }).click();
      await portal.getByRole('link', { name: 'Amina Haddad' }).click();
      await expect(portal.getByText('0790111222').first()).toBeVisible();
      await expect(portal.getByText('Qaa').first()).toBeVisible();
      await portal.getByRole('link', { name: 'Patients', exact: true }).click();
      await portal.getByRole('link', { name: 'خديجة منصور' }).click();
      await expect(portal.getByText('Dry cough at night').first()).toBeVisible();
      await portal.close();
    });
  });
});

async function fillConsultation(page: import('@playwright/test').Page) {
  await page.getByRole('link', { name: 'Fill in a form' }).click();
  await page.getByRole('link', { name: /General consultation/ }).click();
  await page.getByLabel('Main complaint').fill('Dry cough at night');
  await page.getByRole('group', { name: /Fever/ }).getByText('No', { exact: true }).click();
  await page.getByRole('button', { name: 'Examination' }).click();
  await page
    .getByRole('group', { name: /General condition/ })
    .getByText('Good', { exact: true })
    .click();
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Form saved', { exact: true })).toBeVisible();
}

async function editField(page: import('@playwright/test').Page, label: string, value: string) {
  await findPatient(page, 'amina', 'Amina Haddad');
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Contact' }).click();
  await page.getByLabel(label, { exact: true }).fill(value);
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Amina Haddad' })).toBeVisible();
}
