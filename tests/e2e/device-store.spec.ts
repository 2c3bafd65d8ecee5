import type { Server } from 'node:http';
import { expect, test } from '@playwright/test';
import { diskRefusal } from '../../app/device/disk-refusal.ts';
import { aKillableBrowser, serveScript } from '../scenario/device-browser.ts';

const PORT = 3065;
const URL_ = `http://localhost:${PORT}/`;
let server: Server;
let browser: Awaited<ReturnType<typeof aKillableBrowser>>;

test.beforeAll(async () => {
  server = await serveScript(new URL('../scenario/device-page.ts', import.meta.url), PORT);
});
test.afterAll(() => server.close());
test.beforeEach(async () => {
  browser = await aKillableBrowser(URL_);
});
test.afterEach(() => browser.dispose());

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a save and a page of 500 charts at the same moment: both survive', async () => {
  const tab = await browser.openTab();
  await tab.evaluate(async () => {
    await device.enrol();
    for (const from of [0, 500, 1000]) await device.applyCharts(from, from + 500, 1);
  });
  const values = await tab.evaluate(async () => {
    const page = device.applyCharts(1000, 2000, 1);
    for (let turn = 0; turn < 10; turn++) await device.edit(1200, { phone: `turn ${turn}` });
    await page;
    return [await device.shown(1200), await device.shown(1999)];
  });
  expect(values[0]?.phone).toBe('turn 9');
  expect(values[1]?.givenName).toBe('Given 1999');
  const state = await tab.evaluate(() => device.check());
  expect(state).toMatchObject({ charts: 2000, cursor: 2000, seq: 10, lost: [], chainAgrees: true, digestAgrees: true });
});

test('killed while saving and reading: every save that was acknowledged is there, and nothing is half there', async () => {
  const first = await browser.openTab();
  await first.evaluate(() => device.enrol());
  for (const [round, acknowledged] of [15, 40, 90].entries()) {
    const tab = round === 0 ? first : await browser.openTab();
    if (round > 0) await tab.evaluate(() => device.unlock());
    const before = await tab.evaluate(() => device.check());
    const acks: number[] = [];
    const enough = new Promise<void>((done) => {
      void tab.exposeFunction('acknowledge', (seq: number) => {
        if (acks.push(seq) === acknowledged) done();
      });
    });
    await tab.waitForFunction(() => 'acknowledge' in globalThis);
    const running = tab.evaluate((from) => {
      const { acknowledge } = globalThis as unknown as { acknowledge: (seq: number) => Promise<void> };
      const save = async () => {
        for (let turn = 0; ; turn++) {
          const seq = await device.edit(turn % 50, { phone: `${from} ${turn}` });
          if (seq !== null) await acknowledge(seq);
        }
      };
      const read = async () => {
        for (let at = from; ; at += 50) await device.applyCharts(at, at + 50, 2);
      };
      return Promise.all([save(), read()]);
    }, before.cursor);
    await Promise.race([enough, running]);
    await browser.kill();
    await running.catch(() => undefined);
    await browser.restart();
    const again = await browser.openTab();
    await again.evaluate(() => device.unlock());
    const state = await again.evaluate(() => device.check());
    expect(state.seqs).toEqual(range(state.seq));
    expect(state.seq).toBeGreaterThanOrEqual(Math.max(...acks));
    expect(state).toMatchObject({ lost: [], chainAgrees: true, digestAgrees: true, greatestCommitHeld: true });
    expect(state.cursor).toBeGreaterThan(before.cursor);
    // Saves of the first fifty may have come before their page did: they are charts as well.
    expect(state.charts).toBe(Math.max(state.cursor, 50));
  }
});

test('two tabs that save at once give every change its own number', async () => {
  const [one, two] = [await browser.openTab(), await browser.openTab()];
  await one.evaluate(async () => {
    await device.enrol();
    await device.applyCharts(0, 10, 1);
  });
  await two.evaluate(() => device.unlock());
  const save = async (name: string) => {
    const seqs: (number | null)[] = [];
    for (let turn = 0; turn < 40; turn++)
      seqs.push(await device.edit(turn % 3, { [name]: `${name} ${turn}`, phone: `${name} ${turn}` }));
    return seqs;
  };
  const seqs = (await Promise.all([one.evaluate(save, 'village'), two.evaluate(save, 'camp')])).flat();
  expect([...seqs].sort((left, right) => left! - right!)).toEqual(range(80));
  const state = await two.evaluate(() => device.check());
  expect(state).toMatchObject({ seqs: range(80), lost: [], chainAgrees: true });
  expect(await one.evaluate(() => device.shown(0))).toMatchObject({ village: 'village 39', camp: 'camp 39' });
});

test('a full disk refuses the save, says so, and leaves nothing half written', async () => {
  const tab = await browser.openTab();
  const session = await tab.context().newCDPSession(tab);
  const origin = URL_.slice(0, -1);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_000_000 });
  await tab.evaluate(async () => {
    await device.enrol();
    await device.applyCharts(0, 100, 2);
  });
  const full = await tab.evaluate(async () => {
    const text = Array.from({ length: 20_000 }, () => Math.random().toString(36).slice(2)).join('');
    for (let turn = 1; turn <= 100; turn++) {
      const before = await device.check();
      const fault = await device.editFails(turn % 100, { phone: `turn ${turn}`, address: text });
      if (fault !== null) return { turn, before, fault, after: await device.check() };
    }
    return null;
  });
  expect(full).not.toBeNull();
  expect(diskRefusal({ name: full!.fault.name, inner: { name: full!.fault.inner } })).toBe('storage-full');
  expect(full!.after).toEqual(full!.before);
  const shown = await tab.evaluate((number) => device.shown(number), full!.turn % 100);
  expect(shown?.phone).not.toBe(`turn ${full!.turn}`);
});
