import { useSyncExternalStore } from 'react';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { readDevice } from '../../db/device/replica-state.ts';

/** Who has the phone open. Locking forgets all of it. */
export interface OpenSession {
  readonly userId: string;
  readonly name: string;
  readonly clinicId: string;
  readonly key: CryptoKey;
  readonly bearer: string;
}

export interface PhoneUser {
  readonly userId: string;
  readonly name: string;
}

/** What this phone is to whoever holds it: not enrolled yet, locked, or open for one user. */
export type Phone =
  | { readonly state: 'starting' }
  | { readonly state: 'new' }
  | { readonly state: 'locked'; readonly users: readonly PhoneUser[] }
  | { readonly state: 'open'; readonly users: readonly PhoneUser[]; readonly session: OpenSession };

/** The phone's database, as the window uses it: a save is on the disk when it is said to be saved. */
export const database = openDeviceDatabase('strict');

let phone: Phone = { state: 'starting' };
const listeners = new Set<() => void>();

export function currentPhone(): Phone {
  return phone;
}

export function setPhone(next: Phone): void {
  phone = next;
  for (const listener of listeners) listener();
}

/** Reads who may open this phone. Called once when the app starts. */
export async function startPhone(): Promise<void> {
  const device = await readDevice(database);
  setPhone(device === null ? { state: 'new' } : { state: 'locked', users: usersOf(device.keyring) });
}

export function usersOf(keyring: readonly PhoneUser[]): PhoneUser[] {
  return keyring.map(({ userId, name }) => ({ userId, name }));
}

/** The phone for a screen, followed as it changes. */
export function usePhone(): Phone {
  return useSyncExternalStore(subscribePhone, currentPhone, currentPhone);
}

/** The open session. Only for screens inside the unlocked part of the app. */
export function useSession(): OpenSession {
  const held = usePhone();
  if (held.state !== 'open') throw new Error('a screen of the open phone was drawn while it is locked');
  return held.session;
}

export function subscribePhone(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
