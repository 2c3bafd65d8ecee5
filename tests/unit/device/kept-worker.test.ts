import { expose, type Remote } from 'comlink';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeptWorker } from '../../../app/device/kept-worker.ts';

interface Counter {
  ping(): Promise<void>;
  add(): Promise<number>;
}

const open: MessagePort[] = [];
// Time passes only where a test says so: a busy machine ends no worker.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  for (const port of open.splice(0)) port.close();
});

/** Workers that are message ports: each counts by itself, and an ended one says nothing more. */
function someWorkers() {
  const ends: (() => void)[] = [];
  const start = () => {
    const { port1, port2 } = new MessageChannel();
    open.push(port1, port2);
    let count = 0;
    expose({ ping: async () => undefined, add: async () => ++count } satisfies Counter, port2);
    const terminate = () => port2.close();
    ends.push(terminate);
    return Object.assign(port1, { terminate });
  };
  const prepared: Remote<Counter>[] = [];
  const kept = new KeptWorker<Counter>({
    start,
    ping: (worker) => worker.ping(),
    prepare: async (worker) => void prepared.push(worker),
  });
  return { kept, started: ends, endLast: () => ends.at(-1)!(), prepared };
}

const LONG_MS = 20_000;
const add = (worker: Remote<Counter>) => worker.add();

it('one worker answers as long as it runs', async () => {
  const { kept, started } = someWorkers();
  expect([await kept.ask(add), await kept.ask(add)]).toEqual([1, 2]);
  await kept.check();
  expect(started).toHaveLength(1);
});

it('what an ended worker was asked, another answers, once it is as the page is', async () => {
  const { kept, started, endLast, prepared } = someWorkers();
  await kept.ask(add);
  endLast();
  const asked = Promise.all([kept.ask(add), kept.ask(add)]);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(await asked).toEqual([1, 2]);
  expect(started).toHaveLength(2);
  expect(prepared).toHaveLength(1);
});

it('is noticed without a question, too', async () => {
  const { kept, started, endLast } = someWorkers();
  endLast();
  const checked = kept.check();
  await vi.advanceTimersByTimeAsync(LONG_MS);
  await checked;
  expect(started).toHaveLength(2);
  expect(await kept.ask(add)).toBe(1);
});

it('a fault of the worker is told to who asked, and ends nothing', async () => {
  const { kept, started } = someWorkers();
  await expect(kept.ask(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(started).toHaveLength(1);
});
