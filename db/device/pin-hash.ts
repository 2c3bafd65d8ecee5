import { argon2id } from 'hash-wasm';
import type { WrappedKey } from './data-key.ts';

/** 32 bytes of Argon2id over a PIN. */
export function hashPin(pin: string, salt: Uint8Array, cost: WrappedKey['cost']): Promise<Uint8Array> {
  return argon2id({
    password: pin.normalize('NFKC'),
    salt,
    memorySize: cost.memoryKiB,
    iterations: cost.iterations,
    parallelism: cost.parallelism,
    hashLength: 32,
    outputType: 'binary',
  });
}
