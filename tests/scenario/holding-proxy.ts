import { once } from 'node:events';
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** Where an exchange is stopped: before the server got it, before the phone gets the reply, or in the middle of that. */
export const PHASES = ['request sent', 'reply held', 'reply half delivered'] as const;
export type Phase = (typeof PHASES)[number];

/** One POST that came here. */
export interface Asked {
  readonly path: string;
  readonly sentBytes: number;
  /** The request's JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the server answered; null when it did not. */
  answer: { readonly status: number; readonly bytes: number } | null;
  /** Was the whole answer handed on to the phone? */
  passed: boolean;
}

/** One request that is stopped on its way. */
export interface Held {
  /** When it stands where it was to be stopped. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  release(): void;
  /** The connection is cut: what was not handed on never is. */
  cut(): void;
}

export type HoldingProxy = Awaited<ReturnType<typeof aHoldingProxy>>;

class Stop implements Held {
  readonly #path: string;
  readonly #phase: Phase;
  readonly reached: Promise<void>;
  readonly #over: Promise<boolean>;
  #arrive!: () => void;
  #end!: (goesOn: boolean) => void;

  constructor(path: string, phase: Phase) {
    this.#path = path;
    this.#phase = phase;
    this.reached = new Promise((arrive) => {
      this.#arrive = arrive;
    });
    this.#over = new Promise((end) => {
      this.#end = end;
    });
  }

  isFor(path: string): boolean {
    return path === this.#path;
  }

  release(): void {
    this.#end(true);
  }

  cut(): void {
    this.#end(false);
  }

  /** Throws when it was cut. */
  async wait(phase: Phase): Promise<void> {
    if (phase !== this.#phase) return;
    this.#arrive();
    if (!(await this.#over)) throw new Error('cut');
  }
}

/** Stands between phones and a server on this machine; POSTs can be stopped, cut and counted, or nothing passes. */
export async function aHoldingProxy(port: number, upstream: string) {
  const agent = new Agent({ keepAlive: false });
  const asked: Asked[] = [];
  let stops: Stop[] = [];
  let down = false;

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? '/';
    const stop = incoming.method === 'POST' ? stops.find((one) => one.isFor(path)) : undefined;
    stops = stops.filter((one) => one !== stop);
    const body = await buffer(incoming);
    const entry: Asked = {
      ...{ path, sentBytes: body.length, body: jsonOf(incoming, body) },
      ...{ answer: null, passed: false },
    };
    if (incoming.method === 'POST') asked.push(entry);
    await stop?.wait('request sent');
    const { method, headers } = incoming;
    const asking = ask(`${upstream}${path}`, { agent, ...(method === undefined ? {} : { method }), headers });
    outgoing.on('close', () => asking.destroy());
    asking.end(body);
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    if (path === '/api/sync/live') {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
      return;
    }
    const whole = await buffer(answer);
    entry.answer = { status: answer.statusCode ?? 0, bytes: whole.length };
    await stop?.wait('reply held');
    const { 'transfer-encoding': _chunked, ...rest } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, { ...rest, 'content-length': whole.length });
    const half = stop === undefined ? 0 : Math.floor(whole.length / 2);
    if (half > 0) outgoing.write(whole.subarray(0, half));
    await stop?.wait('reply half delivered');
    outgoing.end(whole.subarray(half));
    await once(outgoing, 'finish');
    entry.passed = true;
  }

  const server = createServer((incoming, outgoing) => {
    // As where no server is: the connection ends without an answer.
    if (down) incoming.socket.destroy();
    else pass(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    origin: `http://localhost:${port}`,
    /** Stops the next POST to `path`. */
    hold(path: string, phase: Phase): Held {
      const stop = new Stop(path, phase);
      stops.push(stop);
      return stop;
    },
    /** The network goes (what is open is cut too), or is back. */
    setDown(now: boolean): void {
      down = now;
      if (now) server.closeAllConnections();
    },
    /** POSTs that came here, oldest first. */
    asked: (path: string): readonly Asked[] => asked.filter((one) => one.path === path),
    async close(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function jsonOf(incoming: IncomingMessage, body: Buffer): Record<string, unknown> {
  const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  try {
    return JSON.parse(plain.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
