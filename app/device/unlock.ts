import { importDataKey, unwrapDataKey } from '../../db/device/data-key.ts';
import type { DeviceRow, KeyringEntry } from '../../db/device/device-database.ts';
import { readDevice, saveDevice } from '../../db/device/replica-state.ts';
import { unseal } from '../../db/device/seal.ts';
import { currentPhone, database, setPhone, usersOf } from './phone.ts';
import { forgetRawKey, rememberRawKey } from './raw-key.ts';

/** Wrong PINs before a wait, and the waits that follow: a six-digit PIN must not be guessed by patience. */
const FREE_ATTEMPTS = 5;
const WAITS_MS = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000];

export type UnlockAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly attemptsLeft: number; readonly waitUntilMs: number | null };

/** Opens the phone with a user's PIN. Wrong attempts are counted on the disk, so a reload does not reset them. */
export async function unlock(userId: string, pin: string): Promise<UnlockAnswer> {
  const device = await readDevice(database);
  const entry = device?.keyring.find((one) => one.userId === userId);
  if (device === null || entry === undefined) throw new Error('unknown user of this phone');
  if (entry.blockedUntilMs > Date.now()) return { ok: false, attemptsLeft: 0, waitUntilMs: entry.blockedUntilMs };
  const raw = await unwrapDataKey(entry.wrapped, pin);
  if (raw === null) return countWrong(device, entry);
  if (entry.wrongAttempts > 0)
    await saveDevice(database, withEntry(device, { ...entry, wrongAttempts: 0, blockedUntilMs: 0 }));
  const key = await importDataKey(raw);
  rememberRawKey(raw);
  const bearer = await unseal<string>(key, 'bearer', device.bearer);
  const session = { userId, name: entry.name, clinicId: device.clinicIds[0]!, key, bearer };
  setPhone({ state: 'open', users: usersOf(device.keyring), session });
  return { ok: true };
}

async function countWrong(device: DeviceRow, entry: KeyringEntry): Promise<UnlockAnswer> {
  const wrongAttempts = entry.wrongAttempts + 1;
  const over = wrongAttempts - FREE_ATTEMPTS;
  const wait = over < 0 ? 0 : WAITS_MS[Math.min(over, WAITS_MS.length - 1)]!;
  const blockedUntilMs = wait === 0 ? 0 : Date.now() + wait;
  await saveDevice(database, withEntry(device, { ...entry, wrongAttempts, blockedUntilMs }));
  return { ok: false, attemptsLeft: Math.max(0, -over), waitUntilMs: wait === 0 ? null : blockedUntilMs };
}

function withEntry(device: DeviceRow, entry: KeyringEntry): DeviceRow {
  return { ...device, keyring: device.keyring.map((one) => (one.userId === entry.userId ? entry : one)) };
}

/** Forgets the key everywhere in this tab. Drafts are on the disk already: nothing typed is lost. */
export function lock(): void {
  const phone = currentPhone();
  if (phone.state !== 'open') return;
  forgetRawKey();
  setPhone({ state: 'locked', users: phone.users });
}
