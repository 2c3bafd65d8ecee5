import pg from 'pg';
import { z } from 'zod';
import type { ScopeHint } from '../../lib/replication/protocol/hint.ts';
import { CHANNEL } from './tell-hints.ts';

export interface HintSubscriber {
  /** These scopes stand there now. */
  moved(hints: readonly ScopeHint[]): void;
  /** Something may have moved unheard: the connection is new, or was lost. */
  lookAgain(): void;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** How often the connection shows that it lives: some networks forget a silent one without a word. */
const CHECK_MS = 30_000;

/** The one connection of a process that listens, open while somebody is subscribed. */
export class HintHearing {
  readonly #options: pg.ClientConfig;
  readonly #subscribers = new Set<HintSubscriber>();
  #client: pg.Client | null = null;
  #listening = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: pg.Pool) {
    this.#options = { ...pool.options, keepAlive: true, query_timeout: 10_000 };
  }

  /** Hears of what moves from now on, and is told to look as soon as nothing can be missed any more. */
  subscribe(subscriber: HintSubscriber): () => void {
    this.#subscribers.add(subscriber);
    if (this.#listening) subscriber.lookAgain();
    else if (this.#subscribers.size === 1) void this.#connect();
    return () => {
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#drop();
    };
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#options);
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch {
      this.#lost(client);
    }
    if (this.#client !== client) {
      // Nobody listens any more: what was half open when it was dropped is closed now.
      client.end().catch(() => undefined);
      return;
    }
    this.#listening = true;
    this.#failures = 0;
    this.#timer = setInterval(() => client.query('select 1').catch(() => this.#lost(client)), CHECK_MS).unref();
    this.#tellAll((subscriber) => subscriber.lookAgain());
  }

  #heard(payload: string): void {
    const hints = hintsIn(payload);
    this.#tellAll((subscriber) => (hints === null ? subscriber.lookAgain() : subscriber.moved(hints)));
  }

  #tellAll(tell: (subscriber: HintSubscriber) => void): void {
    for (const subscriber of [...this.#subscribers]) tell(subscriber);
  }

  /** Whoever is subscribed looks again once it is back. */
  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#drop();
    if (this.#subscribers.size === 0) return;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 10));
    this.#timer = setTimeout(() => void this.#connect(), wait * (0.5 + Math.random())).unref();
  }

  #drop(): void {
    const client = this.#client;
    this.#client = null;
    this.#listening = false;
    clearTimeout(this.#timer);
    // It may be broken already: then there is nothing to end.
    client?.end().catch(() => undefined);
  }
}

const payloadSchema = z.array(z.tuple([z.string(), z.int()]));

/** Null when it is no list of ours. */
function hintsIn(payload: string): ScopeHint[] | null {
  try {
    return payloadSchema.parse(JSON.parse(payload)).map(([scope, seq]) => ({ scope, seq }));
  } catch {
    return null;
  }
}
