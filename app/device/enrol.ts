import { z } from 'zod';
import { importDataKey, newDataKeyBytes, wrapDataKey } from '../../db/device/data-key.ts';
import type { DeviceRow, KeyringEntry } from '../../db/device/device-database.ts';
import { changeDevice, obeyNextRoot, readDevice, saveEnrolment } from '../../db/device/replica-state.ts';
import { seal } from '../../db/device/seal.ts';
import { newId } from './new-id.ts';
import { database, type OpenSession, setPhone, startPhone, usersOf } from './phone.ts';
import { type ApiRefusal, postJson } from './post-json.ts';
import { rememberRawKey } from './raw-key.ts';
import { tellTabs } from './tabs.ts';

const enrolledSchema = z.object({ deviceId: z.string(), bearer: z.string(), clinicIds: z.array(z.string()).min(1) });
const signedInSchema = z.object({ user: z.object({ id: z.string(), name: z.string(), language: z.string() }) });

/** A phone that has used its code but has no PIN yet: kept in memory only, for the two screens in between. */
export type Enrolment = z.infer<typeof enrolledSchema> & { readonly deviceName: string };
export type SignedIn = z.infer<typeof signedInSchema>['user'];

type Answer<T> = { readonly ok: true; readonly value: T } | ApiRefusal;

/** Uses up an enrolment code. The reply names the device, its clinics and its bearer token. */
export async function enrolDevice(code: string, deviceName: string): Promise<Answer<Enrolment>> {
  return enrolAs(newId(), code, deviceName, null);
}

/**
 * A new token for this phone, though its old one ended or the phone was withdrawn: the same device and the same data, so
 * work that waits is kept. Needs a fresh code from an administrator. Nothing changes here before `finishReconnecting`.
 */
export async function reconnect(session: OpenSession, code: string): Promise<Answer<Enrolment>> {
  const { deviceId, deviceName } = await enrolledDevice();
  // The old token, though it is refused elsewhere, shows that this is the device.
  return enrolAs(deviceId, code, deviceName ?? session.name, session.bearer);
}

/**
 * Keeps the new token and sends with it. Call it when somebody has signed in with that token: before, the server would
 * take the clinic's records off a phone that nobody stands for.
 */
export async function finishReconnecting(session: OpenSession, { bearer, clinicIds }: Enrolment): Promise<void> {
  const sealed = await seal(session.key, 'bearer', bearer);
  // First: interrupted after it, the phone only offers again what it retains.
  await obeyNextRoot(database);
  open(await change((device) => ({ ...device, clinicIds, bearer: sealed })), { ...session, bearer });
}

/** Changes the row as it stands when it is written: another tab may have written it while a key was wrapped here. */
function change(changed: (device: DeviceRow) => DeviceRow): Promise<DeviceRow> {
  return changeDevice(database, (held) => {
    const device = changed(held);
    return { device, answer: device };
  });
}

async function enrolledDevice(): Promise<DeviceRow> {
  const device = await readDevice(database);
  if (device === null) throw new Error('this phone is not enrolled');
  return device;
}

async function enrolAs(
  deviceId: string,
  code: string,
  deviceName: string,
  bearer: string | null,
): Promise<Answer<Enrolment>> {
  const answer = await postJson('/api/enrol', { code, deviceId, deviceName }, enrolledSchema, bearer);
  return answer.ok ? { ok: true, value: { ...answer.value, deviceName } } : answer;
}

/** Signs a user in on this device, online. The password is sent once and kept nowhere. */
export async function signInOnDevice(bearer: string, username: string, password: string): Promise<Answer<SignedIn>> {
  const answer = await postJson('/api/device/sign-in', { username, password }, signedInSchema, bearer);
  return answer.ok ? { ok: true, value: answer.value.user } : answer;
}

/** Makes the data key, wraps it with the first user's PIN, and opens the phone for him. */
export async function finishEnrolment(enrolment: Enrolment, user: SignedIn, pin: string): Promise<void> {
  // Another tab was faster: its records are sealed with its key, and this one would lose them.
  if ((await readDevice(database)) !== null) return startPhone();
  const raw = newDataKeyBytes();
  const key = await importDataKey(raw);
  const entry = await keyringEntry(user, raw, pin);
  rememberRawKey(raw);
  const { deviceId, deviceName, clinicIds, bearer } = enrolment;
  const device: DeviceRow = {
    key: 'device',
    deviceId,
    deviceName,
    clinicIds,
    keyring: [entry],
    bearer: await seal(key, 'bearer', bearer),
  };
  await saveEnrolment(database, device);
  open(device, { userId: user.id, name: user.name, clinicId: clinicIds[0]!, key, bearer });
}

/** Adds a user who just signed in to an open phone: the same data key, wrapped by his own PIN. */
export async function addUser(
  session: OpenSession,
  raw: Uint8Array<ArrayBuffer>,
  user: SignedIn,
  pin: string,
): Promise<void> {
  const added = await keyringEntry(user, raw, pin);
  const withUser = (device: DeviceRow) => {
    const others = device.keyring.filter((entry) => entry.userId !== user.id);
    return { ...device, keyring: [...others, added] };
  };
  open(await change(withUser), { ...session, userId: user.id, name: user.name });
}

async function keyringEntry(user: SignedIn, raw: Uint8Array<ArrayBuffer>, pin: string): Promise<KeyringEntry> {
  const wrapped = await wrapDataKey(raw, pin);
  return { userId: user.id, name: user.name, wrapped, wrongAttempts: 0, blockedUntilMs: 0 };
}

function open(device: DeviceRow, session: OpenSession): void {
  tellTabs('users');
  setPhone({ state: 'open', users: usersOf(device.keyring), session });
}
