import { proxy, type Remote } from 'comlink';
import { useSyncExternalStore } from 'react';
import type { SyncStatus, SyncWorker } from '../../lib/replication/sync-worker.ts';
import type { IndexStatus, IndexWorker } from '../../lib/search/index-worker.ts';
import { KeptWorker } from './kept-worker.ts';
import { currentPhone, subscribePhone } from './phone.ts';

interface Started {
  readonly sync: KeptWorker<SyncWorker<CryptoKey>>;
  readonly index: KeptWorker<IndexWorker<CryptoKey>>;
}

/** How often a page that is looked at makes sure that its workers are alive. */
const CHECK_MS = 30_000;

let started: Started | null = null;
let syncStatus: SyncStatus | null = null;
let indexStatus: IndexStatus = { ready: false, patients: 0 };
const listeners = new Set<() => void>();

/** Starts both workers and keeps them in step with the phone: unlocked with it, locked with it. Called once. */
export async function startWorkers(): Promise<void> {
  if (started !== null) return;
  started = { sync: new KeptWorker(sync), index: new KeptWorker(index) };
  subscribePhone(() => followPhone().catch(reportError));
  setInterval(checkWorkers, CHECK_MS);
  document.addEventListener('visibilitychange', checkWorkers);
  await Promise.all([started.sync.ask(sync.prepare), started.index.ask(index.prepare)]);
}

const sync = {
  start: () => new Worker(new URL('../../workers/sync.worker.ts', import.meta.url), { type: 'module', name: 'sync' }),
  ping: (worker: Remote<SyncWorker<CryptoKey>>) => worker.ping(),
  prepare: async (worker: Remote<SyncWorker<CryptoKey>>) => {
    await worker.watch(proxy(heardSync));
    await syncAsPhone(worker);
  },
};

const index = {
  start: () => new Worker(new URL('../../workers/index.worker.ts', import.meta.url), { type: 'module', name: 'index' }),
  ping: (worker: Remote<IndexWorker<CryptoKey>>) => worker.ping(),
  prepare: async (worker: Remote<IndexWorker<CryptoKey>>) => {
    await worker.watch(proxy(heardIndex));
    await indexAsPhone(worker);
  },
};

function syncAsPhone(worker: Remote<SyncWorker<CryptoKey>>): Promise<void> {
  const phone = currentPhone();
  return phone.state === 'open' ? worker.unlock(phone.session.key) : worker.lock();
}

function indexAsPhone(worker: Remote<IndexWorker<CryptoKey>>): Promise<void> {
  const phone = currentPhone();
  return phone.state === 'open' ? worker.open(phone.session.key) : worker.close();
}

async function followPhone(): Promise<void> {
  await Promise.all([started?.sync.ask(syncAsPhone), started?.index.ask(indexAsPhone)]);
}

function checkWorkers(): void {
  if (started === null || document.visibilityState === 'hidden') return;
  Promise.all([started.sync.check(), started.index.check()]).catch(reportError);
}

/** Tells the workers that something was saved here. */
export async function announceSave(): Promise<void> {
  await Promise.all([started?.index.ask((one) => one.catchUp()), syncNow()]);
}

export async function syncNow(): Promise<void> {
  await started?.sync.ask((one) => one.wake());
}

/** Asks the search worker. Throws before `startWorkers`. */
export async function askIndex<R>(question: (index: Remote<IndexWorker<CryptoKey>>) => Promise<R>): Promise<R> {
  if (started === null) throw new Error('the workers were not started');
  return started.index.ask(question);
}

function heardSync(status: SyncStatus): void {
  syncStatus = status;
  tell();
}

function heardIndex(status: IndexStatus): void {
  indexStatus = status;
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the sync worker is doing; null before it said anything. */
export function useSyncStatus(): SyncStatus | null {
  return useSyncExternalStore(
    subscribe,
    () => syncStatus,
    () => null,
  );
}

export function useIndexStatus(): IndexStatus {
  return useSyncExternalStore(
    subscribe,
    () => indexStatus,
    () => indexStatus,
  );
}
