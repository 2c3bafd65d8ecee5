import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for Argon2id, which is the library's default algorithm: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const MIN_PASSWORD = 10;
/** Longer ones are refused before they are hashed: hashing megabytes is how one keeps a server busy. */
export const MAX_PASSWORD = 200;

/** Argon2id, as a PHC string. Texts that look alike are one: NFKC. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST);
}

/** Verified against when there is no such user, so that the answer takes as long. */
let nobody: Promise<string> | null = null;

/** Is this the password of that hash? None, or one of another kind, takes as long as any and is always false. */
export async function isPassword(held: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword('no password of anybody');
  const readable = held?.startsWith('$argon2id$') === true ? held : null;
  const right = await verify(readable ?? (await nobody), password.normalize('NFKC'));
  return right && readable !== null;
}
