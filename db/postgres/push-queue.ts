import type pg from 'pg';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { acceptPushes, type Push } from './accept-changes.ts';

/** Transactions at a time, pushes and changes in one. Measured: two slots of ten give 5× where the disk is slow. */
const SLOTS = 2;
const MAX_PUSHES = 10;
const MAX_CHANGES = 1000;

interface Waiting {
  readonly push: Push;
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Pushes that wait in this process share a transaction, so that a slow disk is waited for once. No timer: a push that
 * finds a free slot goes alone and at once. Nobody is answered before the commit.
 */
export class PushQueue {
  readonly #pool: pg.Pool;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  push(push: Push): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ push, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    while (this.#running < SLOTS && this.#waiting.length > 0) {
      this.#running += 1;
      void this.#run(this.#take());
    }
  }

  #take(): Waiting[] {
    const batch: Waiting[] = [];
    let changes = 0;
    while (batch.length < MAX_PUSHES) {
      const next = this.#waiting[0];
      if (next === undefined) break;
      changes += next.push.actions.reduce((sum, action) => sum + action.changes.length, 0);
      if (batch.length > 0 && changes > MAX_CHANGES) break;
      batch.push(this.#waiting.shift()!);
    }
    return batch;
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await acceptPushes(
        this.#pool,
        batch.map(({ push }) => push),
      );
      batch.forEach(({ resolve }, index) => {
        resolve(outcomes[index]!);
      });
    } catch (fault) {
      await this.#alone(batch, fault);
    } finally {
      this.#running -= 1;
      this.#start();
    }
  }

  /** What failed together is tried one by one, so that one sender's fault is not another's. */
  async #alone(batch: readonly Waiting[], fault: unknown): Promise<void> {
    if (batch.length === 1) batch[0]!.reject(fault);
    else {
      for (const { push, resolve, reject } of batch) {
        await acceptPushes(this.#pool, [push]).then(([outcomes]) => resolve(outcomes!), reject);
      }
    }
  }
}

const key = Symbol.for('hikma.pushQueues');
const place = globalThis as typeof globalThis & { [key]?: WeakMap<pg.Pool, PushQueue> };

/** The one queue of a pool in this process. On globalThis, because Next loads this module once per bundle of routes. */
export function pushQueueOf(pool: pg.Pool): PushQueue {
  place[key] ??= new WeakMap();
  const queues = place[key];
  const queue = queues.get(pool) ?? new PushQueue(pool);
  queues.set(pool, queue);
  return queue;
}
