import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The account PostgreSQL runs under when we are root (it refuses root); null: under our own. */
export type ClusterUser = { uid: number; gid: number } | null;

/** Finds the `postgres` account, or makes it. Needs root only when we are root. */
export async function clusterUser(): Promise<ClusterUser> {
  if (process.getuid?.() !== 0) return null;
  const known = await accountOf('postgres');
  if (known) return known;
  await run('groupadd', ['--force', '--system', 'postgres']);
  await run('useradd', ['--system', '--no-create-home', '--gid', 'postgres', 'postgres']);
  const made = await accountOf('postgres');
  if (!made) throw new Error('As root PostgreSQL needs an account named postgres, and making one failed.');
  return made;
}

async function accountOf(name: string): Promise<ClusterUser> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails exactly when there is no such account.
    return null;
  }
}

/**
 * Starts a program as the cluster's user. When that user cannot walk to `paths` (a checkout under /root is
 * closed to everyone else) the process keeps one capability of root's, to open folders and files, by setpriv of
 * util-linux; the securebit makes access(2), which PostgreSQL asks first, count it too.
 */
export async function spawnAs(
  user: ClusterUser,
  program: string,
  args: string[],
  paths: string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  if (!user) return spawn(program, args, options);
  const walkable = await Promise.all([program, ...paths].map((path) => canWalkTo(path, user)));
  if (walkable.every(Boolean)) return spawn(program, args, { ...options, ...user });
  const ids = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
  return spawn('setpriv', [...ids, ...capability, '--', program, ...args], options);
}

async function canWalkTo(path: string, user: { uid: number; gid: number }): Promise<boolean> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
  }
  return true;
}
