import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ed25519 over seals. It is never in the database: whoever can write there cannot sign what was written. */
export interface SealKey {
  sign(text: string): Buffer;
  verify(text: string, signature: Uint8Array): boolean;
}

const FILE = 'seal-key';

/** The key of `${dataDir}/secrets`, or null when there is none. Throws when the file is no Ed25519 key. */
export async function readSealKey(dataDir: string): Promise<SealKey | null> {
  try {
    return keyOf(await readFile(join(dataDir, 'secrets', FILE), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The same, made when absent. Servers of one database share the file: of two keys only the first may seal. */
export async function ensureSealKey(dataDir: string): Promise<SealKey> {
  const found = await readSealKey(dataDir);
  if (found !== null) return found;
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `${FILE}.${randomUUID()}`);
  await writeFile(unfinished, newKeyText(), { mode: 0o600, flush: true });
  await chmod(unfinished, 0o600);
  try {
    // Under its name only when it is whole, and never over another's.
    await link(unfinished, join(folder, FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  const made = await readSealKey(dataDir);
  if (made === null) throw new Error(`The seal key in ${folder} went away while it was made.`);
  return made;
}

/** A key that is kept nowhere. */
export function newSealKey(): SealKey {
  return keyOf(newKeyText());
}

function newKeyText(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyOf(pem: string): SealKey {
  const secret: KeyObject = createPrivateKey(pem);
  if (secret.asymmetricKeyType !== 'ed25519') throw new Error(`secrets/${FILE} is not an Ed25519 key.`);
  const open = createPublicKey(secret);
  return {
    sign: (text) => sign(null, Buffer.from(text), secret),
    verify: (text, signature) => verify(null, Buffer.from(text), open, signature),
  };
}
