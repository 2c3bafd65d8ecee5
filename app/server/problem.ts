/** Every way a request can be refused: RFC 9457, one row per code. */
export const PROBLEMS = {
  malformed: { status: 400, title: 'The request cannot be read.' },
  unauthenticated: { status: 401, title: 'Sign in first.' },
  'session-expired': { status: 401, title: 'The session has ended. Sign in again.' },
  forbidden: { status: 403, title: 'You may not do this.' },
  'not-in-your-clinic': { status: 403, title: 'This belongs to a clinic you are not in.' },
  'main-server-only': { status: 403, title: 'Only the main server can do this, not a hub.' },
  'not-found': { status: 404, title: 'There is no such thing.' },
  conflict: { status: 409, title: 'Somebody changed this in the meantime.' },
  'already-exists': { status: 409, title: 'This exists already.' },
  gone: { status: 410, title: 'This is no longer valid.' },
  'too-large': { status: 413, title: 'The request is too large.' },
  invalid: { status: 422, title: 'A field has a value that is not allowed.' },
  'unsupported-version': { status: 426, title: 'This program is too old for the server. Update it.' },
  'rate-limited': { status: 429, title: 'Too many attempts. Wait a little.' },
  busy: { status: 503, title: 'The server is busy. Try again.' },
  'storage-full': { status: 507, title: 'The server has no room left.' },
  internal: { status: 500, title: 'Something went wrong on the server.' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

/** A refusal of a request, before it is a response. Details name fields and limits, never values. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail?: string;
  /** Where in the request: a path such as `actions.3.changes.0.stamp`. */
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  /** The oldest protocol that is still spoken. */
  readonly minimum?: number;
  /** What to tell an administrator to look for in the log. */
  readonly instance?: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function refused(code: ProblemCode, more: Omit<Problem, 'code'> = {}): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, ...more } };
}

export function problemResponse({ code, ...more }: Problem): Response {
  const { status, title } = PROBLEMS[code];
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (more.retryAfterSeconds !== undefined) headers.set('retry-after', String(more.retryAfterSeconds));
  const body = { type: `urn:hikma:problem:${code}`, title, status, code, ...more };
  return new Response(JSON.stringify(body), { status, headers });
}
