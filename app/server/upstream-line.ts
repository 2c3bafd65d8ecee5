import { newId } from '../../db/postgres/replica-identity.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { MIN_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { PROTOCOL_VERSION } from '../../lib/replication/protocol/version.ts';

export interface Upstream {
  readonly url: string;
  readonly key: string;
}

/** The slowest link that is used carries the largest exchange in half of it. */
const ANSWER_MS = 120_000;

/** The upstream said no. */
export class Refused extends Error {
  readonly code: string;
  constructor(status: number, code: string) {
    super(`the upstream answered ${status}`);
    this.code = code === '' ? String(status) : code;
  }
}

/** As the log says it; the upstream says `forbidden`. */
const BEHIND_A_HUB = 'upstream-is-a-hub';

/** Messages to the upstream, over HTTP(S), with this relay's key. */
export function lineTo(
  { url, key }: Upstream,
  path: string,
  ended: AbortSignal,
): (message: unknown) => Promise<unknown> {
  const address = new URL(path, url);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  return async (message) => {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(ANSWER_MS)]);
    const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(message), signal });
    const text = await response.text();
    if (!response.ok) throw new Refused(response.status, codeIn(text));
    return JSON.parse(text);
  };
}

function codeIn(text: string): string {
  if (text.includes('"field":"upstream"')) return BEHIND_A_HUB;
  const code = /"code":"([a-z-]{1,40})"/.exec(text)?.[1];
  return code ?? '';
}

/** How long a start waits for the upstream to say what it is. One that is away is found out about later. */
const START_MS = 10_000;

/** Throws a sentence when the upstream is no server but a hub, which relays itself: work would go round in a ring. */
export async function refuseHubAbove(upstream: Upstream): Promise<void> {
  const line = lineTo(upstream, '/api/sync', AbortSignal.timeout(START_MS));
  const [replicaId, epoch] = [newId(), newId()];
  const nothing = { clock: Date.now(), origins: {}, actions: [], cursors: {}, maxBytes: MIN_REPLY_BYTES };
  try {
    await line({ protocol: PROTOCOL_VERSION, schema: SCHEMA_VERSION, replicaId, epoch, ...nothing });
  } catch (fault) {
    if (codeOf(fault) === BEHIND_A_HUB)
      throw new Error('UPSTREAM_URL names a hub. Hubs relay to the server only: set it to the address of the server.');
  }
}

/** What went wrong on the line, for the log. Names only: a message of the network quotes the address. */
export function codeOf(fault: unknown): string {
  if (fault instanceof Refused) return fault.code;
  if (!(fault instanceof Error)) return 'unknown';
  const cause = fault.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : fault.name;
}
