import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { z } from 'zod';
import { type Result, refused } from './problem.ts';

/** Deepest nesting of arrays and objects: parsing is recursive, and a form's expressions need about twenty. */
const MAX_DEPTH = 64;

const unzip = promisify(gunzip);

/**
 * The body of a request as JSON, at most `maxBytes` of it, before and after gzip. Refuses what is too large before
 * it is read whole, and what is not JSON; its shape is for a schema to check.
 */
export async function readJson(request: Request, maxBytes: number): Promise<Result<unknown>> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    return refused('malformed', { field: 'content-type', detail: 'Expected application/json.' });
  const tooLarge = refused('too-large', { detail: `At most ${maxBytes} bytes.` });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLarge;
  const body = await readAtMost(request.body, maxBytes);
  if (body === null) return tooLarge;
  const plain = await decoded(request.headers.get('content-encoding'), body, maxBytes);
  return plain.ok ? parsed(plain.value) : plain;
}

/** The value if it fulfils the schema, else `invalid` with the place. */
export function fulfils<T>(schema: z.ZodType<T>, value: unknown): Result<T> {
  const checked = schema.safeParse(value);
  if (checked.success) return { ok: true, value: checked.data };
  const issue = checked.error.issues[0];
  // The message of an unknown key would quote it; the path and the kind of fault say enough.
  return refused('invalid', { field: issue?.path.join('.') ?? '', detail: issue?.code ?? 'invalid' });
}

async function readAtMost(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > maxBytes) {
      await reader?.cancel();
      return null;
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

async function decoded(encoding: string | null, body: Buffer, maxBytes: number): Promise<Result<Buffer>> {
  if (encoding === null || encoding === 'identity') return { ok: true, value: body };
  const unreadable = refused('malformed', { field: 'content-encoding', detail: 'Only gzip is read.' });
  if (encoding !== 'gzip') return unreadable;
  try {
    return { ok: true, value: await unzip(body, { maxOutputLength: maxBytes }) };
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code ?? '';
    if (code === 'ERR_BUFFER_TOO_LARGE') return refused('too-large', { detail: `At most ${maxBytes} bytes.` });
    if (code.startsWith('Z_')) return unreadable;
    throw fault;
  }
}

function parsed(body: Buffer): Result<unknown> {
  const notJson = refused('malformed', { detail: 'The body is not JSON in UTF-8.' });
  if (tooDeep(body)) return refused('malformed', { detail: `Nested deeper than ${MAX_DEPTH}.` });
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (fault) {
    if (fault instanceof SyntaxError || fault instanceof TypeError) return notJson;
    throw fault;
  }
}

function tooDeep(body: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [...Buffer.from('"\\[]{}')];
