import { readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterUser } from './cluster-user.ts';

export type PidFile = { pid: number; dataDirectory: string; port: number };

/** Reads postmaster.pid: line 1 pid, 2 data directory, 4 port. Null when there is none. */
export async function readPidFile(cluster: string): Promise<PidFile | null> {
  let text: string;
  try {
    text = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const lines = text.split('\n');
  return { pid: Number(lines[0]), dataDirectory: lines[1] ?? '', port: Number(lines[3] ?? 0) };
}

/**
 * Pids of the processes that work in the cluster's folder: a postmaster and its children do, nothing else.
 * Null where there is no /proc (macOS, Windows): nothing is known there.
 * A zombie has no working folder, so it is not listed.
 */
export function processesIn(cluster: string, user: ClusterUser): number[] | null {
  if (process.platform !== 'linux') return null;
  const found = new Set(pidsWorkingIn(cluster));
  // Root without CAP_SYS_PTRACE (containers) may not read links of another user's processes; that user may.
  if (user) for (const pid of asUser(user, () => pidsWorkingIn(cluster))) found.add(pid);
  return [...found];
}

export function isInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function pidsWorkingIn(cluster: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => workingFolder(pid) === cluster).map(Number);
}

function workingFolder(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // Gone meanwhile, a zombie, or not ours to read.
    return null;
  }
}

/** Synchronous on purpose: nothing else runs in this thread while the effective user differs. */
function asUser<T>(user: { uid: number; gid: number }, look: () => T): T {
  process.setegid?.(user.gid);
  process.seteuid?.(user.uid);
  try {
    return look();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
