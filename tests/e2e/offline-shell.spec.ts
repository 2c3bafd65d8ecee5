import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { type AppServer, startServer } from '../scenario/app-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from '../scenario/phone-browser.ts';

const patient = '0b0c6f1e-6f7c-4c0a-9a51-0a4f6d1f2c33';
const clinicPaths = [
  '/',
  '/c',
  '/c/today',
  `/c/patients/${patient}`,
  `/c/patients/${patient}/vitals`,
  `/p/${patient}`,
  '/join/ABCD2345',
];

let server: AppServer;
let phone: PhoneBrowser;

test.beforeAll(async () => {
  server = await startServer({ port: 3051 });
});
test.afterAll(() => server.dispose());
test.beforeEach(async () => {
  phone = await aPhoneBrowser();
  await openAndInstall(phone.page, `${server.origin}/c`);
});
test.afterEach(() => phone.dispose());

/** Faults of the page; a refused script or style is one. */
function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Hydration|Minified React error/.test(message.text())) faults.push(message.text());
  });
  return faults;
}

async function precachedUrls(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const name = (await caches.keys()).find((key) => key.includes('precache'));
    const requests = name ? await (await caches.open(name)).keys() : [];
    return requests.map((request) => request.url);
  });
}

test('every file the phone keeps is answered with 200', async () => {
  const urls = await precachedUrls(phone.page);
  expect(urls.length).toBeGreaterThan(10);
  for (const url of urls) expect((await fetch(url)).status, url).toBe(200);
});

test('the phone keeps the program only: no portal, no routes, no maps, not the worker itself', async () => {
  const paths = (await precachedUrls(phone.page)).map((url) => decodeURIComponent(new URL(url).pathname));
  expect(paths).toContain('/clinic');
  expect(paths).toContain('/offline.html');
  // A library of the portal alone: its chunk's name does not say whose it is.
  for (const url of await precachedUrls(phone.page))
    expect((await (await fetch(url)).text()).includes('No QueryClient set'), url).toBe(false);
  expect(paths.filter((path) => /\(admin\)|\/api\/|\/fhir\/|\.map$|service-worker|\.ts$/.test(path))).toEqual([]);
});

test('with the server dead, every clinician path opens from a cold start', async () => {
  await server.kill();
  try {
    for (const path of clinicPaths) {
      await phone.reopen();
      const faults = faultsOf(phone.page);
      await phone.page.goto(`${server.origin}${path}`);
      await expect(phone.page.locator('main'), path).not.toBeEmpty();
      expect(faults, path).toEqual([]);
    }
  } finally {
    await server.restart();
  }
});

test('with the server dead, the portal says that it needs a connection', async () => {
  await server.kill();
  try {
    await phone.page.goto(`${server.origin}/admin`);
    await expect(phone.page.getByRole('heading', { name: 'The portal needs a connection' })).toBeVisible();
    await expect(phone.page.locator('section[lang=ar]')).toHaveAttribute('dir', 'rtl');
  } finally {
    await server.restart();
  }
});

test('with the server there, phone and portal run under their policies', async () => {
  const faults = faultsOf(phone.page);
  for (const path of ['/c', '/admin']) {
    const response = await phone.page.goto(`${server.origin}${path}`);
    await expect(phone.page.locator('main')).not.toBeEmpty();
    expect(response?.headers()['content-security-policy'], path).toMatch(
      /script-src 'self' 'wasm-unsafe-eval' '(sha256|nonce)-/,
    );
  }
  expect(faults).toEqual([]);
});

test('the browser finds nothing that keeps the app from being installed', async () => {
  const session = await phone.context.newCDPSession(phone.page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
});

test('nothing that was asked for or sent is kept beside the program', async () => {
  const before = await precachedUrls(phone.page);
  await phone.page.evaluate(async () => {
    await fetch('/health');
    await fetch('/health/db');
    await fetch('/health', { method: 'POST', body: 'x' });
  });
  expect(await precachedUrls(phone.page)).toEqual(before);
  expect(await phone.page.evaluate(async () => (await caches.keys()).length)).toBe(1);
  await server.kill();
  try {
    const answered = await phone.page.evaluate(async () =>
      Promise.all(
        ['GET', 'POST'].map((method) =>
          fetch('/health', { method }).then(
            () => true,
            () => false,
          ),
        ),
      ),
    );
    expect(answered).toEqual([false, false]);
  } finally {
    await server.restart();
  }
});

test('a new version waits until the person asks for it', async () => {
  const file = new URL('../../public/service-worker.js', import.meta.url).pathname;
  const released = await readFile(file, 'utf8');
  await appendFile(file, '\n// A newer version.');
  try {
    const waits = await phone.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const before = registration.active;
      const found = new Promise((done) => registration.addEventListener('updatefound', done, { once: true }));
      await registration.update();
      await found;
      const worker = registration.installing ?? registration.waiting;
      while (worker && worker.state !== 'installed' && worker.state !== 'activated') {
        await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
      }
      return { state: worker?.state, sameController: navigator.serviceWorker.controller === before };
    });
    expect(waits).toEqual({ state: 'installed', sameController: true });
    const switched = await phone.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const { waiting } = registration;
      const change = new Promise((done) =>
        navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }),
      );
      waiting?.postMessage({ type: 'SKIP_WAITING' });
      await change;
      return navigator.serviceWorker.controller === waiting;
    });
    expect(switched).toBe(true);
  } finally {
    await writeFile(file, released);
  }
});
