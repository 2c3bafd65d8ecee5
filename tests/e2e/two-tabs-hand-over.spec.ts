import { expect, type Page, test } from '@playwright/test';
import { KillablePhone } from '../scenario/killable-phone.ts';
import { phoneFacts } from '../scenario/phone-facts.ts';
import { expectAllSent, fillRegistration, lastPage, openSection, unlockPhone } from '../scenario/phone-steps.ts';
import { aProxiedClinic, type ProxiedClinic } from '../scenario/proxied-clinic.ts';

let clinic: ProxiedClinic;
let phone: KillablePhone;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  clinic = await aProxiedClinic(4454);
  phone = await KillablePhone.make();
  await clinic.setUp(phone, 'nora');
});
test.afterAll(async () => {
  await phone?.dispose();
  await clinic?.dispose();
});

test('two tabs save and sync at once, and one is killed while it leads: the other goes on, each change once', async () => {
  test.setTimeout(180_000);
  const leading = phone.page;
  const other = await phone.openTab();
  await test.step('the tab that was first leads, while both save', async () => {
    await expectAllSent(leading);
    await other.goto(clinic.url);
    await unlockPhone(other);
    const led = leading.waitForRequest((request) => request.url().endsWith('/api/sync'));
    for (const [one, two] of [
      ['Haddad', 'Zubayri'],
      ['Okonkwo', 'Petrov'],
      ['Lindqvist', 'Mwangi'],
    ] as const) {
      await fillIn(leading, 'Amina', one);
      await fillIn(other, 'Thorvald', two);
      await Promise.all([save(leading), save(other)]);
      await expectSaved(leading, `Amina ${one}`);
      await expectSaved(other, `Thorvald ${two}`);
    }
    await led;
    await Promise.all([expectAllSent(leading), expectAllSent(other)]);
  });

  await test.step('the leading tab is killed with an exchange of both on its way', async () => {
    const held = clinic.proxy.hold('/api/sync', 'reply held');
    const asked = leading.waitForRequest((request) => request.url().endsWith('/api/sync'));
    await fillIn(other, 'Xiomara', 'Castillo');
    await save(other);
    await held.reached;
    await asked;
    await fillIn(leading, 'Kwabena', 'Bjarnason');
    await save(leading);
    await expectSaved(leading, 'Kwabena Bjarnason');
    await expect(other.getByText(/to send/).first()).toBeVisible();
    const takenOver = other.waitForRequest((request) => request.url().endsWith('/api/sync'));
    await phone.strike('renderer crashed', leading);
    held.cut();
    await takenOver;
    await expectAllSent(other);
  });

  await other.bringToFront();
  await test.step('each is there once, on the phone and on the server', async () => {
    const names = [
      ...['Amina Haddad', 'Amina Okonkwo', 'Amina Lindqvist', 'Kwabena Bjarnason'],
      ...['Thorvald Zubayri', 'Thorvald Petrov', 'Thorvald Mwangi', 'Xiomara Castillo'],
    ];
    const once = names.map((name) => [name, { patients: 1, writes: 1 }]);
    expect(Object.fromEntries(await clinic.patientsAtServer())).toEqual(Object.fromEntries(once));
    await openSection(other, 'Sync');
    await other.getByRole('button', { name: 'Sync now' }).click();
    await expect(other.getByText('Compared with the server: both hold the same records.')).toBeVisible();
    const facts = await phoneFacts(other);
    expect(facts).toMatchObject({ charts: names.length, pending: 0, inOutbox: facts.numbered });
  });
});

/** Only the tab in front draws: forms are filled in one after the other, and saved at once. */
async function fillIn(page: Page, givenName: string, familyName: string): Promise<void> {
  await page.bringToFront();
  await openSection(page, 'Patients');
  await fillRegistration(page, givenName, familyName);
  await lastPage(page);
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).dispatchEvent('click');
}

async function expectSaved(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  await expect(page.getByRole('heading', { name })).toBeVisible({ timeout: 15_000 });
}
