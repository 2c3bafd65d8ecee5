import { argon2id } from 'hash-wasm';
import { describe, expect, it, vi } from 'vitest';
import { importDataKey, newDataKeyBytes, PIN_COST, unwrapDataKey, wrapDataKey } from '../../../db/device/data-key.ts';
import { SEALED_SCHEMA, seal, unseal } from '../../../db/device/seal.ts';

const aKey = () => importDataKey(newDataKeyBytes());

describe('a seal', () => {
  it('gives back what was sealed', async () => {
    const key = await aKey();
    const value = { name: 'أمينة', list: [1, null, { deep: true }] };
    expect(await unseal(key, 'charts:a', await seal(key, 'charts:a', value))).toEqual(value);
  });

  it('does not open in another row, so a chart is never shown under another patient', async () => {
    const key = await aKey();
    const sealed = await seal(key, 'charts:a', { name: 'Amina' });
    await expect(unseal(key, 'charts:b', sealed)).rejects.toThrow();
    await expect(unseal(key, 'records:a', sealed)).rejects.toThrow();
  });

  it('does not open with another key, or when a byte was changed', async () => {
    const key = await aKey();
    const sealed = await seal(key, 'charts:a', { name: 'Amina' });
    await expect(unseal(await aKey(), 'charts:a', sealed)).rejects.toThrow();
    const bytes = new Uint8Array(sealed.bytes.slice(0));
    bytes[3]! ^= 1;
    await expect(unseal(key, 'charts:a', { ...sealed, bytes: bytes.buffer })).rejects.toThrow();
  });

  it('seals the same value differently each time, and shows nothing of it', async () => {
    const key = await aKey();
    const [one, two] = [await seal(key, 'a', 'Amina Haddad'), await seal(key, 'a', 'Amina Haddad')];
    expect(Buffer.from(one.bytes).equals(Buffer.from(two.bytes))).toBe(false);
    expect(Buffer.from(one.bytes).includes('Haddad')).toBe(false);
  });

  it('refuses what a newer version sealed rather than misread it', async () => {
    const key = await aKey();
    const stringify = vi.spyOn(JSON, 'stringify').mockReturnValueOnce(`{"schema":${SEALED_SCHEMA + 1},"value":"new"}`);
    const sealed = await seal(key, 'a', 'new');
    stringify.mockRestore();
    await expect(unseal(key, 'a', sealed)).rejects.toThrow('newer version');
  });
});

describe('the data key', () => {
  it('comes back with the right PIN, in any digits that Unicode calls the same, and not with another', async () => {
    const raw = newDataKeyBytes();
    const wrapped = await wrapDataKey(raw, '482913');
    expect(await unwrapDataKey(wrapped, '482913')).toEqual(raw);
    expect(await unwrapDataKey(wrapped, '４８２９１３')).toEqual(raw);
    expect(await unwrapDataKey(wrapped, '482914')).toBeNull();
  });

  it('costs a guess at least what OWASP asks of Argon2id: 19 MiB and two passes', async () => {
    expect(PIN_COST.memoryKiB).toBeGreaterThanOrEqual(19 * 1024);
    expect(PIN_COST.iterations).toBeGreaterThanOrEqual(2);
    const { cost, salt, nonce, bytes } = await wrapDataKey(newDataKeyBytes(), '482913');
    expect(cost).toEqual(PIN_COST);
    const hash = await argon2id({
      ...{ password: '482913', salt, memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 },
      outputType: 'binary',
    });
    const key = await importDataKey(new Uint8Array(hash));
    expect((await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, bytes)).byteLength).toBe(32);
  });

  it('cannot be read out of memory', async () => {
    await expect(crypto.subtle.exportKey('raw', await aKey())).rejects.toThrow();
  });
});
