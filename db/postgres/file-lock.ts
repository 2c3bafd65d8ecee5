import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

export type FileLock = { release(): Promise<void> };

type Holder = { pid: number; startedAt: string | null; token: string };

/**
 * Holds a lock file while this process works, and takes over one whose process has died (kill -9).
 * Waits up to `waitMs`; resolves to null when a living process still holds it then.
 * The process start time is written beside the pid, so that a recycled pid is not mistaken for the holder.
 */
export async function holdFileLock(path: string, waitMs: number): Promise<FileLock | null> {
  const me: Holder = { pid: process.pid, startedAt: await processStartedAt(process.pid), token: randomUUID() };
  const deadline = performance.now() + waitMs;
  for (;;) {
    if (await tryCreate(path, me)) return { release: () => releaseIfMine(path, me) };
    const holder = await readHolder(path);
    if (holder === 'absent') continue;
    if (holder === 'unreadable' || !(await isAlive(holder))) {
      if (performance.now() > deadline || holder !== 'unreadable') await moveAside(path, holder);
    } else if (performance.now() > deadline) return null;
    await wait(20);
  }
}

async function tryCreate(path: string, me: Holder): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch(unless('EEXIST'));
  if (!file) return false;
  await file.writeFile(JSON.stringify(me));
  await file.close();
  return true;
}

async function readHolder(path: string): Promise<Holder | 'absent' | 'unreadable'> {
  const text = await readFile(path, 'utf8').catch(unless('ENOENT'));
  if (text === null) return 'absent';
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Its maker is between creating and writing, or died there.
    return 'unreadable';
  }
}

/** Two processes may both see a dead holder: whoever moved a fresh file away by mistake puts it back. */
async function moveAside(path: string, seen: Holder | 'unreadable'): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(() => true, unless('ENOENT'));
  if (!moved) return;
  const holder = await readHolder(aside);
  const sameAsSeen = typeof holder === 'object' && typeof seen === 'object' ? holder.token === seen.token : true;
  if (sameAsSeen) await rm(aside, { force: true });
  else await rename(aside, path);
}

async function releaseIfMine(path: string, me: Holder): Promise<void> {
  const holder = await readHolder(path);
  if (typeof holder === 'object' && holder.token === me.token) await rm(path, { force: true });
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startedAt = await processStartedAt(holder.pid);
  return startedAt === holder.startedAt || startedAt === null;
}

/** Clock ticks since boot, from /proc; null where there is no /proc. A zombie counts as gone. */
async function processStartedAt(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(unless('ENOENT'));
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
}

function unless(code: string): (error: NodeJS.ErrnoException) => null {
  return (error) => {
    if (error.code === code) return null;
    throw error;
  };
}
