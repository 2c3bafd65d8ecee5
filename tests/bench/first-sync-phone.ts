import { expect } from '@playwright/test';
import { fillWithPatients } from '../scenario/filled-clinic.ts';
import { KillablePhone } from '../scenario/killable-phone.ts';
import { openAndInstall } from '../scenario/phone-browser.ts';
import { phoneFacts } from '../scenario/phone-facts.ts';
import { enrolPhone, openSection } from '../scenario/phone-steps.ts';
import { bareWriteMs, coldStartTimes, unlockTimes } from '../scenario/phone-timings.ts';
import { aProxiedClinic, type ProxiedClinic } from '../scenario/proxied-clinic.ts';
import { type BenchLine, round } from './bench-line.ts';

const SNAPSHOT = '/api/sync/snapshot';
const MOST_MS = 60 * 60_000;

/** P2, P9, P12: the app's production build in Chromium. Needs a build. `npm run bench first-sync-phone [patients=10000]`. */
export async function run(): Promise<BenchLine[]> {
  const patients = Number(process.argv.find((word) => word.startsWith('patients='))?.slice(9) ?? 3000);
  const clinic = await aProxiedClinic(4490);
  const phone = await KillablePhone.make();
  // Somebody touches the phone now and then: locked, it would sync no further.
  const touch = () => phone.page.evaluate(() => dispatchEvent(new Event('keydown'))).catch(() => undefined);
  const awake = setInterval(touch, 30_000);
  try {
    await clinic.aProvider('sami');
    await fillWithPatients(clinic, 'sami', patients);
    return await measure(clinic, phone, patients);
  } finally {
    clearInterval(awake);
    await phone.dispose();
    await clinic.dispose();
  }
}

async function measure(clinic: ProxiedClinic, phone: KillablePhone, patients: number): Promise<BenchLine[]> {
  const { page } = phone;
  const nora = await clinic.aProvider('nora');
  const asked = () => clinic.proxy.asked(SNAPSHOT);
  const came = () => asked().reduce((sum, { answer }) => sum + (answer?.bytes ?? 0), 0);
  const begins = clinic.proxy.hold(SNAPSHOT, 'request sent');
  await openAndInstall(page, clinic.url);
  await enrolPhone(page, await clinic.anEnrolmentLink(), nora, 'Triage 2');
  await begins.reached;
  const from = performance.now();
  begins.release();
  await expect(page.getByLabel('Search patients')).toBeVisible({ timeout: MOST_MS });
  const [usableMs, usableBytes] = [performance.now() - from, came()];
  await expect
    .poll(async () => (await firstSyncOver(page)) === true, { timeout: MOST_MS, intervals: [500] })
    .toBe(true);
  const [totalMs, totalBytes, pages] = [performance.now() - from, came(), asked().length];
  await openSection(page, 'Sync');
  const same = page.getByText('Compared with the server: both hold the same records.');
  await expect(same).toBeVisible({ timeout: MOST_MS });
  const facts = await phoneFacts(page);
  if (facts.charts !== patients) throw new Error(`${facts.charts} charts`);
  const bareMs = await bareWriteMs(page, Math.ceil(patients / pages));
  await openSection(page, 'Patients');
  const found = await clinic.pool.query<{ name: string }>('select given_name as name from patients limit 1');
  const name = found.rows[0]!.name;
  const unlock = await unlockTimes(page, name, name);
  clinic.proxy.setDown(true);
  await phone.strike('browser killed');
  const cold = await coldStartTimes(phone, clinic.url);
  const line = (budget: string, what: string, value: number, unit: string, most?: number): BenchLine => ({
    ...{ budget, what: `${patients} patients: ${what}`, value: round(value), unit },
    ...(most === undefined ? {} : { most }),
  });
  return [
    line('P2', 'usable after', usableMs / 1000, 's'),
    line('P2', 'bytes until usable, of all', usableBytes / totalBytes, 'ratio', 0.1),
    line('P2', 'bytes', totalBytes / 1e6, 'MB'),
    line('P2', 'pages', pages, ''),
    line('P2', 'all of it', totalMs / 1000, 's'),
    line('P2', 'of putting the same sealed charts once', totalMs / bareMs, 'ratio', 2),
    line('P17', 'sealed charts', facts.sealedBytes / 1e6, 'MB'),
    line('P9', 'key derivation, with the screen', unlock.derivationMs, 'ms'),
    line('P9', 'unlock to first search', unlock.unlockToFirstSearchMs, 'ms', 1.5 * unlock.derivationMs + 300),
    line('P12', 'cold start to the PIN, no network', cold.coldStartToPinMs, 'ms'),
    line('P12', 'PIN to the list of patients', cold.pinToListMs, 'ms'),
  ];
}

/** Only the bookkeeping is read: everything else would take time from what is measured. */
function firstSyncOver(page: KillablePhone['page']): Promise<boolean> {
  return page.evaluate(async () => {
    const opened = await new Promise<IDBDatabase>((done) => {
      const request = indexedDB.open('hikma');
      request.onsuccess = () => done(request.result);
    });
    const feed = await new Promise<{ snapshot: unknown }>((done) => {
      const request = opened.transaction('meta').objectStore('meta').get('feed');
      request.onsuccess = () => done(request.result);
    });
    opened.close();
    return feed.snapshot === null;
  });
}
