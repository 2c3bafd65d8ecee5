import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { columnTypes } from '../column-values.ts';
import type { SealKey } from './seal-key.ts';
import { isKeyOfLog, type Sealed, sealLog } from './seal-log.ts';

/** Any fixed number: of all processes on one database, the one that holds it seals. */
const SEALER_LOCK = 4_817_002;
const EVERY_MS = 3000;
const LAST_PASS_MS = 5000;
const END_MS = 2000;

/** What a sealer tells. `count`: changes. No event has a value of a record in it. */
export type SealerEvent =
  | { readonly event: 'sealerElected' | 'sealerKeyForeign' }
  | { readonly event: 'sealed'; readonly count: number }
  | { readonly event: 'sealGap' | 'sealForeign'; readonly scope: string }
  | { readonly event: 'sealerLost'; readonly code: string };

export interface Sealer {
  /** Seals now what is new, instead of at the next turn. */
  wake(): void;
  /** Seals what is new, at most for five seconds, and lets go. */
  stop(): Promise<void>;
}

export interface SealerOptions {
  readonly url: string;
  readonly key: SealKey;
  readonly everyMs?: number;
  readonly tell?: (event: SealerEvent) => void;
}

/** Starts sealing in the background, on a connection of its own. Lost connections are replaced; nothing is thrown. */
export function startSealer({ url, key, everyMs = EVERY_MS, tell = () => undefined }: SealerOptions): Sealer {
  const bell = new Bell();
  const told = new Set<string>();
  let stopping = false;

  /** What stays wrong is told once, until it is right again. */
  const tellPass = ({ changes, foreign, gaps }: Sealed) => {
    if (changes > 0) tell({ event: 'sealed', count: changes });
    for (const [event, scopes] of [['sealForeign', foreign] as const, ['sealGap', gaps] as const]) {
      for (const scope of scopes) if (!told.has(event + scope)) tell({ event, scope });
    }
    told.clear();
    for (const scope of foreign) told.add(`sealForeign${scope}`);
    for (const scope of gaps) told.add(`sealGap${scope}`);
  };

  const elect = async (client: pg.Client): Promise<boolean> => {
    if (!(await takeLock(client))) return false;
    if (await isKeyOfLog(client, key)) {
      told.delete('sealerKeyForeign');
      tell({ event: 'sealerElected' });
      return true;
    }
    if (!told.has('sealerKeyForeign')) tell({ event: 'sealerKeyForeign' });
    told.add('sealerKeyForeign');
    // For one of its peers that has the key.
    await client.query('select pg_advisory_unlock($1)', [SEALER_LOCK]);
    return false;
  };

  const sealOn = async (client: pg.Client) => {
    let elected = false;
    for (;;) {
      const last = stopping;
      elected ||= await elect(client);
      const deadline = performance.now() + LAST_PASS_MS;
      const enough = () => stopping && (!last || performance.now() > deadline);
      if (elected) tellPass(await sealLog(client, key, enough));
      if (last) return;
      if (!stopping) await bell.wait(everyMs);
    }
  };

  const run = async () => {
    do {
      const client = newClient(url);
      // Without a listener a cut connection would end this process; the next query says what happened.
      client.on('error', () => bell.ring());
      try {
        await client.connect();
        await client.query(`set idle_session_timeout = '${Math.max(60_000, 10 * everyMs)}'`);
        await sealOn(client);
      } catch (fault) {
        tell({ event: 'sealerLost', code: codeOf(fault) });
        if (!stopping) await bell.wait(everyMs);
      } finally {
        await end(client);
      }
    } while (!stopping);
  };

  const running = run();
  return {
    wake: () => bell.ring(),
    stop: () => {
      stopping = true;
      bell.ring();
      return running;
    },
  };
}

function newClient(url: string): pg.Client {
  return new pg.Client({
    connectionString: url,
    types: columnTypes,
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
    keepAlive: true,
    application_name: 'hikma sealer',
  });
}

/** A server that cannot be reached does not answer a goodbye either. */
async function end(client: pg.Client): Promise<void> {
  const waiting = new AbortController();
  const enough = wait(END_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
  await Promise.race([client.end().catch(() => undefined), enough]);
  waiting.abort();
}

/** Held by the session: it goes with the connection, whatever becomes of this process. */
async function takeLock(client: pg.Client): Promise<boolean> {
  const taken = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [SEALER_LOCK]);
  return taken.rows[0]!.taken;
}

function codeOf(fault: unknown): string {
  if (fault instanceof Error) return 'code' in fault ? String(fault.code) : fault.name;
  return 'unknown';
}

/** Waiting that can be cut short; a ring while nobody waits is kept for who waits next. */
class Bell {
  #rung = false;
  #ring: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#ring?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
    this.#ring = null;
  }
}
