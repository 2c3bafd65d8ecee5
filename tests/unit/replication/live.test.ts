import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followLive, type Live } from '../../../workers/live.ts';

/** A server of streams: each request takes the next answer, or waits for one. */
let opened: { signal: AbortSignal; send(text: string): void; end(): void }[];
let answers: (Response | 'unreachable')[];
let cursors: Record<string, number>;
let wakes: number;
let reached: number;
let live: Live;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  [opened, answers, cursors, wakes, reached] = [[], [], { desk: 5 }, 0, 0];
  vi.stubGlobal('fetch', async (_: string, { signal }: { signal: AbortSignal }) => {
    const answer = answers.shift();
    if (answer === 'unreachable') throw new TypeError('Failed to fetch');
    if (answer !== undefined) return answer;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const abort = () => controller.error(signal.reason);
        signal.addEventListener('abort', abort);
        opened.push({
          signal,
          send: (text) => controller.enqueue(new TextEncoder().encode(text)),
          end: () => {
            signal.removeEventListener('abort', abort);
            controller.close();
          },
        });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  });
});
afterEach(() => {
  live.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function follow() {
  live = followLive({
    bearer: async () => 'b',
    cursors: async () => cursors,
    wake: () => wakes++,
    reached: () => reached++,
  });
  await passed(0);
}

const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const hint = (scope: string, seq: number) => `data: ${JSON.stringify({ scope, seq })}\n\n`;

async function hear(text: string) {
  opened.at(-1)!.send(text);
  await passed(0);
}

describe('a phone that follows the live stream', () => {
  it('wakes for a scope beyond its cursor, and for one it knows nothing of, not for what it has read', async () => {
    await follow();
    await hear(hint('desk', 5));
    expect(wakes).toBe(0);
    await hear(hint('desk', 6));
    expect(wakes).toBe(1);
    live.roundBegins();
    await live.roundEnded();
    await passed(1000);
    await hear(hint('stock', 1));
    expect(wakes).toBe(2);
  });

  it('makes one exchange of many hints, at most one a second', async () => {
    await follow();
    live.roundBegins();
    await live.roundEnded();
    for (let seq = 6; seq < 20; seq++) await hear(hint('desk', seq));
    expect(wakes).toBe(0);
    await passed(1000);
    expect(wakes).toBe(1);
  });

  it('judges what came during a round when it ends: read by it, or not', async () => {
    await follow();
    for (const [readUpTo, news] of [
      [6, false],
      [5, true],
    ] as const) {
      live.roundBegins();
      await hear(hint('desk', 6));
      cursors = { desk: readUpTo };
      expect(await live.roundEnded()).toBe(news);
    }
    // What cannot be read here (a right that ends) is asked for once more, not for ever.
    live.roundBegins();
    expect(await live.roundEnded()).toBe(false);
    expect(wakes).toBe(0);
  });

  it('takes no notice of what it does not understand', async () => {
    await follow();
    await hear('data: soon\n\ndata: {"scope":7}\n\ndata: {"scope":"desk","seq":-1}\n\n');
    expect(wakes).toBe(0);
    await hear(hint('desk', 6));
    expect(wakes).toBe(1);
  });

  it('comes again when the stream ends, and asks within 45 s if there is none by then', async () => {
    await follow();
    await hear(': live\n\n');
    expect(live.alive()).toBe(true);
    answers = Array.from({ length: 20 }, () => 'unreachable');
    opened[0]!.end();
    await passed(0);
    expect(live.alive()).toBe(false);
    await passed(45_000);
    expect(wakes).toBe(1);
    answers = [];
    for (let second = 0; second < 90 && opened.length === 1; second++) await passed(1000);
    expect(opened).toHaveLength(2);
    await hear(':\n\n');
    expect([live.alive(), reached]).toEqual([true, 2]);
  });

  it('a stream that is silent for a minute is dead', async () => {
    await follow();
    await hear(':\n\n');
    await passed(59_000);
    await hear(':\n\n');
    await passed(59_000);
    expect(live.alive()).toBe(true);
    await passed(1000);
    expect(live.alive()).toBe(false);
    await passed(1500);
    expect(opened).toHaveLength(2);
  });

  it('a device that was withdrawn lets the exchange find out, and does not come again for minutes', async () => {
    answers = [new Response(null, { status: 410 })];
    await follow();
    expect(wakes).toBe(1);
    await passed(149_000);
    expect(opened).toHaveLength(0);
    await passed(301_000);
    expect(opened.length).toBeGreaterThan(0);
  });

  it("a Wi-Fi's sign-in page is no stream", async () => {
    answers = [new Response('<p>Welcome', { headers: { 'content-type': 'text/html' } })];
    await follow();
    expect(live.alive()).toBe(false);
  });

  it('another network: the old stream is left at once; closed: it is ended and stays so', async () => {
    await follow();
    await hear(':\n\n');
    live.retry();
    await passed(1500);
    expect(opened.map((one) => one.signal.aborted)).toEqual([true, false]);
    live.close();
    await passed(600_000);
    expect(opened.map((one) => one.signal.aborted)).toEqual([true, true]);
    expect(wakes).toBe(0);
  });
});
