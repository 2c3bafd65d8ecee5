import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { chromiumFlags, chromiumPath } from './chromium.ts';

export type PhoneBrowser = { context: BrowserContext; page: Page; reopen(): Promise<void>; dispose(): Promise<void> };

/**
 * A browser with a profile on disk, as a phone has: IndexedDB and the installed app survive `reopen()`, which is
 * a cold start. Ordinary Playwright contexts keep everything in memory.
 */
export async function aPhoneBrowser(): Promise<PhoneBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'hikma-phone-'));
  const phone = { ...(await open(profile)), reopen, dispose };
  return phone;

  async function reopen(): Promise<void> {
    await phone.context.close();
    Object.assign(phone, await open(profile));
  }

  async function dispose(): Promise<void> {
    await phone.context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function open(profile: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumFlags,
    viewport: { width: 360, height: 740 },
    hasTouch: true,
  });
  context.setDefaultTimeout(15_000);
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}

/** Opens the address and waits until the service worker has installed and controls the page. */
export async function openAndInstall(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }));
  });
}
