import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type AppServer, startServer } from '../scenario/app-server.ts';

const SHOTS = process.env.SCREENSHOTS;
const PASSWORD = 'correct horse battery';

test.describe.configure({ mode: 'serial' });

let server: AppServer;
let context: BrowserContext;
let page: Page;
const faults: string[] = [];

test.beforeAll(async ({ browser }) => {
  server = await startServer({ port: 3071 });
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Hydration|Minified React error/.test(message.text())) faults.push(message.text());
  });
});
test.afterAll(async () => {
  await context?.close();
  await server?.dispose();
});
test.afterEach(() => expect(faults.splice(0)).toEqual([]));

/** What an axe run finds on the page as it stands; with SCREENSHOTS set, what it looks like in three ways. */
async function lookAt(name: string): Promise<void> {
  const checked = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${name} ${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  await checked();
  const overflow = async () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await overflow(), `${name} is wider than 320 px`).toBeLessThanOrEqual(0);
  await checked();
  await page.setViewportSize({ width: 1280, height: 800 });
  if (!SHOTS) return;
  await page.screenshot({ path: `${SHOTS}/${name}-desktop.png`, fullPage: true });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.screenshot({ path: `${SHOTS}/${name}-phone.png`, fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
}

const main = () => page.locator('main');
const go = async (path: string, heading: string) => {
  await page.goto(`${server.origin}${path}`);
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
};

test('without a session every page leads to signing in', async () => {
  for (const path of ['/admin', '/admin/patients', '/admin/users/new']) {
    await go(path, 'Sign in');
    expect(new URL(page.url()).pathname).toBe('/admin/sign-in');
  }
  await page.getByLabel('User name').fill('nobody');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('User name or password is wrong')).toBeVisible();
  await lookAt('sign-in');
});

test('the one-time link makes the first administrator, once', async () => {
  const link = /once, at (\S+)/.exec(server.output())?.[1] ?? '';
  expect(link).toContain('/admin/first-administrator#');
  await page.goto(link);
  await page.getByLabel('Name of your organisation').fill('Sunrise Clinics');
  await page.getByLabel('Your name').fill('Ada Haddad');
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await lookAt('first-administrator');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
  await expect(page.getByText('First steps')).toBeVisible();
  await lookAt('dashboard-empty');
});

test('a clinic, its departments', async () => {
  await page.getByRole('link', { name: 'Create a clinic' }).click();
  await page.getByLabel('Name').fill('Camp North');
  await page.getByLabel('Short code').fill('CN');
  await page.getByLabel('Time zone').fill('Mars/Base');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByLabel('Time zone')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Time zone').fill('Asia/Beirut');
  await lookAt('clinic-new');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Camp North' })).toBeVisible();
  await page.getByLabel('New department').fill('Reception');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('Reception')).toBeVisible();
  await lookAt('clinic');
  await go('/admin/clinics', 'Clinics & departments');
  await expect(main()).toContainText('Camp North');
  await lookAt('clinics');
});

test('a user gets the usual permissions of the role and a password that is told once', async ({ browser }) => {
  await go('/admin/users/new', 'New user');
  await page.getByLabel(/^Name/).fill('Nora Saleh');
  await page.getByLabel(/^User name/).fill('nora');
  await page.getByLabel('Home clinic').selectOption({ label: 'Camp North' });
  await expect(page.getByLabel('Prescribe · Camp North')).toBeChecked();
  await page.getByLabel('Download reports · Camp North').uncheck();
  await lookAt('user-new');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('User created')).toBeVisible();
  const password = ((await page.getByTestId('password').textContent()) ?? '').trim();
  await lookAt('user-created');
  await page.getByRole('link', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Nora Saleh' })).toBeVisible();
  await expect(page.getByLabel('Download reports · Camp North')).not.toBeChecked();
  await lookAt('user');
  await go('/admin/users', 'Users');
  await lookAt('users');

  const other = await browser.newContext({ locale: 'en-GB' });
  const nora = await other.newPage();
  await nora.goto(`${server.origin}/admin`);
  await nora.getByLabel('User name').fill('Nora');
  await nora.getByLabel('Password').fill(password);
  await nora.getByRole('button', { name: 'Sign in' }).click();
  await expect(nora.getByRole('heading', { name: 'Choose a new password before you go on' })).toBeVisible();
  await nora.goto(`${server.origin}/admin/patients`);
  await expect(nora.getByRole('heading', { name: 'Choose a new password before you go on' })).toBeVisible();
  await nora.getByLabel('Current password').fill(password);
  await nora.getByLabel('New password').fill('a password of my own');
  await nora.getByRole('button', { name: 'Save' }).click();
  await expect(nora.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
  await expect(nora.getByRole('link', { name: 'Users' })).toHaveCount(0);
  await other.close();
});

test('a QR code is a link that a phone can use, and the page says when one did', async () => {
  await go('/admin/devices/enrol', 'Add a phone');
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  const code = ((await page.getByTestId('enrolment-code').textContent()) ?? '').replaceAll(/\s/g, '');
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
  await expect(page.getByRole('link', { name: `${server.origin}/join/${code}` })).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code to set up a phone' })).toBeVisible();
  await expect(page.getByText('Waiting for the phone…')).toBeVisible();
  await lookAt('enrol');
  const enrolled = await context.request.post(`${server.origin}/api/enrol`, {
    data: { code, deviceId: '018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c', deviceName: 'Triage 2' },
  });
  expect(enrolled.status()).toBe(200);
  await expect(page.getByText('This code was used')).toBeVisible();
  await expect(main()).toContainText('Triage 2');
  await go('/admin/devices', 'Devices & hubs');
  await expect(page.getByRole('cell', { name: 'Triage 2' }).first()).toBeVisible();
  await lookAt('devices');
  await page.getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('dialog')).toContainText('Revoke Triage 2?');
  await lookAt('device-revoke');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('cell', { name: 'Revoked' })).toBeVisible();
});

