import { proxy, type Remote, wrap } from 'comlink';
import { useSyncExternalStore } from 'react';
import type { SyncStatus, SyncWorker } from '../../lib/replication/sync-worker.ts';
import type { IndexStatus, IndexWorker } from '../../lib/search/index-worker.ts';
import { currentPhone, subscribePhone } from './phone.ts';

interface Started {
  readonly sync: Remote<SyncWorker<CryptoKey>>;
  readonly index: Remote<IndexWorker<CryptoKey>>;
}

let started: Started | null = null;
let syncStatus: SyncStatus | null = null;
let indexStatus: IndexStatus = { ready: false, patients: 0 };
const listeners = new Set<() => void>();

/** Starts both workers and keeps them in step with the phone: unlocked with it, locked with it. Called once. */
export async function startWorkers(): Promise<void> {
  if (started !== null) return;
  const sync = new Worker(new URL('../../workers/sync.worker.ts', import.meta.url), { type: 'module', name: 'sync' });
  const index = new Worker(new URL('../../workers/index.worker.ts', import.meta.url), {
    type: 'module',
    name: 'index',
  });
  started = { sync: wrap<SyncWorker<CryptoKey>>(sync), index: wrap<IndexWorker<CryptoKey>>(index) };
  subscribePhone(() => void followPhone());
  await started.sync.watch(proxy(heardSync));
  await started.index.watch(proxy(heardIndex));
  await followPhone();
}

async function followPhone(): Promise<void> {
  const phone = currentPhone();
  if (started === null) return;
  if (phone.state !== 'open') {
    await Promise.all([started.sync.lock(), started.index.close()]);
    return;
  }
  const { key, bearer } = phone.session;
  await Promise.all([started.sync.unlock(key, bearer), started.index.open(key)]);
}

/** Tells the workers that something was saved here. */
export async function announceSave(): Promise<void> {
  await Promise.all([started?.index.catchUp(), started?.sync.wake()]);
}

export async function syncNow(): Promise<void> {
  await started?.sync.wake();
}

/** The search worker. Throws before `startWorkers`. */
export function searchIndex(): Remote<IndexWorker<CryptoKey>> {
  if (started === null) throw new Error('the workers were not started');
  return started.index;
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
