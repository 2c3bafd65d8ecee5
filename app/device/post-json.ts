import { z } from 'zod';

/** The server's no, or silence: a code of conventions.md, `offline` or `server-unreachable`. */
export interface ApiRefusal {
  readonly ok: false;
  readonly code: string;
  readonly field: string | null;
  readonly retryAfterSeconds: number | null;
}

const problemSchema = z.object({
  code: z.string(),
  field: z.string().optional(),
  retryAfterSeconds: z.number().optional(),
});

const TIMEOUT_MS = 30_000;

/** Posts JSON and reads the reply with a schema. Network silence is a value: the person is told what to do. */
export async function postJson<T>(
  path: string,
  body: unknown,
  reply: z.ZodType<T>,
  bearer: string | null,
): Promise<{ readonly ok: true; readonly value: T } | ApiRefusal> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (bearer !== null) headers.authorization = `Bearer ${bearer}`;
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (fault) {
    if (!(fault instanceof TypeError) && !(fault instanceof DOMException)) throw fault;
    return refusal(navigator.onLine ? 'server-unreachable' : 'offline');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const read = reply.safeParse(answer);
    // The sign-in page of a Wi-Fi answers 200 to everything: that is not the server.
    return read.success ? { ok: true, value: read.data } : refusal('server-unreachable');
  }
  const problem = problemSchema.safeParse(answer);
  if (!problem.success) return refusal(response.status >= 500 ? 'internal' : 'malformed');
  return {
    ok: false,
    code: problem.data.code,
    field: problem.data.field ?? null,
    retryAfterSeconds: problem.data.retryAfterSeconds ?? null,
  };
}

function refusal(code: string): ApiRefusal {
  return { ok: false, code, field: null, retryAfterSeconds: null };
}
