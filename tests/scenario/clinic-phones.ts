import { aClinicServer } from './clinic-server.ts';
import { aPhoneBrowser, openAndInstall, type PhoneBrowser } from './phone-browser.ts';
import { setUpPhone } from './phone-steps.ts';

/** A clinic's server, and an installed phone for each of its providers: everyone is at the patient list. */
export async function aClinicWithPhones<Name extends string>(port: number, usernames: readonly Name[]) {
  const clinic = await aClinicServer(port);
  const phones = new Map<Name, PhoneBrowser>();
  const dispose = async () => {
    for (const phone of phones.values()) await phone.dispose();
    await clinic.server.dispose();
  };
  const setUp = async (username: Name) => {
    const phone = await aPhoneBrowser();
    phones.set(username, phone);
    const user = await clinic.aProvider(username);
    await openAndInstall(phone.page, `${clinic.server.origin}/c`);
    await setUpPhone(phone.page, await clinic.anEnrolmentLink(), user, `Phone of ${username}`);
  };
  try {
    for (const username of usernames) await setUp(username);
  } catch (fault) {
    await dispose();
    throw fault;
  }
  return { clinic, phoneOf: (username: Name): PhoneBrowser => phones.get(username)!, dispose };
}
