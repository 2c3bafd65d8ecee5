/** What stands in an IndexedDB row: AES-GCM ciphertext with its nonce, and nothing that can be read. */
export interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

/** Version of what is inside a seal. Every released one stays readable. */
export const SEALED_SCHEMA = 1;

const NONCE_BYTES = 12;

/**
 * Seals a JSON value for the row named `place`. The name is authenticated: a row copied over another row does not
 * open, so a chart can never be shown under another patient.
 */
export async function seal(key: CryptoKey, place: string, value: unknown): Promise<Sealed> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const text = new TextEncoder().encode(JSON.stringify({ schema: SEALED_SCHEMA, value }));
  const packed = await through(new CompressionStream('deflate-raw'), text);
  const bytes = await crypto.subtle.encrypt(parameters(nonce, place), key, packed);
  return { nonce, bytes };
}

/** The value sealed for `place`. Throws when the key or the place is another one. */
export async function unseal<T>(key: CryptoKey, place: string, sealed: Sealed): Promise<T> {
  const packed = await crypto.subtle.decrypt(parameters(sealed.nonce, place), key, sealed.bytes);
  const text = await through(new DecompressionStream('deflate-raw'), packed);
  const { schema, value } = JSON.parse(new TextDecoder().decode(text)) as { schema: number; value: T };
  if (schema > SEALED_SCHEMA) throw new Error(`sealed by a newer version (${schema})`);
  return value;
}

/**
 * Stamps, keys and words repeat within a chart: it packs to about a fifth, and ciphertext would pack no more. Written
 * to the stream directly, because a Blob costs a trip to another process.
 */
async function through(stream: CompressionStream | DecompressionStream, bytes: BufferSource): Promise<ArrayBuffer> {
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const [all] = await Promise.all([new Response(stream.readable).arrayBuffer(), written]);
  return all;
}

function parameters(nonce: Uint8Array<ArrayBuffer>, place: string): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(place) };
}
