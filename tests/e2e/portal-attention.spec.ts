import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { newId } from '../../db/postgres/replica-identity.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { mergeChange, refOf } from '../../lib/replication/merge.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { type AppServer, startServer } from '../scenario/app-server.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { aWriter, type Writer } from '../scenario/postgres-clinic.ts';

const SHOTS = process.env.SCREENSHOTS;
const PASSWORD = 'correct horse battery';

test.describe.configure({ mode: 'serial' });

let server: AppServer;
let context: BrowserContext;
let page: Page;
let token: string;
let clinicId: string;
const ids = { ada: '', nora: '', vera: '', amina: '', sami: '', visit: '', vitals: '', kept: '' };
const held = new Map<string, StoredRecord>();

interface Phone {
  readonly deviceId: string;
  readonly bearer: string;
  readonly writer: Writer;
}
let triage: Phone;
let ward: Phone;

async function api<T = { id: string }>(path: string, body: unknown, bearer = token): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const response = await fetch(`${server.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = await response.json();
  expect(response.status, `${path} ${JSON.stringify(said)}`).toBe(200);
  return said as T;
}

async function aPhone(name: string, userId: string, ...usernames: string[]): Promise<Phone> {
  const { code } = await api<{ code: string }>('/api/enrolment-codes', { clinicId });
  const deviceId = newId();
  const { bearer } = await api<{ bearer: string }>('/api/enrol', { code, deviceId, deviceName: name }, '');
  for (const username of usernames) await api('/api/device/sign-in', { username, password: PASSWORD }, bearer);
  return { deviceId, bearer, writer: aWriter(userId, clinicId, deviceId) };
}

/** Hands actions in as that phone; what is applied is what later edits have seen. */
async function push({ deviceId, bearer }: Phone, ...actions: Action[]): Promise<string[]> {
  const request = { protocol: 1, schema: SCHEMA_VERSION, replicaId: deviceId, clock: Date.now(), origins: {} };
  const more = { actions, epoch: null, cursors: {}, maxBytes: 1_000_000 };
  const reply = await api<{ outcomes: { result: string }[] }>('/api/sync', { ...request, ...more }, bearer);
  for (const change of actions.flatMap((action) => action.changes)) {
    const key = refKey(refOf(change));
    held.set(key, mergeChange(held.get(key), change));
  }
  return reply.outcomes.map(({ result }) => result);
}

/** Two phones that hold the same record edit it, neither knowing of the other. */
async function parallel(collection: string, id: string, first: Edit, second: Edit): Promise<void> {
  const seen = [held.get(refKey({ collection, id }))!];
  const here = triage.writer.author([first], seen);
  // Within one millisecond chance would decide which of the two stands.
  const from = Date.now();
  await expect.poll(() => Date.now() > from, { intervals: [1] }).toBe(true);
  const there = ward.writer.author([second], seen);
  expect(await push(triage, here)).toEqual(['applied']);
  expect(await push(ward, there)).toEqual(['applied']);
}

async function setUp(): Promise<void> {
  const link = /once, at (\S+)/.exec(server.output())?.[1] ?? '';
  const who = { name: 'Ada Haddad', username: 'ada', password: PASSWORD, language: 'en' };
  await fetch(`${server.origin}/api/first-administrator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.origin },
    body: JSON.stringify({ token: link.split('#')[1], ...who, organisation: 'Sunrise Clinics' }),
  });
  const signedIn = await api<{ token: string; user: { id: string } }>(
    '/api/login',
    { username: 'ada', password: PASSWORD, token: true },
    '',
  );
  [token, ids.ada] = [signedIn.token, signedIn.user.id];
  clinicId = (await api('/api/clinics', { name: 'Camp North', code: 'CN', timeZone: 'Asia/Beirut' })).id;
  const flags = ['register-patients', 'view-history', 'edit-records', 'delete-visits', 'delete-records'];
  const user = (name: string, role: string, held: string[]) => {
    const body = { name, role, username: name.split(' ')[0], password: PASSWORD, clinicId };
    return api('/api/users', { ...body, grants: [{ clinicId, flags: held }] });
  };
  ids.nora = (await user('Nora Saleh', 'provider', flags)).id;
  ids.vera = (await user('Vera Khoury', 'viewer', ['view-history'])).id;
  triage = await aPhone('Triage phone', ids.nora, 'nora', 'vera');
  ward = await aPhone('Ward phone', ids.nora, 'nora');
}

