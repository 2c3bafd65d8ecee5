import { createHash, randomBytes } from 'node:crypto';

/** A new secret of 32 random bytes, as text for a header or a link. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret. It is random, so it needs neither salt nor work. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The same as a device's record names it: hubs know a phone by it, too. */
export function tokenHashOf(secret: string): string {
  return hashSecret(secret).toString('hex');
}

/** The bearer of a request, or null. */
export function bearerOf(request: Request): string | null {
  return /^Bearer ([A-Za-z0-9_-]{20,200})$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
}
