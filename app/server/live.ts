import type pg from 'pg';
import type { HintSubscriber } from '../../db/postgres/hear-hints.ts';
import { readHeads } from '../../db/postgres/read-feed.ts';
import { hearMoved } from '../../db/postgres/scope-hints.ts';
import type { ScopeHint } from '../../lib/replication/protocol/hint.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import { requireDevice } from './device-session.ts';
import { countStream, mayStream, openStreams } from './live-streams.ts';
import { log } from './log.ts';
import { type Result, refused } from './problem.ts';

/** A sign of life, so that a phone and what is between knows a silent stream from a dead one. */
const HEARTBEAT_MS = 25_000;
/** Every how many signs of life the stream looks again: a hint may have been lost, a right withdrawn without one. */
const LOOK_EVERY = 2;
/** How long a stream's looking takes the database, about: they spread over as much time as all of them need. */
const TURN_MS = 4;
/** Chunks that a reader may leave lying before no more are made. */
const MOST_UNREAD = 4;

/** Every change of rights is a change of records in one of these: at a relay custody is its clinics'. */
function isOfRights({ scope }: ScopeHint): boolean {
  return scope === 'org' || scope === 'custody' || scope.endsWith(':custody');
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // no-transform: whoever compresses a stream holds back what he cannot fill a block with.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  // A connection that had a stream would stand idle for seconds after a server that stops has ended it.
  connection: 'close',
};

/** `GET /api/sync/live`: where the scopes stand that this device may hold, told again whenever one moves. */
export async function live(
  pool: pg.Pool,
  request: Request,
  heartbeatMs: number = HEARTBEAT_MS,
): Promise<Result<Response>> {
  const device = await requireDevice(pool, request);
  if (!device.ok) return device;
  if (!mayStream()) return refused('busy', { retryAfterSeconds: 60 });
  // Asked again and again: without what else the request holds.
  const asker = new Request(request.url, {
    headers: { authorization: request.headers.get('authorization') ?? '' },
  });
  const stream = new LiveStream(pool, asker, device.value.deviceId, heartbeatMs);
  request.signal.addEventListener('abort', () => stream.end());
  return { ok: true, value: new Response(stream.body, { headers: HEADERS }) };
}

class LiveStream implements HintSubscriber {
  readonly body: ReadableStream<Uint8Array>;
  readonly #pool: pg.Pool;
  readonly #asker: Request;
  /** What the device may hold; nothing before it was looked up. */
  #scopes: ReadonlySet<ScopeId> = new Set();
  readonly #waiting = new Map<ScopeId, number>();
  readonly #told = new Map<ScopeId, number>();
  /** It looks, or waits for its turn: nothing is told meanwhile. */
  #looking = false;
  #lookAgain = false;
  #looked = false;
  #turn: NodeJS.Timeout | undefined;
  #ended = false;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly #undo: (() => void)[] = [];

  constructor(pool: pg.Pool, asker: Request, deviceId: string, heartbeatMs: number) {
    this.#pool = pool;
    this.#asker = asker;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#tell(),
        cancel: () => this.#stop(),
      },
      { highWaterMark: MOST_UNREAD },
    );
    this.#write(': live\n\n');
    let beats = 0;
    const timer = setInterval(() => this.#beat(++beats), heartbeatMs).unref();
    this.#undo.push(() => clearInterval(timer));
    this.#undo.push(countStream(deviceId, () => this.end()));
    this.#undo.push(hearMoved(pool, this));
  }

  moved(hints: readonly ScopeHint[]): void {
    for (const hint of hints) this.#wait(hint);
    if (hints.some(isOfRights)) this.lookAgain();
    else this.#tell();
  }

  /** Is the device still ours, what may it hold now, and where does that stand? */
  lookAgain(): void {
    this.#lookAgain = true;
    if (!this.#looking) this.#lookInTurn();
  }

  /** All streams hear at once that rights moved: they look one after another, each once for all it has heard till then. */
  #lookInTurn(): void {
    this.#looking = true;
    const wait = this.#looked ? Math.random() * openStreams() * TURN_MS : 0;
    this.#turn = setTimeout(() => void this.#look(), wait);
  }

  /** Ends the stream for its reader. */
  end(): void {
    if (this.#ended) return;
    this.#stop();
    this.#controller.close();
  }

  async #look(): Promise<void> {
    this.#lookAgain = false;
    try {
      const device = await requireDevice(this.#pool, this.#asker);
      if (!device.ok) return this.end();
      const { scopes } = device.value.grants;
      this.#scopes = new Set(scopes);
      for (const head of await readHeads(this.#pool, scopes)) this.#wait(head);
    } catch (fault) {
      // Rights that cannot be judged are none; the phone comes again.
      log('warn', 'live', { code: fault instanceof Error ? fault.name : 'unknown' });
      return this.end();
    }
    this.#looked = true;
    this.#looking = false;
    if (this.#ended) return;
    if (this.#lookAgain) this.#lookInTurn();
    else this.#tell();
  }

  #wait({ scope, seq }: ScopeHint): void {
    this.#waiting.set(scope, Math.max(seq, this.#waiting.get(scope) ?? 0));
  }

  /** Not while rights are looked up, and not to one who does not read: what waits is told once, at its newest. */
  #tell(): void {
    if (this.#ended || this.#looking || (this.#controller.desiredSize ?? 0) <= 0) return;
    let text = '';
    for (const [scope, seq] of this.#waiting) {
      if (!this.#scopes.has(scope) || seq <= (this.#told.get(scope) ?? 0)) continue;
      this.#told.set(scope, seq);
      text += `data: ${JSON.stringify({ scope, seq } satisfies ScopeHint)}\n\n`;
    }
    this.#waiting.clear();
    if (text !== '') this.#write(text);
  }

  #beat(beats: number): void {
    // He has read nothing for as many beats as chunks fit.
    if ((this.#controller.desiredSize ?? 0) <= 0) {
      this.end();
      return;
    }
    this.#write(':\n\n');
    if (beats % LOOK_EVERY === 0) this.lookAgain();
  }

  #write(text: string): void {
    if (!this.#ended) this.#controller.enqueue(new TextEncoder().encode(text));
  }

  #stop(): void {
    this.#ended = true;
    clearTimeout(this.#turn);
    for (const undo of this.#undo.splice(0)) undo();
  }
}
