import type { Sealed } from './seal.ts';

/** How a PIN becomes a key: OWASP's least for Argon2id (19 MiB, two passes). Kept beside each wrapped key. */
export const PIN_COST = { memoryKiB: 19_456, iterations: 2, parallelism: 1 } as const;

/** The data key of this phone, wrapped by one user's PIN. */
export interface WrappedKey extends Sealed {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly cost: { readonly memoryKiB: number; readonly iterations: number; readonly parallelism: number };
}

/** A new data key, as the raw bytes that are wrapped for each user and then forgotten. */
export function newDataKeyBytes(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(32));
}

/** The key as it is held in memory: it cannot be read out again, only used and posted to the workers. */
export async function importDataKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

export async function wrapDataKey(raw: Uint8Array<ArrayBuffer>, pin: string): Promise<WrappedKey> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const wrapping = await keyOfPin(pin, salt, PIN_COST);
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, wrapping, raw);
  return { salt, nonce, bytes, cost: PIN_COST };
}

/** The raw data key, or null for a wrong PIN. The caller imports it and overwrites the bytes. */
export async function unwrapDataKey(wrapped: WrappedKey, pin: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const wrapping = await keyOfPin(pin, wrapped.salt, wrapped.cost);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: wrapped.nonce }, wrapping, wrapped.bytes));
  } catch (fault) {
    // The tag did not match: that is what a wrong PIN looks like.
    if (fault instanceof DOMException && fault.name === 'OperationError') return null;
    throw fault;
  }
}

async function keyOfPin(pin: string, salt: Uint8Array, cost: WrappedKey['cost']): Promise<CryptoKey> {
  const { hashPin } = await loadPinHash();
  const hash = await hashPin(pin, salt, cost);
  return crypto.subtle.importKey('raw', new Uint8Array(hash), 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Fetches what PINs are hashed with: 11 KB that a screen need not wait for, started when the PIN is asked. */
export function loadPinHash(): Promise<typeof import('./pin-hash.ts')> {
  return import('./pin-hash.ts');
}
