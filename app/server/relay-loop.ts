import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { asOnlyRelay } from '../../db/postgres/only-relay.ts';
import type { RelayWatch } from '../../db/postgres/relay-rows.ts';
import { postgresRelay } from '../../db/postgres/relay-store.ts';
import { hasUnconfirmed } from '../../db/postgres/relay-unconfirmed.ts';
import { relayWitness } from '../../db/postgres/relay-witness.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { hearMoved } from '../../db/postgres/scope-hints.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import {
  type DownstreamStore,
  type ExchangeProgress,
  exchangeOnce,
  type Transport,
} from '../../lib/replication/exchange.ts';
import { ReplySize } from '../../lib/replication/reply-size.ts';
import { bearWitness, type WitnessTransport } from '../../lib/replication/witness.ts';
import { followUpstream } from './follow-upstream.ts';
import { log } from './log.ts';
import { codeOf, lineTo, Refused, type Upstream } from './upstream-line.ts';

/** Between exchanges when nothing happens; and after failures, ever longer. Half to one and a half times as long. */
const EVERY_MS = 30_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** One transaction locks the charts of a whole page. */
const LARGEST_REPLY_BYTES = 256 * 1024;

const WATCH: RelayWatch = {
  refused: ({ collection, id: recordId }, code) => log('error', 'relayRowRefused', { collection, recordId, code }),
  replaced: ({ collection, id: recordId }) => log('warn', 'relayRowReplaced', { collection, recordId }),
  repairs: (count) => log('warn', 'relayRepair', { count }),
};

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
  const relaying = new Relaying(pool, upstream, ended.signal, everyMs);
  const look = async () => {
    try {
      // What was read of the root moves scopes, too.
      if (await hasUnconfirmed(pool)) relaying.wake();
    } catch {
      // The database is away: the next round finds out.
    }
  };
  const silence = hearMoved(pool, { moved: () => void look(), lookAgain: () => void look() });
  const running = [relaying.run(), followUpstream(pool, upstream, ended.signal, () => relaying.wake())];
  return {
    stop: async () => {
      silence();
      ended.abort();
      await Promise.all(running);
    },
  };
}

/** Rounds until `ended`, and the waits between them. */
class Relaying {
  readonly #pool: pg.Pool;
  readonly #ended: AbortSignal;
  readonly #everyMs: number;
  readonly #store: DownstreamStore;
  readonly #line: Transport;
  readonly #witnessLine: WitnessTransport;
  /** What the line carries, learnt over all rounds. */
  readonly #size = new ReplySize(LARGEST_REPLY_BYTES);
  #witnessedFor: string | null = null;
  #failures = 0;
  /** Something happened that no exchange has begun after. */
  #woken = false;
  #endWait: () => void = () => undefined;

  constructor(pool: pg.Pool, upstream: Upstream, ended: AbortSignal, everyMs: number) {
    this.#pool = pool;
    this.#ended = ended;
    this.#everyMs = everyMs;
    this.#store = postgresRelay(pool, WATCH);
    this.#line = lineTo(upstream, '/api/sync', ended);
    this.#witnessLine = lineTo(upstream, '/api/sync/witness', ended);
  }

  /** Something happened. A failing link is not tried at every save. */
  wake(): void {
    this.#woken = true;
    if (this.#failures === 0) this.#endWait();
  }

  async run(): Promise<void> {
    while (!this.#ended.aborted) {
      this.#woken = false;
      await this.#once();
      if (!this.#woken || this.#failures > 0) await this.#wait();
    }
  }

  async #once(): Promise<void> {
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    try {
      const round = await asOnlyRelay(this.#pool, () => this.#round());
      this.#failures = 0;
      const count = round === null ? 0 : round.sent + round.received;
      if (count > 0) log('info', 'relay', { count, ms: ms() });
    } catch (fault) {
      if (this.#ended.aborted) return;
      this.#failures += 1;
      log(fault instanceof Refused ? 'error' : 'warn', 'relay', { code: codeOf(fault), ms: ms() });
    }
  }

  async #round(): Promise<Round> {
    const again = () => {
      const woken = this.#woken;
      this.#woken = false;
      return woken;
    };
    const done = await relayRound(this.#store, this.#line, again, this.#size);
    // After what is retained: a change says more than a row.
    if (done.recovering !== null && done.recovering !== this.#witnessedFor) {
      const { replicaId } = await readIdentity(this.#pool);
      await bearWitness(relayWitness(this.#pool, replicaId), collectionNamed, this.#witnessLine);
      this.#witnessedFor = done.recovering;
    }
    return done;
  }

  async #wait(): Promise<void> {
    const afterFailure = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures - 1, 12));
    const ms = (this.#failures === 0 ? this.#everyMs : afterFailure) * (0.5 + Math.random());
    const over = new AbortController();
    this.#endWait = () => over.abort();
    await wait(ms, null, { signal: AbortSignal.any([this.#ended, over.signal]) }).catch(() => null);
  }
}
