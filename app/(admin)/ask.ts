/** Why the server said no, as its problem document says it. `network`: it did not answer. */
export interface ApiProblem {
  readonly status: number;
  readonly code: string;
  readonly field?: string;
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  readonly instance?: string;
}

export class ApiFault extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** Asks the server. Throws an ApiFault for every refusal, and when it does not answer. */
export async function ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
    });
  } catch (cause) {
    if (cause instanceof TypeError) throw new ApiFault({ status: 0, code: 'network' });
    throw cause;
  }
  const said: unknown = await response.json().catch(() => null);
  if (response.ok) return said as T;
  throw new ApiFault(isProblem(said) ? said : { status: response.status, code: 'internal' });
}

function isProblem(said: unknown): said is ApiProblem {
  return said !== null && typeof said === 'object' && 'code' in said && 'status' in said;
}

/** The problem of a failed request; null when nothing failed. */
export function problemOf(fault: Error | null): ApiProblem | null {
  if (fault === null) return null;
  return fault instanceof ApiFault ? fault.problem : { status: 0, code: 'internal' };
}
