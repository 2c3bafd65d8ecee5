import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { ar } from '../../lib/text/labels/ar/ar.ts';
import { en, type LabelKey } from '../../lib/text/labels/en/en.ts';
import { pseudoMessage } from '../../lib/text/pseudo.ts';
import { aClinicServer, type ClinicServer } from '../scenario/clinic-server.ts';
import { lastPage, registerPatient, setUpPhone, typePin } from '../scenario/phone-steps.ts';

/** Every screen of the phone: what axe finds, whether it fits 320 px, and whether every word comes from the labels. */

const NARROW = { width: 320, height: 640 };
const PSEUDO = /\[[^\]]*·+\]/;
const labels = { en, ar: { ...en, ...ar } } as const;
type Shown = keyof typeof labels;

test.describe.configure({ mode: 'serial' });
let clinic: ClinicServer;
let context: BrowserContext;
let page: Page;
let paths: { patient: string; visit: string; event: string; form: string };
/** Whether the Arabic words are replaced by the pseudo-language. */
let pseudo = false;

test.beforeAll(async ({ browser }) => {
  clinic = await aClinicServer(3093);
  context = await browser.newContext({
    viewport: NARROW,
    hasTouch: true,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  await context.route('**/*.js', async (route) => {
    if (!pseudo) return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, body: pseudoScript(await response.text()) });
  });
  page = await context.newPage();
});
test.afterAll(async () => {
  await context?.close();
  await clinic?.server.dispose();
});

