import { expose } from 'comlink';
import { isQuotaExceeded, keepBallast } from '../db/device/ballast.ts';
import { openDeviceDatabase } from '../db/device/device-database.ts';
import { readDevice, readFeed } from '../db/device/replica-state.ts';
import { unseal } from '../db/device/seal.ts';
import { ReplySize } from '../lib/replication/reply-size.ts';
import type { SyncProblem, SyncStatus, SyncWorker } from '../lib/replication/sync-worker.ts';
import { followLive, HINT_GAP_MS, type Live } from './live.ts';
import { type SyncRound, syncRound } from './sync-loop.ts';
import { httpUpstream, UpstreamRefusal } from './upstream.ts';

/** Poll while all is well, with jitter so that a clinic's phones do not ask at the same moment. */
const POLL_MS = 30_000;
/** While the upstream tells by itself what is new. */
const LIVE_POLL_MS = 120_000;
const MOST_BACKOFF_MS = 5 * 60_000;
/** One leader among the tabs of this phone. */
const LOCK = 'sync';

const database = openDeviceDatabase('relaxed');
const changed = new BroadcastChannel('charts');
/** Says to the leading tab, and to every tab's search, that something was saved here. */
const saves = new BroadcastChannel('saves');
/** What the leader is doing, for the tabs that do not lead. */
const statuses = new BroadcastChannel('sync-status');

/** What the line carries, learnt over all rounds. */
const replySize = new ReplySize();

let session: { key: CryptoKey } | null = null;
let listener: ((status: SyncStatus) => void) | null = null;
let wakeUp: () => void = noop;
let woken = false;
let leading = false;
/** The upstream's hints, while this tab leads. */
let live: Live | null = null;
let failures = 0;
let status: SyncStatus = {
  state: 'locked',
  problem: null,
  firstSync: null,
  lastContactMs: null,
  nextTryMs: null,
  digestsEqual: null,
  comparedWith: null,
  healed: 0,
};

const worker: SyncWorker<CryptoKey> = {
  async unlock(key) {
    const started = session !== null;
    session = { key };
    if (started) wake();
    else void navigator.locks.request(LOCK, lead);
  },
  async lock() {
    session = null;
    wake();
    say({ state: 'locked' });
  },
  async wake() {
    saves.postMessage(null);
    wakeNow();
  },
  async watch(watcher) {
    listener = watcher;
    watcher(status);
  },
  async ping() {
    // Answering is the answer.
  },
};

/** Runs while this worker is unlocked and holds the lock. */
async function lead(): Promise<void> {
  leading = true;
  live = followLive({
    bearer: liveBearer,
    cursors: readCursors,
    wake: wakeForHint,
    reached: () => {
      if (failures > 0) wakeForHint();
    },
  });
  while (session !== null) {
    woken = false;
    live.roundBegins();
    const waitMs = await round(session.key);
    const news = (await live.roundEnded()) && failures === 0;
    if (session !== null && !woken) await sleep(news ? HINT_GAP_MS : waitMs);
  }
  live.close();
  live = null;
  leading = false;
}

/** How far the feed that was last read is read. */
async function readCursors(): Promise<Readonly<Record<string, number>>> {
  const { epoch, cursors } = await readFeed(database);
  return epoch === null ? {} : (cursors[epoch] ?? {});
}

async function liveBearer(): Promise<string> {
  if (session === null) throw new Error('this phone is locked');
  return currentBearer(session.key);
}

/** A refusal is not for hints to ask again; that the upstream can be reached is. */
function wakeForHint(): void {
  if (failures === 0 || status.problem === 'offline' || status.problem === 'server-unreachable') wake();
}

/** One round; how long to wait before the next. */
async function round(key: CryptoKey): Promise<number> {
  say({ state: 'working', nextTryMs: null });
  try {
    const upstream = httpUpstream(await currentBearer(key), replySize);
    const compared = await syncRound(database, key, upstream, tellCharts, progress);
    failures = 0;
    const problem = !(await hasRoom()) ? 'storage-full' : compared.digestsEqual === false ? 'digests-differ' : null;
    return rest(problem, jittered(live?.alive() ? LIVE_POLL_MS : POLL_MS), compared);
  } catch (fault) {
    failures += 1;
    const { problem, waitMs } = diagnose(fault);
    return rest(problem, waitMs, { digestsEqual: null, comparedWith: null });
  }
}

/** Is there room for what a person will type? Told while there still is for one save. */
async function hasRoom(): Promise<boolean> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  return keepBallast(database, quota === undefined || usage === undefined ? null : quota - usage);
}

/** From the disk, every time: another tab may have connected this phone again. */
async function currentBearer(key: CryptoKey): Promise<string> {
  const device = await readDevice(database);
  if (device === null) throw new Error('this phone is not enrolled');
  return unseal<string>(key, 'bearer', device.bearer);
}

function rest(problem: SyncProblem | null, waitMs: number, compared: SyncRound): number {
  if (session !== null)
    say({ state: problem === null ? 'idle' : 'waiting', problem, ...compared, nextTryMs: Date.now() + waitMs });
  return waitMs;
}

function diagnose(fault: unknown): { problem: SyncProblem; waitMs: number } {
  const backoff = jittered(Math.min(MOST_BACKOFF_MS, 2000 * 2 ** Math.min(failures, 10)));
  if (fault instanceof UpstreamRefusal)
    return { problem: fault.problem, waitMs: fault.retryAfterMs ?? MOST_BACKOFF_MS };
  if (isQuotaExceeded(fault)) return { problem: 'storage-full', waitMs: MOST_BACKOFF_MS };
  if (fault instanceof TypeError || (fault instanceof DOMException && fault.name === 'TimeoutError')) {
    return { problem: navigator.onLine ? 'server-unreachable' : 'offline', waitMs: backoff };
  }
  reportError(fault);
  return { problem: 'internal', waitMs: backoff };
}

function tellCharts(ids: readonly string[]): void {
  if (ids.length > 0) changed.postMessage(ids.length);
}

async function progress(): Promise<void> {
  const { snapshot, lastContactMs, healed } = await readFeed(database);
  const firstSync =
    snapshot === null ? null : { stage: snapshot.stage, delivered: snapshot.delivered, totals: snapshot.totals };
  say({ firstSync, lastContactMs, healed });
}

function say(part: Partial<SyncStatus>): void {
  status = { ...status, ...part };
  if (leading && session !== null) statuses.postMessage(status);
  listener?.(status);
}

function heardLeader({ data }: MessageEvent<SyncStatus>): void {
  if (leading || session === null) return;
  status = data;
  listener?.(status);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wakeUp = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function wake(): void {
  woken = true;
  wakeUp();
}

function wakeNow(): void {
  failures = 0;
  wake();
}

function jittered(ms: number): number {
  return ms * (0.8 + 0.4 * Math.random());
}

function noop(): void {
  // Nobody sleeps.
}

addEventListener('online', wake);
addEventListener('online', () => live?.retry());
saves.addEventListener('message', wakeNow);
statuses.addEventListener('message', heardLeader);
expose(worker);
