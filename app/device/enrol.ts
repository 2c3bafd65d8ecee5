import { z } from 'zod';
import { importDataKey, newDataKeyBytes, wrapDataKey } from '../../db/device/data-key.ts';
import type { DeviceRow, KeyringEntry } from '../../db/device/device-database.ts';
import { readDevice, saveDevice, saveEnrolment } from '../../db/device/replica-state.ts';
import { seal } from '../../db/device/seal.ts';
import { newId } from './new-id.ts';
import { database, type OpenSession, setPhone, usersOf } from './phone.ts';
import { type ApiRefusal, postJson } from './post-json.ts';
import { rememberRawKey } from './raw-key.ts';

const enrolledSchema = z.object({ deviceId: z.string(), bearer: z.string(), clinicIds: z.array(z.string()).min(1) });
const signedInSchema = z.object({ user: z.object({ id: z.string(), name: z.string(), language: z.string() }) });

/** A phone that has used its code but has no PIN yet: kept in memory only, for the two screens in between. */
export type Enrolment = z.infer<typeof enrolledSchema>;
export type SignedIn = z.infer<typeof signedInSchema>['user'];

type Answer<T> = { readonly ok: true; readonly value: T } | ApiRefusal;

/** Uses up an enrolment code. The reply names the device, its clinics and its bearer token. */
export async function enrolDevice(code: string, deviceName: string): Promise<Answer<Enrolment>> {
  return postJson('/api/enrol', { code, deviceId: newId(), deviceName }, enrolledSchema, null);
}

/**
 * A new token for a phone whose old one is refused: the same device and the same data, so work that waits is kept and
 * goes out. Needs a fresh code from the administrator, and the phone unlocked.
 */
export async function reconnect(
  session: OpenSession,
  code: string,
  username: string,
  password: string,
): Promise<Answer<SignedIn>> {
  const device = await readDevice(database);
  if (device === null) throw new Error('this phone is not enrolled');
  const body = { code, deviceId: device.deviceId, deviceName: session.name };
  // The old token, though it is refused elsewhere, shows that this is the device.
  const enrolled = await postJson('/api/enrol', body, enrolledSchema, session.bearer);
  if (!enrolled.ok) return enrolled;
  const { bearer, clinicIds } = enrolled.value;
  const next: DeviceRow = { ...device, clinicIds, bearer: await seal(session.key, 'bearer', bearer) };
  await saveDevice(database, next);
  open(next, { ...session, bearer });
  return signInOnDevice(bearer, username, password);
}

/** Signs a user in on this device, online. The password is sent once and kept nowhere. */
export async function signInOnDevice(bearer: string, username: string, password: string): Promise<Answer<SignedIn>> {
  const answer = await postJson('/api/device/sign-in', { username, password }, signedInSchema, bearer);
  return answer.ok ? { ok: true, value: answer.value.user } : answer;
}

/** Makes the data key, wraps it with the first user's PIN, and opens the phone for him. */
export async function finishEnrolment(enrolment: Enrolment, user: SignedIn, pin: string): Promise<void> {
  const raw = newDataKeyBytes();
  const key = await importDataKey(raw);
  const entry = await keyringEntry(user, raw, pin);
  rememberRawKey(raw);
  const { deviceId, clinicIds, bearer } = enrolment;
  const device: DeviceRow = {
    key: 'device',
    deviceId,
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
  const device = await readDevice(database);
  if (device === null) throw new Error('this phone is not enrolled');
  const others = device.keyring.filter((entry) => entry.userId !== user.id);
  const next = { ...device, keyring: [...others, await keyringEntry(user, raw, pin)] };
  await saveDevice(database, next);
  open(next, { ...session, userId: user.id, name: user.name });
}

async function keyringEntry(user: SignedIn, raw: Uint8Array<ArrayBuffer>, pin: string): Promise<KeyringEntry> {
  const wrapped = await wrapDataKey(raw, pin);
  return { userId: user.id, name: user.name, wrapped, wrongAttempts: 0, blockedUntilMs: 0 };
}

function open(device: DeviceRow, session: OpenSession): void {
  setPhone({ state: 'open', users: usersOf(device.keyring), session });
}
