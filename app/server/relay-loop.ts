import type pg from 'pg';
import { asOnlyRelay } from '../../db/postgres/only-relay.ts';
import type { RelayWatch } from '../../db/postgres/relay-rows.ts';
import { postgresRelay } from '../../db/postgres/relay-store.ts';
import { hasUnconfirmed } from '../../db/postgres/relay-unconfirmed.ts';
import { relayWitness } from '../../db/postgres/relay-witness.ts';
import { newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { hearMoved } from '../../db/postgres/scope-hints.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import {
  type DownstreamStore,
  type ExchangeProgress,
  exchangeOnce,
  type Transport,
} from '../../lib/replication/exchange.ts';
import { MIN_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { PROTOCOL_VERSION } from '../../lib/replication/protocol/version.ts';
import { ReplySize } from '../../lib/replication/reply-size.ts';
import { bearWitness } from '../../lib/replication/witness.ts';
import { followUpstream } from './follow-upstream.ts';
import { log } from './log.ts';

export interface Upstream {
  readonly url: string;
  readonly key: string;
}

/** Between exchanges when nothing happens; and after failures, ever longer. Half to one and a half times as long. */
const EVERY_MS = 30_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** The slowest link that is used carries the largest exchange in half of it. */
const ANSWER_MS = 120_000;
/** One transaction locks the charts of a whole page. */
const LARGEST_REPLY_BYTES = 256 * 1024;

/** The upstream said no. */
class Refused extends Error {
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

const WATCH: RelayWatch = {
  refused: ({ collection, id: recordId }, code) => log('error', 'relayRowRefused', { collection, recordId, code }),
  replaced: ({ collection, id: recordId }) => log('warn', 'relayRowReplaced', { collection, recordId }),
  repairs: (count) => log('warn', 'relayRepair', { count }),
};

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

interface Round {
  sent: number;
  received: number;
  /** The life of a root that was restored and asks for what it has lost. */
  recovering: string | null;
}

/**
 * Exchanges until there is nothing to send and nothing to read. Ends as well when what was sent first is to be sent
 * first again: then the upstream has no root behind it at the moment.
 */
export async function relayRound(
  store: DownstreamStore,
  line: Transport,
  again: () => boolean,
  size = new ReplySize(LARGEST_REPLY_BYTES),
): Promise<Round> {
  const round: Round = { sent: 0, received: 0, recovering: null };
  let first: string | null = null;
  let same = false;
  const watching: DownstreamStore = {
    async readOutgoing(limits) {
      const outgoing = await store.readOutgoing(limits);
      const next = outgoing.actions[0]?.id ?? null;
      same = next !== null && next === first;
      first = next;
      return outgoing;
    },
    async applyReply(reply, asked) {
      await store.applyReply(reply, asked);
      round.recovering = reply.recovering === true ? reply.rootEpoch : null;
    },
  };
  const ask = (maxBytes: number) => exchangeOnce(watching, line, Date.now, maxBytes);
  for (;;) {
    const progress: ExchangeProgress = await size.of(ask, Date.now);
    round.sent += progress.sent;
    round.received += progress.received;
    if (!progress.more && (progress.sent === 0 || same) && !again()) return round;
  }
}

/**
 * Exchanges with the upstream from now on: at once when something was accepted here or the upstream says that it has
 * more, else twice a minute. Of several processes on one database one does at a time. One line in the log a round that
 * moved something, or failed.
 */
export function startRelay(pool: pg.Pool, upstream: Upstream, everyMs = EVERY_MS): { stop(): Promise<void> } {
  const ended = new AbortController();
  const store = postgresRelay(pool, WATCH);
  const line = lineTo(upstream, '/api/sync', ended.signal);
  const witnessLine = lineTo(upstream, '/api/sync/witness', ended.signal);
  let witnessedFor: string | null = null;
  let failures = 0;
  let woken = false;
  let wake = () => {
    woken = true;
  };

  async function once(): Promise<void> {
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    try {
      const again = () => {
        const asked = woken;
        woken = false;
        return asked;
      };
      const round = await asOnlyRelay(pool, async () => {
        const done = await relayRound(store, line, again);
        // After what is retained: a change says more than a row.
        if (done.recovering !== null && done.recovering !== witnessedFor) {
          const { replicaId } = await readIdentity(pool);
          await bearWitness(relayWitness(pool, replicaId), collectionNamed, witnessLine);
          witnessedFor = done.recovering;
        }
        return done;
      });
      failures = 0;
      if (round !== null && round.sent + round.received > 0)
        log('info', 'relay', { count: round.sent + round.received, ms: ms() });
    } catch (fault) {
      if (ended.signal.aborted) return;
      failures += 1;
      log(fault instanceof Refused ? 'error' : 'warn', 'relay', { code: codeOf(fault), ms: ms() });
    }
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      woken = false;
      await once();
      const base =
        failures === 0 ? everyMs : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 12));
      if (!woken || failures > 0) await pause(base * (0.5 + Math.random()));
    }
  }

  /** Waits, and no longer than until something happens; a failing link is not tried at every save. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      const sleeping = wake;
      function end(): void {
        clearTimeout(timer);
        wake = sleeping;
        ended.signal.removeEventListener('abort', end);
        resolve();
      }
      ended.signal.addEventListener('abort', end);
      wake = () => {
        woken = true;
        if (failures === 0) end();
      };
    });
  }

  const look = async () => {
    try {
      // What was read of the root moves scopes, too.
      if (await hasUnconfirmed(pool)) wake();
    } catch {
      // The database is away: the next round finds out.
    }
  };
  const silence = hearMoved(pool, { moved: () => void look(), lookAgain: () => void look() });
  const running = [run(), followUpstream(pool, upstream, ended.signal, () => wake())];
  return {
    stop: async () => {
      silence();
      ended.abort();
      await Promise.all(running);
    },
  };
}

/** Names only: a message of the network quotes the address. */
function codeOf(fault: unknown): string {
  if (fault instanceof Refused) return fault.code;
  if (!(fault instanceof Error)) return 'unknown';
  const cause = fault.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : fault.name;
}