test('a patient appears, is found, is edited, and the history says what was there before', async () => {
  const origin = { origin: server.origin };
  const clinics = await (await context.request.get(`${server.origin}/api/clinics`)).json();
  const clinicId: string = clinics.clinics[0].id;
  const answers = {
    givenName: 'Amina',
    familyName: 'Haddad',
    sex: 'female',
    birthDate: { date: '1990', estimated: true },
    village: 'Deir Hafer',
  };
  const made = await context.request.post(`${server.origin}/api/patients`, {
    data: { clinicId, answers },
    headers: origin,
  });
  const { id } = await made.json();
  const visit = { patientId: id, clinicId, kind: 'consultation', reason: 'Fever since yesterday' };
  expect((await context.request.post(`${server.origin}/api/visits`, { data: visit, headers: origin })).status()).toBe(
    200,
  );

  await go('/admin/patients', 'Patients');
  await page.getByLabel('Search patients').fill('hadad amina');
  await expect(page.getByRole('link', { name: 'Amina Haddad' })).toBeVisible();
  await lookAt('patients');
  await page.getByLabel('Search patients').fill('zzzz');
  await expect(page.getByText('No patient matches “zzzz”')).toBeVisible();
  await page.getByLabel('Search patients').fill('');
  await page.getByRole('link', { name: 'Amina Haddad' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Amina Haddad' })).toBeVisible();
  await expect(main()).toContainText('Deir Hafer');
  await expect(main()).toContainText('Fever since yesterday');
  await lookAt('patient');

  await page.getByRole('link', { name: 'Edit details' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Edit details' })).toBeVisible();
  await lookAt('patient-edit');
  await page.getByLabel(/^Given name/).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Correct 1 answer')).toBeVisible();
  await page.getByLabel(/^Given name/).fill('Aminah');
  await page.getByLabel(/^Village/).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Aminah Haddad' })).toBeVisible();
  await expect(main()).not.toContainText('Deir Hafer');
  await page.getByRole('button', { name: 'History of changes' }).first().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('Ada Haddad');
  await expect(sheet.getByRole('deletion').filter({ hasText: 'Amina' })).toBeVisible();
  await expect(sheet.getByRole('insertion').filter({ hasText: 'Aminah' })).toBeVisible();
  await lookAt('patient-history');
  await page.keyboard.press('Escape');
});

test('forms are listed, tried, published and imported with what speaks against it', async () => {
  await go('/admin/forms', 'Forms');
  await page.getByRole('button', { name: 'Publish the built-in forms' }).click();
  await expect(page.getByRole('link', { name: /Child visit/ })).toBeVisible();
  await lookAt('forms');
  await page.getByRole('link', { name: /Child visit/ }).click();
  await expect(page.getByRole('region', { name: 'Preview' })).toBeVisible();
  await lookAt('form');
  await go('/admin/forms/import', 'Import a form');
  const field = { id: 'colour', type: 'text', label: { en: 'Favourite colour' } };
  const definition = {
    format: 1,
    languages: ['en'],
    title: { en: 'Colours' },
    pages: [{ id: 'p', fields: [field, field] }],
  };
  await page.getByLabel('Definition', { exact: true }).fill(JSON.stringify(definition));
  await expect(page.getByText('Two things have this id.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish' })).toBeDisabled();
  await lookAt('form-import');
  const right = { ...definition, pages: [{ id: 'p', fields: [field] }] };
  await page.getByLabel('Definition', { exact: true }).fill(JSON.stringify(right));
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Colours' })).toBeVisible();
  await expect(page.getByLabel('Favourite colour')).toBeVisible();
});

test('in Arabic the portal turns over, and on a narrow screen the menu is behind a button', async () => {
  await go('/admin', 'Dashboard');
  await lookAt('dashboard');
  await page.getByLabel('Language').selectOption('ar');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.getByRole('heading', { level: 1, name: 'لوحة المتابعة' })).toBeVisible();
  await lookAt('dashboard-ar');
  for (const [name, path] of [
    ['patients-ar', '/admin/patients'],
    ['users-ar', '/admin/users/new'],
    ['enrol-ar', '/admin/devices'],
  ] as const) {
    await page.goto(`${server.origin}${path}`);
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await lookAt(name);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${server.origin}/admin`);
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  const rail = page.getByRole('navigation');
  await expect(rail).toBeHidden();
  await page.getByRole('button', { name: 'القائمة' }).click();
  await rail.getByRole('link', { name: 'المرضى' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'المرضى' })).toBeVisible();
  await expect(rail).toBeHidden();
  await page.getByRole('button', { name: 'القائمة' }).click();
  await page.getByRole('button', { name: 'تسجيل الخروج' }).click();
  await page.waitForURL('**/admin/sign-in');
  await page.goto(`${server.origin}/admin`);
  await page.waitForURL('**/admin/sign-in');
});
