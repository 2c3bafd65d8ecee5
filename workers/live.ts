import { hintIn } from '../lib/replication/protocol/hint.ts';
import { eventsOf } from './event-stream.ts';

/** What a phone that follows the live stream is asked and told. */
export interface LiveListener {
  bearer(): Promise<string>;
  /** How far each scope was read here. */
  cursors(): Promise<Readonly<Record<string, number>>>;
  /** There is something to read, or the stream was lost: worth an exchange. */
  wake(): void;
  /** The upstream answered. */
  reached(): void;
}

export interface Live {
  /** Is the upstream telling? Then asking can wait longer. */
  alive(): boolean;
  /** A round begins: what was heard so far is among what it reads. */
  roundBegins(): void;
  /** A round ended. Was something heard meanwhile that it did not read? */
  roundEnded(): Promise<boolean>;
  /** The network is back, perhaps another one: what is open may be dead. */
  retry(): void;
  close(): void;
}

/** Without a byte for so long the stream is dead, whatever the network says: two heartbeats of the server, and some. */
const SILENT_MS = 60_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** The upstream said no: it will not have changed its mind within seconds. */
const REFUSED_WAIT_MS = 5 * 60_000;
/** A stream that lasted so long was a good one: the next waits as after no failure. */
const GOOD_MS = 60_000;
/** Hints bring an exchange once in so long: a clinic where everybody writes must not exchange without end. */
export const HINT_GAP_MS = 1000;
/** When the stream is lost, the old interval of asking holds again. */
const ASK_AFTER_LOSS_MS = 30_000;

/** Follows `GET /api/sync/live` until it is closed: reconnects by itself, and wakes the exchange when scopes have moved. */
export function followLive(listener: LiveListener): Live {
  const stream = new Following(listener);
  void stream.follow();
  return stream;
}

class Following implements Live {
  readonly #listener: LiveListener;
  #closed = false;
  #alive = false;
  #failures = 0;
  readonly #heard = new Map<string, number>();
  /** A round is under way: what is heard is judged when it ends. */
  #busy = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #afterGap: ReturnType<typeof setTimeout> | undefined;
  #afterLoss: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();
  #wakeUp: () => void = noop;

  constructor(listener: LiveListener) {
    this.#listener = listener;
  }

  alive(): boolean {
    return this.#alive;
  }

  roundBegins(): void {
    this.#busy = true;
    this.#heard.clear();
    clearTimeout(this.#afterGap);
  }

  async roundEnded(): Promise<boolean> {
    this.#busy = false;
    this.#endedAt = performance.now();
    return this.#hasNews();
  }

  retry(): void {
    this.#failures = 0;
    if (this.#alive) this.#abort.abort();
    this.#wakeUp();
  }

  close(): void {
    this.#closed = true;
    this.#abort.abort();
    clearTimeout(this.#afterGap);
    clearTimeout(this.#afterLoss);
    this.#wakeUp();
  }

  async follow(): Promise<void> {
    while (!this.#closed) {
      const wait = await this.#connectOnce();
      if (this.#alive && !this.#closed) this.#askAfterLoss();
      this.#alive = false;
      if (!this.#closed) await this.#sleep(jittered(wait));
    }
  }

  /** One stream, to its end; how long to wait before the next. */
  async #connectOnce(): Promise<number> {
    this.#abort = new AbortController();
    const from = performance.now();
    const watch = this.#silence();
    try {
      const response = await fetch('/api/sync/live', {
        headers: { accept: 'text/event-stream', authorization: `Bearer ${await this.#listener.bearer()}` },
        credentials: 'omit',
        cache: 'no-store',
        signal: this.#abort.signal,
      });
      if (!response.ok) return this.#refused(response.status);
      if (response.body === null || !isEventStream(response)) return LONGEST_WAIT_MS;
      for await (const data of eventsOf(response.body, watch.heard)) this.#hear(data);
    } catch {
      // The network, or silence: which of them is no matter.
    } finally {
      watch.stop();
    }
    return this.#backoff(performance.now() - from);
  }

  #backoff(lastedMs: number): number {
    if (lastedMs > GOOD_MS) this.#failures = 0;
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 10));
  }

  #refused(status: number): number {
    if (status >= 500 || status === 429 || status === 408) return LONGEST_WAIT_MS;
    // Withdrawn, or signed out: the exchange finds out what, and says it.
    if (status === 401 || status === 410) this.#listener.wake();
    return REFUSED_WAIT_MS;
  }

  #silence() {
    const end = () => this.#abort.abort();
    let timer = setTimeout(end, SILENT_MS);
    return {
      heard: () => {
        if (!this.#alive) this.#listener.reached();
        this.#alive = true;
        clearTimeout(timer);
        timer = setTimeout(end, SILENT_MS);
      },
      stop: () => clearTimeout(timer),
    };
  }

  #hear(data: string): void {
    const hint = hintIn(data);
    if (hint === null) return;
    this.#heard.set(hint.scope, Math.max(hint.seq, this.#heard.get(hint.scope) ?? 0));
    if (!this.#busy) void this.#wakeForNews();
  }

  async #wakeForNews(): Promise<void> {
    if (!(await this.#hasNews()) || this.#busy) return;
    const gap = this.#endedAt + HINT_GAP_MS - performance.now();
    clearTimeout(this.#afterGap);
    if (gap <= 0) this.#listener.wake();
    else this.#afterGap = setTimeout(() => this.#listener.wake(), gap);
  }

  async #hasNews(): Promise<boolean> {
    if (this.#heard.size === 0) return false;
    try {
      const cursors = await this.#listener.cursors();
      return [...this.#heard].some(([scope, seq]) => seq > (cursors[scope] ?? 0));
    } catch {
      // The disk cannot be read: that is for a round to say, not for a hint.
      return false;
    }
  }

  /** The exchange may be asleep for as long as only a stream allows. */
  #askAfterLoss(): void {
    clearTimeout(this.#afterLoss);
    this.#afterLoss = setTimeout(() => {
      if (!this.#alive) this.#listener.wake();
    }, jittered(ASK_AFTER_LOSS_MS));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The sign-in page of a Wi-Fi answers 200 to everything. */
function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}

function noop(): void {
  // Nobody sleeps.
}
