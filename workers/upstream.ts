import type { ReplySize } from '../lib/replication/reply-size.ts';
import type { SyncProblem } from '../lib/replication/sync-worker.ts';

/** The server or hub as the sync worker reaches it. */
export interface Upstream {
  exchange(request: unknown): Promise<unknown>;
  snapshot(request: unknown): Promise<unknown>;
  /** To a root that was restored from a backup. */
  witness(request: unknown): Promise<unknown>;
  readonly replySize: ReplySize;
}

/** The upstream answered, and said no. `retryAfterMs` is null when a person must do something first. */
export class UpstreamRefusal extends Error {
  readonly problem: SyncProblem;
  readonly retryAfterMs: number | null;

  constructor(problem: SyncProblem, retryAfterMs: number | null) {
    super(problem);
    this.name = 'UpstreamRefusal';
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Longest wait for an answer: a reply of 1 MB at 80 kbit/s takes 100 s. */
const TIMEOUT_MS = 150_000;
/** How soon to ask again where somebody else answered. */
const ASK_AGAIN_MS = 30_000;
/** Above this a body is worth compressing. */
const COMPRESS_BYTES = 2048;

export function httpUpstream(bearer: string, replySize: ReplySize): Upstream {
  return {
    replySize,
    exchange: (request) => post('/api/sync', bearer, request),
    snapshot: (request) => post('/api/sync/snapshot', bearer, request),
    witness: (request) => post('/api/sync/witness', bearer, request),
  };
}

async function post(path: string, bearer: string, body: unknown): Promise<unknown> {
  const text = JSON.stringify(body);
  const compress = text.length > COMPRESS_BYTES;
  const headers: Record<string, string> = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` };
  if (compress) headers['content-encoding'] = 'gzip';
  const response = await fetch(path, {
    method: 'POST',
    headers,
    body: compress ? await gzipped(text) : text,
    credentials: 'omit',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.ok) return response.json().catch(notTheServer);
  throw await refusalOf(response);
}

/** The sign-in page of a Wi-Fi answers 200 to everything, and is no JSON. */
function notTheServer(fault: unknown): never {
  throw fault instanceof SyntaxError ? new UpstreamRefusal('server-unreachable', ASK_AGAIN_MS) : fault;
}

async function gzipped(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
}

/** Only what may pass by itself is tried again by itself: 408, 429, 5xx and network faults. */
async function refusalOf(response: Response): Promise<UpstreamRefusal> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string; retryAfterSeconds?: number };
  const after = (problem.retryAfterSeconds ?? 30) * 1000;
  if (response.status === 401) return new UpstreamRefusal('session-expired', null);
  if (response.status === 410 || problem.code === 'gone') return new UpstreamRefusal('device-revoked', null);
  if (response.status === 426) return new UpstreamRefusal('unsupported-version', null);
  if (response.status === 408 || response.status === 429 || response.status === 503)
    return new UpstreamRefusal('server-busy', after);
  return new UpstreamRefusal('internal', response.status >= 500 ? after : null);
}