/** Everything that the page shows, as it comes about. */
async function makeTrouble(): Promise<void> {
  for (const key of ['amina', 'sami', 'visit', 'vitals', 'kept'] as const) ids[key] = newId();
  const { writer } = triage;
  await push(triage, writer.author(registration(ids.amina, clinicId, { phone: '71 000 000' })));
  await push(triage, writer.author(registration(ids.sami, clinicId, { givenName: 'Sami', familyName: 'Nasser' })));
  await push(triage, writer.author([aVisit(ids.visit, ids.amina, clinicId), aVisit(ids.kept, ids.sami, clinicId)]));
  await push(triage, writer.author([someVitals(ids.vitals, ids.sami, clinicId, ids.nora, { weightKg: 60 })]));
  const phone = (value: string) => put('patients', ids.amina, { phone: value });
  await parallel('patients', ids.amina, phone('71 111 111'), phone('71 222 222'));
  const weight = (value: number) => put('vitals', ids.vitals, { weightKg: value }, 'measured again');
  await parallel('vitals', ids.vitals, weight(61), weight(62));
  const removal: Edit = { collection: 'visits', id: ids.visit, kind: 'delete', fields: {}, reason: 'opened twice' };
  await parallel('visits', ids.visit, removal, put('visits', ids.visit, { reason: 'Fever since yesterday' }));

  const vera = aWriter(ids.vera, clinicId);
  const sami = [held.get(refKey({ collection: 'patients', id: ids.sami }))!];
  const visit = [held.get(refKey({ collection: 'visits', id: ids.kept }))!];
  const refused = [
    vera.author([put('patients', ids.sami, { village: 'Deir Hafer' }, 'moved')], sami),
    vera.author([put('visits', ids.kept, { reason: 'Cough' })], visit),
    vera.author([put('patients', ids.sami, { sex: 'nonsense' })], sami),
  ];
  expect(await push(triage, ...refused)).toEqual(['refused', 'refused', 'refused']);

  const skipped = writer.author([put('patients', newId(), {})]);
  const after = writer.author(registration(newId(), clinicId, { givenName: 'Layla' }));
  expect(skipped.changes).toHaveLength(1);
  expect(await push(triage, after)).toEqual(['applied']);
}

test.beforeAll(async ({ browser }) => {
  server = await startServer({ port: 4251 });
  await setUp();
  await makeTrouble();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await context.request.post(`${server.origin}/api/login`, {
    data: { username: 'ada', password: PASSWORD },
    headers: { origin: server.origin },
  });
});
test.afterAll(async () => {
  await context?.close();
  await server?.dispose();
});

const main = () => page.locator('main');
const card = (text: string) =>
  main()
    .locator('section')
    .filter({ has: page.locator('h2') })
    .filter({ hasText: text });
const dialog = () => page.getByRole('dialog');

async function open(tab: string): Promise<void> {
  await page.goto(`${server.origin}/admin/attention?tab=${tab}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(main().getByRole('status', { name: 'Loading…' })).toHaveCount(0);
}

/** What axe finds at 1280 and at 320 px; with SCREENSHOTS set, what it looks like. */
async function lookAt(name: string): Promise<void> {
  // A dialog that is still fading in has no contrast to speak of.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider, `${name} is wider than ${width} px`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${name} ${id}: ${nodes[0]?.html}`)).toEqual([]);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/attention-${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('the rail counts what waits, and each section says what it is about', async () => {
  await page.goto(`${server.origin}/admin`);
  await page.getByRole('link', { name: /^Attention/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Needs attention' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Attention 7 things wait' })).toBeVisible();
  await expect(card('Amina Haddad')).toHaveCount(2);
  await lookAt('conflicts');
});

for (const [tab, says] of [
  ['refused', 'What a device sent and the server did not accept.'],
  ['reviews', 'Nothing to review'],
  ['gaps', 'Open the app on that phone and let it sync.'],
] as const) {
  test(`the section ${tab} says what it is about`, async () => {
    await open(tab);
    await expect(main()).toContainText(says);
    if (tab === 'gaps') await expect(main()).toContainText('Triage phone');
    await lookAt(tab);
  });
}

test('a conflict shows both values with who, when and where, and one of them is kept', async () => {
  await open('conflicts');
  const phones = card('Patient · Phone');
  await expect(phones).toContainText('71 111 111');
  await expect(phones).toContainText('71 222 222');
  await expect(phones).toContainText('Nora Saleh');
  await expect(phones).toContainText('Triage phone');
  await expect(phones).toContainText('Ward phone');
  await expect(phones).toContainText('Camp North');
  await phones.getByRole('button', { name: 'Keep that: The other value' }).click();
  await expect(page.getByText('Settled', { exact: true })).toBeVisible();
  await expect(phones).toHaveCount(0);
  await page.goto(`${server.origin}/admin/patients/${ids.amina}`);
  await expect(main()).toContainText('71 111 111');
});