/** Arabic labels of a built script in the pseudo-language; anything else as it is. */
function pseudoScript(script: string): string {
  return script.replace(
    /"?([\w.-]+)"?:(["'`])((?:(?!\2)[^\\]|\\.)*[\u0600-\u06ff](?:(?!\2)[^\\]|\\.)*)\2/g,
    (whole, key) => (Object.hasOwn(en, key) ? `"${key}":${JSON.stringify(pseudoMessage(en[key as LabelKey]))}` : whole),
  );
}

async function lookAt(name: string): Promise<void> {
  await shown();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect.soft(violations.map(({ id, nodes }) => `${name} ${id}: ${nodes[0]?.html}`)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(overflow, `${name} is wider than 320 px`).toBeLessThanOrEqual(0);
}

/** The screen is there: what it loads is not waited for any more, and its heading stands. */
async function shown(): Promise<void> {
  await expect(page.locator('h1').filter({ visible: true }).first()).toBeVisible();
  await expect(page.locator('[aria-busy=true], [role=status] .pulse-soft').filter({ visible: true })).toHaveCount(0);
}

/** Without loading the page anew, which would lock the phone. */
async function goTo(path: string): Promise<void> {
  await page.evaluate(async (to) => {
    history.pushState(null, '', to);
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  }, path);
}

test('setting up, in both languages', async () => {
  test.setTimeout(120_000);
  const user = await clinic.aProvider('nora');
  await page.goto(await clinic.anEnrolmentLink());
  await lookAt('join');
  await page.getByLabel('Language').selectOption('ar');
  await expect(page.getByText(labels.ar['join.title'])).toBeVisible();
  await lookAt('join ar');
  await page.getByLabel(labels.ar['app.language']).selectOption('en');
  await setUpPhone(page, await clinic.anEnrolmentLink(), user, 'Triage 2');
  await lookAt('no patients');
});

test('a day of work, each form page on the way', async () => {
  test.setTimeout(120_000);
  await registerPatient(page, 'Amina', 'Haddad');
  const patient = new URL(page.url()).pathname;
  await page.getByRole('button', { name: 'Start visit' }).click();
  await lookAt('start visit');
  await page.getByRole('dialog').getByRole('button', { name: 'Start visit' }).click();
  await page.getByRole('link', { name: 'Fill in a form' }).click();
  const visit = new URL(page.url()).pathname;
  await page.getByRole('link', { name: /General consultation/ }).click();
  const form = new URL(page.url()).pathname;
  await page.getByLabel('Main complaint').fill('Cough');
  await lookAt('form, first page');
  await page.getByRole('group', { name: /Fever/ }).getByText('No', { exact: true }).click();
  await page.getByRole('button', { name: 'Examination' }).click();
  await page
    .getByRole('group', { name: /General condition/ })
    .getByText('Good', { exact: true })
    .click();
  await lookAt('form, second page');
  await lastPage(page);
  await lookAt('form, last page');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Form saved', { exact: true })).toBeVisible();
  await goTo(`${patient}/visits`);
  await page
    .getByRole('link', { name: /General consultation/ })
    .first()
    .click();
  await expect(page.getByText('Cough')).toBeVisible();
  paths = { patient, visit, form, event: new URL(page.url()).pathname };
});

function screens(): Record<string, string> {
  const { patient, visit, event, form } = paths;
  return {
    patients: '/c',
    today: '/c/today',
    sync: '/c/sync',
    connect: '/c/sync/connect',
    attention: '/c/sync/attention',
    'refused, gone': '/c/sync/attention/refused/018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c',
    'conflict, gone': `/c/sync/attention/conflict${patient.slice('/c/patients'.length)}/018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c`,
    'replaced, gone': '/c/sync/attention/replaced/none',
    me: '/c/me',
    'add user': '/c/me/add-user',
    register: '/c/register',
    summary: patient,
    timeline: `${patient}/timeline`,
    vitals: `${patient}/vitals`,
    visits: `${patient}/visits`,
    edit: `${patient}/edit`,
    'form picker': visit,
    form,
    event,
    correct: `${event}/correct`,
    'not here': '/c/patients/018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c',
  };
}

for (const language of ['en', 'ar'] as const satisfies readonly Shown[]) {
  test(`every screen in ${language}`, async () => {
    test.setTimeout(180_000);
    await speak(language);
    for (const [name, path] of Object.entries(screens())) {
      await goTo(path);
      await lookAt(`${name} ${language}`);
    }
    await goTo('/c/me');
    await page.getByRole('banner').getByRole('button', { name: labels[language]['lock.lockNow'] }).click();
    await lookAt(`locked ${language}`);
    await typePin(page);
  });
}

async function speak(language: Shown): Promise<void> {
  await page.evaluate((wanted) => localStorage.setItem('hikma.language', wanted), language);
  await page.goto(`${clinic.server.origin}/c`);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await typePin(page);
  await expect(page.getByRole('link', { name: /Amina Haddad/ })).toBeVisible();
}

test('every word comes from the labels', async () => {
  test.setTimeout(120_000);
  pseudo = true;
  await speak('ar');
  for (const [name, path] of Object.entries(screens())) {
    await goTo(path);
    await shown();
    const words = await page.evaluate(wordsShown);
    expect
      .soft(
        words.some((text) => PSEUDO.test(text)),
        `${name} shows labels`,
      )
      .toBe(true);
    expect
      .soft(
        words.filter((text) => isHardCoded(text)),
        name,
      )
      .toEqual([]);
  }
});

/** Words in Latin letters that are neither a label nor what people of the story wrote. */
function isHardCoded(text: string): boolean {
  const rest = text
    .replace(new RegExp(PSEUDO, 'g'), '')
    .replace(/Amina|Haddad|Camp North|nora|Cough|Triage 2|English|Español|Français|General consultation/g, '')
    // Units, codes of patients, drawn names.
    .replace(/\b(AH|n|kB|MB|kg|cm|mmHg|min)\b|[A-Z0-9]{3,}(-[A-Z0-9]+)+/g, '');
  return /[A-Za-z]{2,}/.test(rest);
}

/** Runs in the page: every text and spoken attribute of elements that can be seen. */
function wordsShown(): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node instanceof Element ? node : node.parentElement;
    if (element === null || element.closest('script, style, next-route-announcer, [hidden]') !== null) continue;
    if (!(node instanceof Element)) found.push(node.textContent ?? '');
    else for (const name of ['aria-label', 'placeholder', 'title', 'alt']) found.push(element.getAttribute(name) ?? '');
  }
  return found.map((text) => text.trim()).filter((text) => text !== '');
}
