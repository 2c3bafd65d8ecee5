import { expect, type Page, test } from '@playwright/test';
import { type HeldWrite, holdNextWrite, releaseWrite } from '../scenario/held-write.ts';
import { PHASES } from '../scenario/holding-proxy.ts';
import { endWorker, KILLS, type Kill, KillablePhone, workerNamed } from '../scenario/killable-phone.ts';
import { phoneFacts } from '../scenario/phone-facts.ts';
import {
  expectAllSent,
  fillRegistration,
  findPatient,
  lastPage,
  openSection,
  unlockPhone,
} from '../scenario/phone-steps.ts';
import { aProxiedClinic, type ProxiedClinic } from '../scenario/proxied-clinic.ts';

// The real app on the production build, in a Chromium of its own. Where a moment must be met exactly, a proxy holds the
// request or the reply, or the write is kept from completing; then the tab is closed, its renderer crashed, the browser
// killed with SIGKILL, or the sync worker ended.

const FAMILIES = ['Haddad', 'Okonkwo', 'Lindqvist', 'Zubayri', 'Petrov', 'Mwangi', 'Castillo', 'Bjarnason'];
const GIVEN: Readonly<Record<Kill, string>> = {
  'tab closed': 'Amina',
  'renderer crashed': 'Thorvald',
  'browser killed': 'Xiomara',
  'sync worker ended': 'Kwabena',
};

let clinic: ProxiedClinic;
let phone: KillablePhone;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  clinic = await aProxiedClinic(4450);
  phone = await KillablePhone.make();
  await clinic.setUp(phone, 'nora');
});
test.afterAll(async () => {
  await phone?.dispose();
  await clinic?.dispose();
});

for (const kill of KILLS)
  test(`${kill}: what was shown as saved is there and reaches the server once; nothing is half there`, async () => {
    test.setTimeout(240_000);
    const given = GIVEN[kill];
    const name = (at: number) => `${given} ${FAMILIES[at]}`;
    const struck = async () => {
      await phone.strike(kill);
      const page = await phone.reopen(kill, clinic.url);
      await unlockPhone(page);
      await expectWhole(page);
      return page;
    };

    await test.step('a form is filled in: it is kept as a draft, and saved later', async () => {
      await fillIn(phone.page, given, FAMILIES[0]!);
      await expect(phone.page.getByText('Draft kept', { exact: true })).toBeVisible();
      const page = await struck();
      await page.getByRole('link', { name: /Draft kept/ }).click();
      await expect(page.getByLabel('Family name')).toHaveValue(FAMILIES[0]!);
      await save(page);
      await expectShown(page, name(0));
    });

    await test.step('"Save" is pressed: everything is written, nothing committed', async () => {
      const page = await formOf(phone.page, given, FAMILIES[1]!);
      const held = await holdNextWrite(page);
      await save(page);
      await held.reached;
      await expect(page.getByRole('heading', { name: name(1) })).toHaveCount(0);
      // A tab whose worker has ended goes on saving.
      if (kill === 'sync worker ended') {
        await phone.strike(kill);
        await releaseWrite(page);
        await expectShown(page, name(1));
        await expectNamed(await struckNoMore(kill), name(1));
        return;
      }
      const again = await struck();
      await again.getByRole('link', { name: /Draft kept/ }).click();
      await expect(again.getByLabel('Family name')).toHaveValue(FAMILIES[1]!);
      await save(again);
      await expectShown(again, name(1));
    });

    await test.step('it is shown as saved, and nothing was sent yet', async () => {
      await expectAllSent(phone.page);
      clinic.proxy.setDown(true);
      const page = await formOf(phone.page, given, FAMILIES[2]!);
      await save(page);
      await expectShown(page, name(2));
      await expectNamed(await struck(), name(2));
      clinic.proxy.setDown(false);
    });

    for (const [at, phase] of PHASES.entries())
      await test.step(`of its exchange: ${phase}`, async () => {
        await openSection(phone.page, 'Sync');
        await phone.page.getByRole('button', { name: 'Sync now' }).click();
        await expectAllSent(phone.page);
        await openSection(phone.page, 'Patients');
        const page = await formOf(phone.page, given, FAMILIES[3 + at]!);
        const held = clinic.proxy.hold('/api/sync', phase);
        await save(page);
        await expectShown(page, name(3 + at));
        await held.reached;
        const again = await struck();
        held.cut();
        await expectNamed(again, name(3 + at));
        await expectAllSent(again);
      });

    await test.step('of its exchange: the reply is being applied', async () => {
      clinic.proxy.setDown(true);
      const colleague = { givenName: 'Wilhelmina', familyName: `Fitzgerald${given}` };
      await clinic.colleagueRegisters('nora', [colleague]);
      const page = await formOf(phone.page, given, FAMILIES[6]!);
      await save(page);
      await expectShown(page, name(6));
      const applied: HeldWrite = await holdNextWrite(await workerNamed(page, 'sync'));
      clinic.proxy.setDown(false);
      await openSection(page, 'Sync');
      // It may have begun by itself already.
      page
        .getByRole('button', { name: 'Sync now' })
        .click()
        .catch(() => undefined);
      await applied.reached;
      const again = await struck();
      await expectAllSent(again);
      await expectNamed(again, name(6));
      await expectNamed(again, `Wilhelmina Fitzgerald${given}`);
    });

    await test.step('the server holds each once, and both hold the same', async () => {
      const held = await clinic.patientsAtServer();
      const mine = [...held].filter(([one]) => one.startsWith(`${given} `));
      expect(Object.fromEntries(mine)).toEqual(
        Object.fromEntries(FAMILIES.slice(0, 7).map((family) => [`${given} ${family}`, { patients: 1, writes: 1 }])),
      );
      await openSection(phone.page, 'Sync');
      await phone.page.getByRole('button', { name: 'Sync now' }).click();
      await expect(phone.page.getByText('Compared with the server: both hold the same records.')).toBeVisible();
      await openSection(phone.page, 'Patients');
    });
  });

test('workers that the system ended are started again: nothing waits for a reload', async () => {
  test.setTimeout(120_000);
  const { page } = phone;
  await endWorker(page, 'sync');
  await endWorker(page, 'index');
  await save(await formOf(page, 'Ingeborg', 'Adeyemi'));
  await expectShown(page, 'Ingeborg Adeyemi');
  await expectAllSent(page);
  await findPatient(page, 'adeyemi', 'Ingeborg Adeyemi');
});

/** After a worker that was ended already. */
async function struckNoMore(kill: Kill): Promise<Page> {
  const page = await phone.reopen(kill, clinic.url);
  await unlockPhone(page);
  await expectWhole(page);
  return page;
}

/** Every number that was given away has its change in the outbox, and no row is newer than the last commit. */
async function expectWhole(page: Page): Promise<void> {
  const facts = await phoneFacts(page);
  expect(facts.inOutbox).toBe(facts.numbered);
  expect(facts.greatestCommit).toBeLessThanOrEqual(facts.lastCommit);
}

async function fillIn(page: Page, givenName: string, familyName: string): Promise<void> {
  await page.goto(clinic.url);
  await unlockPhone(page);
  await fillRegistration(page, givenName, familyName);
}

/** A form that is ready to be saved. */
async function formOf(page: Page, givenName: string, familyName: string): Promise<Page> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Patients' }).click();
  await fillRegistration(page, givenName, familyName);
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  return page;
}

async function save(page: Page): Promise<void> {
  await lastPage(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
}

async function expectShown(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('heading', { name })).toBeVisible();
}

async function expectNamed(page: Page, name: string): Promise<void> {
  await findPatient(page, name, name);
}
