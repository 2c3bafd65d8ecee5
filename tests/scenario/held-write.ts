import type { Page, Worker } from '@playwright/test';

/** One write of the phone's store, held open: everything is written in it, and nothing committed. */
export interface HeldWrite {
  readonly reached: Promise<void>;
}

/**
 * Holds the next transaction in which `place`, a tab or one of its workers, saves or applies a reply: after its last
 * write it is kept from completing, until whoever runs it is killed or `releaseWrite` is called.
 */
export async function holdNextWrite(place: Page | Worker): Promise<HeldWrite> {
  const arm = () => {
    const scope = globalThis as { writeHeld?: Promise<void>; releaseWrite?: () => void };
    const put = IDBObjectStore.prototype.put;
    let held = true;
    scope.releaseWrite = () => {
      held = false;
    };
    scope.writeHeld = new Promise((reached) => {
      IDBObjectStore.prototype.put = function holding(this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
        const request = put.apply(this, given);
        // Saves and replies write their bookkeeping last, and only they reach into the outbox.
        if (this.name !== 'meta' || !this.transaction.objectStoreNames.contains('outbox')) return request;
        IDBObjectStore.prototype.put = put;
        const stay = () => {
          if (held) this.get('origin').onsuccess = stay;
        };
        request.addEventListener('success', () => {
          stay();
          reached();
        });
        return request;
      };
    });
  };
  await (place as Page).evaluate(arm);
  const reached = (place as Page).evaluate(() => (globalThis as { writeHeld?: Promise<void> }).writeHeld);
  // Whoever is killed before it is reached says so here, and only to those who wait.
  reached.catch(() => undefined);
  return { reached: reached.then(() => undefined) };
}

export async function releaseWrite(place: Page | Worker): Promise<void> {
  await (place as Page).evaluate(() => (globalThis as { releaseWrite?: () => void }).releaseWrite?.());
}
