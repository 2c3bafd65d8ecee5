import type { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';
import { ROUTE_ENCODING } from './route-encoding.ts';

/** Below this the header costs more than is saved. */
const COMPRESS_BYTES = 512;

/** Best first: zstd 3 is smaller than gzip 6 at a sixth of the work. Node before 22.15 has none. */
const encoders = new Map<string, () => Transform>();
if (typeof createZstdCompress === 'function') {
  encoders.set('zstd', () => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } }));
}
encoders.set('br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }));
encoders.set('gzip', () => createGzip({ level: 6 }));

/** Hands JSON in UTF-8 to `write`, part by part. When it rejects, nothing of it counts. */
export type JsonWriter = (write: (part: Buffer) => void) => Promise<void>;

/**
 * JSON as a response, compressed as the asker can read it. What comes in parts is compressed while the next part is
 * made, and answered when it is whole: a fault on the way is an honest problem, never half a body.
 */
export async function compressedJson(request: Request, json: string | JsonWriter): Promise<Response> {
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    vary: 'accept-encoding',
  });
  const small = typeof json === 'string' && Buffer.byteLength(json) < COMPRESS_BYTES;
  const encoding = small ? undefined : chosen(request.headers.get('accept-encoding') ?? '');
  const writer: JsonWriter = typeof json === 'string' ? async (write) => write(Buffer.from(json)) : json;
  if (encoding === undefined) return new Response(await plain(writer), { headers });
  headers.set(ROUTE_ENCODING, encoding);
  return new Response(await encoded(writer, encoders.get(encoding)!()), { headers });
}

async function plain(writer: JsonWriter): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = [];
  await writer((part) => parts.push(part));
  return new Uint8Array(Buffer.concat(parts));
}

async function encoded(writer: JsonWriter, encoder: Transform): Promise<Uint8Array<ArrayBuffer>> {
  const body = buffer(encoder);
  try {
    await writer((part) => encoder.write(part));
    encoder.end();
  } catch (fault) {
    encoder.destroy(fault instanceof Error ? fault : undefined);
    await body.catch(() => undefined);
    throw fault;
  }
  return new Uint8Array(await body);
}

function chosen(accepted: string): string | undefined {
  const readable = new Set<string>();
  for (const part of accepted.toLowerCase().split(',')) {
    const [name, ...parameters] = part.split(';').map((word) => word.trim());
    if (name !== undefined && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) readable.add(name);
  }
  return [...encoders.keys()].find((name) => readable.has(name));
}
