import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, rename, stat, truncate } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { answersAsOurs, ensureDatabase, urlOf } from './cluster-client.ts';
import { clusterPassword, clusterPrograms, createCluster } from './cluster-create.ts';
import { isInUse, type PidFile, processesIn, readPidFile } from './cluster-processes.ts';
import { type ClusterUser, clusterUser, spawnAs } from './cluster-user.ts';
import { exists } from './file-exists.ts';
import { holdFileLock } from './file-lock.ts';
import { freePort } from './free-port.ts';

/** `adopted`: it was already running (another process of ours started it, or was killed and left it). */
export type EmbeddedDatabase = { url: string; adopted: boolean; stop(): Promise<void> };

type Place = { cluster: string; log: string; portFile: string; password: string; user: ClusterUser };

const patienceMs = 30_000;
const logLimitBytes = 5_000_000;

/**
 * Starts the PostgreSQL of `${dataDir}/postgres`, or adopts the one already running there. Never kills or
 * deletes anything: what it cannot settle in 30 s it says in a sentence.
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
  const home = join(resolve(dataDir), 'postgres');
  const user = await clusterUser();
  await mkdir(resolve(dataDir), { recursive: true });
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (user) await chown(home, user.uid, user.gid);
  const lock = await holdFileLock(join(home, 'start.lock'), 2 * patienceMs);
  if (!lock) throw new Error(`Another process has been starting the database in ${home} for a minute.`);
  try {
    const password = await clusterPassword(resolve(dataDir), () => randomBytes(24).toString('base64url'));
    const [cluster, log, portFile] = [join(home, 'cluster'), join(home, 'log'), join(home, 'port')];
    const place: Place = { cluster, log, portFile, password, user };
    if (!(await exists(cluster))) await createCluster(cluster, password, user);
    const running = await settle(place);
    const { pid, port } = running ?? (await start(place));
    await ensureDatabase({ ...place, port });
    return { url: urlOf({ ...place, port }, 'hikma'), adopted: running !== null, stop: () => stop(place, pid) };
  } finally {
    await lock.release();
  }
}

/** Decides between adopting (the running one is returned) and starting (null). */
async function settle(place: Place): Promise<PidFile | null> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const file = await readPidFile(place.cluster);
    const mine = processesIn(place.cluster, place.user) ?? (file && isInUse(file.pid) ? [file.pid] : []);
    if (file && mine.includes(file.pid)) {
      if (await answersAsOurs({ ...place, port: file.port })) return file;
    } else if (mine.length === 0) {
      // Stale. PostgreSQL removes the file itself unless the pid lives on as a stranger or an unreaped zombie.
      const path = join(place.cluster, 'postmaster.pid');
      if (file && isInUse(file.pid)) await rename(path, `${path}.stale`);
      return null;
    }
    if (performance.now() > deadline) throw new Error(whyNotSettled(place, file, mine));
    await wait(50);
  }
}

function whyNotSettled(place: Place, file: PidFile | null, mine: number[]): string {
  return file && mine.includes(file.pid)
    ? `The database process ${file.pid} of ${place.cluster} runs but does not answer with our password. Look at ${place.log}; stop that process, or restore secrets/postgres-password.`
    : `Processes ${mine.join(', ')} of an earlier database in ${place.cluster} do not end. Stop them, then start again.`;
}

async function start(place: Place): Promise<{ pid: number; port: number }> {
  const { postgres } = await clusterPrograms();
  const port = await freePort(place.portFile);
  if ((await exists(place.log)) && (await stat(place.log)).size > logLimitBytes) await truncate(place.log);
  const log = await open(place.log, 'a', 0o600);
  const stdio = ['ignore', log.fd, log.fd] as const;
  const options = { detached: true, stdio: [...stdio], env: { ...process.env, LC_MESSAGES: 'C', TZ: 'UTC' } };
  const child = await spawnAs(place.user, postgres, postgresFlags(place.cluster, port), [place.cluster], options);
  await log.close();
  child.unref();
  let ended: string | null = null;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${code ?? signal}`;
  });
  const deadline = performance.now() + patienceMs;
  while (!(await answersAsOurs({ ...place, port }))) {
    if (ended !== null || performance.now() > deadline) {
      throw new Error(`The database did not start (${ended ?? 'no answer in 30 s'}). Look at ${place.log}.`);
    }
    await wait(20);
  }
  return { pid: child.pid as number, port };
}

function postgresFlags(cluster: string, port: number): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // A failing statement or its DETAIL line may carry a patient's values: neither may reach the log file.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** SIGINT is PostgreSQL's fast shutdown; the pid file goes when everything is on disk. */
async function stop(place: Place, pid: number): Promise<void> {
  const file = await readPidFile(place.cluster);
  const mine = processesIn(place.cluster, place.user);
  if (file?.pid !== pid || (mine && !mine.includes(pid))) return;
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + patienceMs;
  while ((await readPidFile(place.cluster))?.pid === pid) {
    if (performance.now() > deadline) throw new Error(`The database process ${pid} did not stop in 30 s.`);
    await wait(10);
  }
}
