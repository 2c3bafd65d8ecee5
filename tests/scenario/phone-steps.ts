import { expect, type Page } from '@playwright/test';
import { ar } from '../../lib/text/labels/ar/ar.ts';
import { en } from '../../lib/text/labels/en/en.ts';
import { phoneFacts } from './phone-facts.ts';

/** What a clinician does on a phone, in the words of the screen. */

export const PIN = '274918';

interface PhoneUser {
  readonly username: string;
  readonly password: string;
}

/** From the administrator's link to the list of patients. */
export async function setUpPhone(page: Page, link: string, user: PhoneUser, name: string) {
  await enrolPhone(page, link, user, name);
  await expect(page.getByLabel('Search patients')).toBeVisible({ timeout: 30_000 });
}

/** From the administrator's link to the PIN: the first sync begins. */
export async function enrolPhone(page: Page, link: string, user: PhoneUser, name: string) {
  await page.goto(link);
  await page.getByLabel('Name of this phone').fill(name);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('User name').fill(user.username);
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Choose a PIN' })).toBeVisible();
  await typePin(page);
  await expect(page.getByRole('heading', { name: 'Type the PIN again' })).toBeVisible();
  await typePin(page);
}

export async function typePin(page: Page, pin = PIN) {
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
}

/** After a reload or a cold start. */
export async function unlockPhone(page: Page) {
  await expect(page.getByText('Type your PIN').first()).toBeVisible({ timeout: 30_000 });
  await typePin(page);
}

/** The screen in another language, at the same place: what is offline stays offline. */
export async function speak(page: Page, language: 'en' | 'ar') {
  if ((await page.locator('html').getAttribute('lang')) === language) return;
  const path = new URL(page.url()).pathname;
  const words = { en, ar: { ...en, ...ar } }[language];
  await page.evaluate((wanted) => localStorage.setItem('hikma.language', wanted), language);
  await page.reload();
  await expect(page.getByText(words['pin.unlockTitle']).first()).toBeVisible({ timeout: 30_000 });
  await typePin(page);
  await expect(page.getByRole('navigation', { name: words['nav.main'] })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(path);
}

/** A section by the bar at the bottom: the badge in the header may be called "Sync" as well. */
export async function openSection(page: Page, name: 'Patients' | 'Today' | 'Sync' | 'Me') {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
}

/** A registration from the list of patients, up to its first page. */
export async function fillRegistration(page: Page, givenName: string, familyName: string) {
  await page.getByRole('link', { name: 'Register patient' }).first().click();
  await page.getByLabel('Given name').fill(givenName);
  await page.getByLabel('Family name').fill(familyName);
  await page.getByRole('radio', { name: 'Female' }).check({ force: true });
}

export async function registerPatient(page: Page, givenName: string, familyName: string) {
  await fillRegistration(page, givenName, familyName);
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: new RegExp(`${givenName} ${familyName}`) })).toBeVisible();
}

/** Goes on to the last page of the form that is open. */
export async function lastPage(page: Page) {
  const next = page.getByRole('button', { name: 'Next', exact: true });
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await expect(next.or(save)).toBeVisible();
  while (await next.isVisible()) await next.click();
  await expect(save).toBeVisible();
}

export async function findPatient(page: Page, query: string, name: string) {
  await page.getByRole('link', { name: 'Patients' }).click();
  await page.getByLabel('Search patients').fill(query);
  await page
    .getByRole('link', { name: new RegExp(name) })
    .first()
    .click();
  await expect(page.getByRole('heading', { name: new RegExp(name) })).toBeVisible();
}

/** Nothing waits on this phone: the store says so, and then the screen, which may be a moment behind a save. */
export async function expectAllSent(page: Page) {
  await expect.poll(async () => (await phoneFacts(page)).pending, { timeout: 60_000 }).toBe(0);
  await expect(page.getByText('All sent')).toBeVisible({ timeout: 60_000 });
}
