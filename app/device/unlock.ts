import { importDataKey, unwrapDataKey } from '../../db/device/data-key.ts';
import type { DeviceRow, KeyringEntry } from '../../db/device/device-database.ts';
import { changeDevice, readDevice } from '../../db/device/replica-state.ts';
import { unseal } from '../../db/device/seal.ts';
import { diskRefusal } from './disk-refusal.ts';
import { currentPhone, database, setPhone, usersOf } from './phone.ts';
import { forgetRawKey, rememberRawKey } from './raw-key.ts';

/** Wrong PINs before a wait, and the waits that follow: a six-digit PIN must not be guessed by patience. */
const FREE_ATTEMPTS = 5;
const WAITS_MS = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000];

export type UnlockAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly attemptsLeft: number; readonly waitUntilMs: number | null };

/**
 * Opens the phone with a user's PIN. An attempt is counted on the disk before the PIN is tried: neither a reload nor
 * many tabs at once give more of them.
 */
export async function unlock(userId: string, pin: string): Promise<UnlockAnswer> {
  const { entry, blocked } = await change((device) => countAttempt(device, userId));
  if (blocked) return { ok: false, attemptsLeft: 0, waitUntilMs: entry.blockedUntilMs };
  const raw = await unwrapDataKey(entry.wrapped, pin);
  if (raw === null) {
    const waitUntilMs = entry.blockedUntilMs === 0 ? null : entry.blockedUntilMs;
    return { ok: false, attemptsLeft: Math.max(0, FREE_ATTEMPTS - entry.wrongAttempts), waitUntilMs };
  }
  const device = await change((held) => forgiven(held, userId));
  const key = await importDataKey(raw);
  rememberRawKey(raw);
  const bearer = await unseal<string>(key, 'bearer', device.bearer);
  const session = { userId, name: entry.name, clinicId: device.clinicIds[0]!, key, bearer };
  setPhone({ state: 'open', users: usersOf(device.keyring), session });
  return { ok: true };
}

type Change<T> = (device: DeviceRow) => { readonly device: DeviceRow; readonly answer: T };

/** A full disk keeps nobody from his patients: then the attempt is judged, and not counted. */
async function change<T>(made: Change<T>): Promise<T> {
  try {
    return await changeDevice(database, made);
  } catch (fault) {
    if (diskRefusal(fault) !== 'storage-full') throw fault;
    const device = await readDevice(database);
    if (device === null) throw fault;
    return made(device).answer;
  }
}

function countAttempt(device: DeviceRow, userId: string) {
  const entry = entryOf(device, userId);
  if (entry.blockedUntilMs > Date.now()) return { device, answer: { entry, blocked: true } };
  const wrongAttempts = entry.wrongAttempts + 1;
  const over = wrongAttempts - FREE_ATTEMPTS;
  const wait = over < 0 ? 0 : WAITS_MS[Math.min(over, WAITS_MS.length - 1)]!;
  const counted = { ...entry, wrongAttempts, blockedUntilMs: wait === 0 ? 0 : Date.now() + wait };
  return { device: withEntry(device, counted), answer: { entry: counted, blocked: false } };
}

function forgiven(held: DeviceRow, userId: string) {
  const device = withEntry(held, { ...entryOf(held, userId), wrongAttempts: 0, blockedUntilMs: 0 });
  return { device, answer: device };
}

function entryOf(device: DeviceRow, userId: string): KeyringEntry {
  const entry = device.keyring.find((one) => one.userId === userId);
  if (entry === undefined) throw new Error('unknown user of this phone');
  return entry;
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
