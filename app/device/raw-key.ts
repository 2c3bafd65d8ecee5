/**
 * The raw data key while the phone is open: needed only to wrap it for another user's PIN. Overwritten by locking.
 * (The CryptoKey that seals and opens rows cannot be read out; this can, so nothing else imports it.)
 */
let raw: Uint8Array<ArrayBuffer> | null = null;

export function rememberRawKey(bytes: Uint8Array<ArrayBuffer>): void {
  raw = bytes;
}

export function rawKey(): Uint8Array<ArrayBuffer> | null {
  return raw;
}

export function forgetRawKey(): void {
  raw?.fill(0);
  raw = null;
}
