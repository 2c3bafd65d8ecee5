import { gunzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, type Route, test } from '@playwright/test';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { en } from '../../lib/text/labels/en/en.ts';
import { aClinicWithPhones } from '../scenario/clinic-phones.ts';
import { expectAllSent, openSection, registerPatient, speak } from '../scenario/phone-steps.ts';

const SCREENS = [
  [1280, 800],
  [360, 740],
  [320, 640],
] as const;

let story: Awaited<ReturnType<typeof aClinicWithPhones>>;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  story = await aClinicWithPhones(4202, ['nora']);
});
test.afterAll(() => story?.dispose());

/** Of charts the server has nothing: its sums say so, and so does whatever is read from the beginning. */
async function withoutCharts(route: Route): Promise<void> {
  const body = route.request().postDataBuffer()!;
  const isPacked = route.request().headers()['content-encoding'] === 'gzip';
  const { cursors } = JSON.parse(String(isPacked ? gunzipSync(body) : body)) as { cursors: object };
  const response = await route.fetch();
  const reply = (await response.json()) as ExchangeReply;
  const isOfCharts = (scope: string) => scope.endsWith(':desk');
  const isAnew = Object.keys(cursors).length === 0;
  const pages = reply.pages.filter((page) => !isAnew || !isOfCharts(page.scope));
  const digests = Object.entries(reply.digests).map(([scope, said]) => [
    scope,
    isOfCharts(scope) ? { count: 0, digest: '0' } : said,
  ]);
  await route.fulfill({ response, json: { ...reply, pages, digests: Object.fromEntries(digests) } });
}

/** No fault that axe finds and nothing wider than the screen; with SCREENSHOTS set, what it looks like. */
async function lookAt(page: Page, language: 'en' | 'ar'): Promise<void> {
  await speak(page, language);
  await expect(page.getByText('Haddad', { exact: true })).toBeVisible();
  for (const [width, height] of SCREENS) {
    await page.setViewportSize({ width, height });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const path = `${process.env.SCREENSHOTS}/replaced-${language}-${width}.png`;
    if (process.env.SCREENSHOTS) await page.screenshot({ path, fullPage: true });
  }
}

test('a patient whom the server does not have is shown no more, and waits for a person', async () => {
  test.setTimeout(180_000);
  const { page, context } = story.phoneOf('nora');
  await registerPatient(page, 'Amina', 'Haddad');
  await openSection(page, 'Sync');
  await expectAllSent(page);
  await context.route('**/api/sync', withoutCharts);
  await page.getByRole('button', { name: 'Sync now' }).click();
  const waiting = page.getByRole('link', { name: /^Needs attention/ });
  await expect(waiting).toContainText('1 thing waits for you', { timeout: 60_000 });
  await waiting.click();
  await expect(page.getByText('1 record was on this phone and is not on the server')).toBeVisible();
  await page.getByRole('link', { name: /Amina Haddad/ }).click();
  await expect(page.getByText('This is not on the server')).toBeVisible();
  await expect(page.getByText(en['attention.replacedPatientHelp'])).toBeVisible();
  await expect(page.getByText('Haddad', { exact: true })).toBeVisible();
  for (const language of ['ar', 'en'] as const) await lookAt(page, language);
  await page.getByRole('button', { name: /I have seen this/ }).click();
  await expect(page.getByText('Nothing needs your attention')).toBeVisible();
});
