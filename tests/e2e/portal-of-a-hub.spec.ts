import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { addHub } from '../../app/server/add-hub.ts';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { ar } from '../../lib/text/labels/ar/ar.ts';
import { en } from '../../lib/text/labels/en/en.ts';
import { type AppServer, startServer } from '../scenario/app-server.ts';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { put, registration } from '../scenario/edits.ts';
import { aHttpPhone, type HttpPhone } from '../scenario/http-phone.ts';

const SHOTS = process.env.SCREENSHOTS;
const PASSWORD = 'correct horse battery';
const words = { en, ar: { ...en, ...ar } } as const;

/** A hub whose server is away: what it shows, and what it takes, until that is back. */
test.describe.configure({ mode: 'serial' });
let root: ClinicServer;
let hub: AppServer;
/** Who administers everything, at home in the hub's clinic; and who administers that clinic. */
let ayla: { context: BrowserContext; page: Page };
let cara: { context: BrowserContext; page: Page };

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  root = await aClinicServer(4261);
  const aUser = async (name: string, role: string, flags: readonly string[]) => {
    const grants = flags.length === 0 ? [] : [{ clinicId: root.clinicId, flags }];
    const username = name.toLowerCase();
    const given = { username, password: `first ${PASSWORD}` };
    const { id } = await root.api.post('/api/users', { name, role, clinicId: root.clinicId, grants, ...given });
    const { token } = await send(root.server, '/api/login', { ...given, token: true });
    const chosen = { current: given.password, password: PASSWORD };
    await send(root.server, '/api/me/password', chosen, { authorization: `Bearer ${token}` });
    return String(id);
  };
  await aUser('Ayla', 'admin', []);
  await aUser('Cara', 'provider', ['clinic-admin']);
  const nora = await aUser('Nora', 'provider', ['register-patients', 'view-history', 'edit-records']);
  const phones = [await aPhone('Triage phone', nora), await aPhone('Ward phone', nora)] as const;
  hub = await startServer({ port: 4262, env: await hubOf(root) });
  await makeConflict(phones);
  ayla = await signIn(browser, 'ayla');
  cara = await signIn(browser, 'cara');
});
test.afterAll(async () => {
  await ayla?.context.close();
  await cara?.context.close();
  await hub?.dispose();
  await root?.server.dispose();
});

/** Where it relays to, and its key. */
async function hubOf({ server }: ClinicServer) {
  const { pool, close } = connectDatabase((await openEmbedded(server.dataDir)).url);
  const { key } = await addHub(pool, 'Box of Camp North', ['CN']);
  await close();
  return { UPSTREAM_URL: server.origin, UPSTREAM_KEY: key };
}

async function aPhone(deviceName: string, userId: string): Promise<HttpPhone> {
  const { code } = await root.api.post('/api/enrolment-codes', { clinicId: root.clinicId });
  const deviceId = newId();
  const { bearer } = await send(root.server, '/api/enrol', { code, deviceId, deviceName });
  const authorization = `Bearer ${bearer}`;
  await send(root.server, '/api/device/sign-in', { username: 'nora', password: PASSWORD }, { authorization });
  return aHttpPhone({ deviceId, authorization }, userId, root.clinicId, () => hub.origin);
}

async function send({ origin }: AppServer, path: string, body: unknown, more: Record<string, string> = {}) {
  const headers = { 'content-type': 'application/json', ...more };
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(said)}`);
  return said;
}

/** Two phones at the hub change one number, neither knowing of the other, while the server is away. */
async function makeConflict([triage, ward]: readonly [HttpPhone, HttpPhone]): Promise<void> {
  await expect(async () => void (await ward.sync())).toPass({ timeout: 60_000 });
  await root.server.stop();
  const id = newId();
  triage.save(registration(id, root.clinicId, { phone: '71 000 000' }));
  await triage.sync();
  await ward.sync();
  triage.save([put('patients', id, { phone: '71 111 111' })]);
  ward.save([put('patients', id, { phone: '71 222 222' })]);
  await triage.sync();
  await ward.sync();
}

async function signIn(browser: Browser, username: string) {
  const context = await browser.newContext({ locale: 'en-GB' });
  const data = { username, password: PASSWORD };
  const answer = await context.request.post(`${hub.origin}/api/login`, { data, headers: { origin: hub.origin } });
  expect(answer.status()).toBe(200);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return { context, page };
}

/** In both languages, on a desk and on a phone: no fault that axe finds, nothing wider than the screen. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const language of ['ar', 'en'] as const) {
    await page.evaluate((wanted) => localStorage.setItem('hikma.language', wanted), language);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main').getByRole('status', { name: words[language]['app.loading'] })).toHaveCount(0);
    for (const [width, height] of [
      [1280, 800],
      [360, 740],
      [320, 640],
    ] as const) {
      await page.setViewportSize({ width, height });
      const at = `${name} ${language} at ${width} px`;
      expect(
        (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${at} ${id}: ${nodes[0]?.html}`),
      ).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), at).toBeLessThanOrEqual(0);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/hub-${name}-${language}-${width}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }
}

test('a conflict that the server has not looked at is shown as that, and is not decided here', async () => {
  const { page } = cara;
  await page.goto(`${hub.origin}/admin/attention`);
  const card = page.locator('main section').filter({ hasText: 'Patient · Phone' });
  await expect(card).toContainText(en['portalAttention.provisional']);
  for (const value of ['71 111 111', '71 222 222', 'Triage phone', 'Ward phone', 'Amina Haddad'])
    await expect(card).toContainText(value);
  await expect(card.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Attention 1 thing waits' })).toBeVisible();
  await lookAt(page, 'attention');
});

test('an administrator of everything is told beforehand, and at once, what the hub does not take from him', async () => {
  const { page } = ayla;
  await page.goto(`${hub.origin}/admin/patients`);
  await expect(page.getByText(en['portal.atHub'])).toHaveCount(0);
  for (const place of ['users', 'devices', 'forms', 'clinics/new']) {
    await page.goto(`${hub.origin}/admin/${place}`);
    await expect(page.getByText(en['portal.atHub'])).toBeVisible();
  }
  await lookAt(page, 'new-clinic');
  await page.getByLabel('Name', { exact: false }).first().fill('Camp East');
  await page.getByLabel('Code', { exact: false }).first().fill('CE');
  await page.getByRole('button', { name: en['action.create'] }).click();
  await expect(page.getByRole('alert').filter({ hasText: en['error.main-server-only'] })).toBeVisible();
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/hub-refused-en.png`, fullPage: true });
  await page.goto(`${hub.origin}/admin/clinics`);
  await expect(page.getByText('Camp North')).toBeVisible();
  await expect(page.getByText('Camp East')).toHaveCount(0);
});

test('who administers the clinic works at the hub as ever', async () => {
  const { page } = cara;
  await page.goto(`${hub.origin}/admin/users/new`);
  await expect(page.getByText(en['portal.atHub'])).toHaveCount(0);
  await page.goto(`${hub.origin}/admin/clinics/${root.clinicId}`);
  await page.getByLabel(en['department.create']).fill('Triage');
  await page.getByRole('button', { name: en['action.add'] }).click();
  await expect(page.getByText(en['portal.departmentCreated'], { exact: true })).toBeVisible();
});
