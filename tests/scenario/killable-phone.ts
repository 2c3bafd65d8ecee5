import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page, Worker } from '@playwright/test';
import { type KillableChromium, launchChromium } from './killable-chromium.ts';

/** The ways in which a phone's browser ends what it was doing. */
export const KILLS = ['tab closed', 'renderer crashed', 'browser killed', 'sync worker ended'] as const;
export type Kill = (typeof KILLS)[number];

/** A phone whose tab, renderer, browser or sync worker can be ended at any moment; the profile stays. */
export class KillablePhone {
  readonly #profile: string;
  #running: KillableChromium;
  page!: Page;

  private constructor(profile: string, running: KillableChromium) {
    this.#profile = profile;
    this.#running = running;
  }

  static async make(): Promise<KillablePhone> {
    const profile = await mkdtemp(join(tmpdir(), 'hikma-killable-'));
    const phone = new KillablePhone(profile, await launchChromium(profile));
    phone.page = await phone.openTab();
    return phone;
  }

  get context(): BrowserContext {
    return this.#running.browser.contexts()[0]!;
  }

  async openTab(): Promise<Page> {
    const page = await this.context.newPage();
    page.setDefaultTimeout(30_000);
    await page.setViewportSize({ width: 360, height: 740 });
    return page;
  }

  /** Ends it as asked. Except for the sync worker there is no tab afterwards: see `reopen`. */
  async strike(kill: Kill, page: Page = this.page): Promise<void> {
    if (kill === 'tab closed') await page.close();
    else if (kill === 'renderer crashed') await crash(page);
    else if (kill === 'browser killed') await this.#running.kill();
    else await endWorker(page, 'sync');
  }

  /** What a person does after it: opens the app again. */
  async reopen(kill: Kill, url: string): Promise<Page> {
    if (kill === 'browser killed') this.#running = await launchChromium(this.#profile);
    if (kill === 'sync worker ended') await this.page.close();
    this.page = await this.openTab();
    await this.page.goto(url);
    return this.page;
  }

  async dispose(): Promise<void> {
    await this.#running.kill().catch(() => undefined);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

/** One of the page's workers by the name that the app gave it, as soon as it runs. */
export async function workerNamed(page: Page, name: string): Promise<Worker> {
  for (;;) {
    for (const worker of page.workers())
      if ((await worker.evaluate(() => self.name).catch(() => '')) === name) return worker;
    await page.waitForEvent('worker');
  }
}

/** As the system does when memory is short: what it was waiting for, it never hears; nobody is told. */
export async function endWorker(page: Page, name: string): Promise<void> {
  const worker = await workerNamed(page, name);
  const ended = worker.waitForEvent('close');
  await worker.evaluate(() => self.close()).catch(() => undefined);
  await ended;
}