test('a measure is written anew, with a reason, by keys alone', async () => {
  await open('conflicts');
  const weight = card('Vitals').filter({ hasText: '61 kg' });
  await weight.getByRole('button', { name: 'Write something else' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog()).toBeVisible();
  await lookAt('decide');
  await dialog().getByRole('textbox', { name: 'Weight' }).focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('61.5');
  await page.keyboard.press('Tab');
  await expect(dialog().getByRole('textbox', { name: /^Reason/ })).toBeFocused();
  await dialog().getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog().getByText('Give a reason.')).toBeVisible();
  await dialog()
    .getByRole('textbox', { name: /^Reason/ })
    .focus();
  await page.keyboard.type('read off the scale');
  await dialog().getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await expect(weight).toHaveCount(0);
  await page.goto(`${server.origin}/admin/patients/${ids.sami}`);
  await expect(main()).toContainText('61.5');
});

test('what was deleted while somebody changed it is brought back', async () => {
  await open('conflicts&kind=edit-and-delete');
  const visit = card('Visit');
  await expect(visit).toContainText('opened twice');
  await expect(visit).toContainText('Fever since yesterday');
  await visit.getByRole('button', { name: /^Bring back/ }).click();
  await lookAt('bring-back');
  await dialog().getByRole('button', { name: 'Bring back' }).click();
  await expect(page.getByText('No conflicts')).toBeVisible();
  await page.goto(`${server.origin}/admin/patients/${ids.amina}`);
  await expect(main()).toContainText('Fever since yesterday');
});

test('a refused change is accepted as the administrator’s own, and stays so', async () => {
  await open('refused');
  const moved = card('Deir Hafer');
  await expect(moved).toContainText('Vera Khoury');
  await expect(moved).toContainText('Triage phone');
  await expect(moved).toContainText('The author had no permission for this change');
  await expect(moved).toContainText('moved');
  await moved.getByRole('button', { name: /^Accept/ }).click();
  await expect(dialog().getByRole('textbox')).toHaveValue(/^accepted: made by Vera Khoury/);
  await lookAt('accept');
  await dialog().getByRole('button', { name: 'Accept' }).click();
  await expect(moved).toHaveCount(0);
  await page.reload();
  await expect(card('Cough')).toBeVisible();
  await expect(moved).toHaveCount(0);
  await page.goto(`${server.origin}/admin/patients/${ids.sami}`);
  await expect(main()).toContainText('Deir Hafer');
  await page.getByRole('button', { name: 'History of changes' }).first().click();
  await expect(dialog()).toContainText('Ada Haddad');
  await expect(dialog()).toContainText('accepted: made by Vera Khoury');
});

test('what is refused once more says why and stays in the list', async () => {
  await open('refused');
  const wrong = card('nonsense');
  await wrong.getByRole('button', { name: /^Accept/ }).click();
  await dialog().getByRole('button', { name: 'Accept' }).click();
  await expect(dialog().getByRole('alert')).toContainText('Refused once more: A value is not accepted');
  await expect(dialog().getByRole('alert')).toContainText('Sex');
  await lookAt('refused-again');
  await page.keyboard.press('Escape');
  await expect(dialog()).toHaveCount(0);
  await expect(wrong).toBeVisible();
});

test('a refused change is dismissed with a reason', async () => {
  await open('refused');
  const cough = card('Cough');
  await cough.getByRole('button', { name: /^Dismiss/ }).click();
  await dialog().getByRole('button', { name: 'Dismiss' }).click();
  await expect(dialog().getByText('Give a reason.')).toBeVisible();
  await dialog().getByRole('textbox').fill('Typed by mistake');
  await dialog().getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText('Dismissed', { exact: true })).toBeVisible();
  await expect(cough).toHaveCount(0);
  await page.reload();
  await expect(card('nonsense')).toBeVisible();
  await expect(cough).toHaveCount(0);
});

test('in Arabic the page turns over', async () => {
  await open('refused');
  await page.getByLabel('Language').selectOption('ar');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.getByRole('heading', { level: 1, name: 'بحاجة إلى انتباه' })).toBeVisible();
  await lookAt('refused-ar');
  await open('gaps');
  await expect(main()).toContainText('Triage phone');
  await lookAt('gaps-ar');
});
