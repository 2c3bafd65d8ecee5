import type { Page, Worker } from '@playwright/test';

interface Shiftable {
  clockShiftMs?: number;
}

/**
 * A phone whose clock is set: `Date` in its tabs and in their workers, from `follow` on. What is not shifted: timers,
 * `performance`, the service worker, and of a worker the moment before its script runs.
 */
export class ShiftedClock {
  #shiftMs = 0;
  readonly #pages: Page[] = [];

  /** Before the page is opened. */
  async follow(page: Page): Promise<void> {
    this.#pages.push(page);
    page.on('worker', (worker) => void shift(worker, this.#shiftMs).catch(() => undefined));
    page.on('close', () => this.#pages.splice(this.#pages.indexOf(page), 1));
    await page.addInitScript(setClock, this.#shiftMs);
  }

  /** From now on the phone says so much later. It counts as touched: nothing locks for having slept. */
  async set(shiftMs: number): Promise<void> {
    this.#shiftMs = shiftMs;
    for (const page of this.#pages)
      await Promise.all([shift(page, shiftMs), ...page.workers().map((worker) => shift(worker, shiftMs))]);
  }

  /** What the tabs and workers say that it is, less what it is, in whole seconds. */
  async said(): Promise<number[]> {
    const places = this.#pages.flatMap((page) => [page, ...page.workers()]);
    const nows = await Promise.all(places.map((place) => (place as Page).evaluate(() => Date.now())));
    return nows.map((ms) => Math.round((ms - Date.now()) / 1000));
  }
}

function shift(place: Page | Worker, shiftMs: number): Promise<void> {
  return (place as Page).evaluate(setClock, shiftMs);
}

/** Runs in the browser, on its own. */
function setClock(shiftMs: number): void {
  const scope = globalThis as Shiftable;
  const begun = scope.clockShiftMs !== undefined;
  scope.clockShiftMs = shiftMs;
  if (begun) {
    dispatchEvent(new Event('keydown'));
    return;
  }
  const real = Date;
  const now = () => real.now() + (scope.clockShiftMs ?? 0);
  globalThis.Date = new Proxy(real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
    apply: () => new real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
