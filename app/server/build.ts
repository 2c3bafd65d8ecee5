import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { holdFileLock } from '../../db/postgres/file-lock.ts';
import { projectRoot, sourceHash } from './source-hash.ts';

export const nextFolder = join(projectRoot, '.next');
const builtFrom = join(nextFolder, 'built-from');

/** Builds when the sources or the lockfile differ from what was built last. With `noBuild` it refuses instead. */
export async function buildWhenNeeded(noBuild: boolean, say: (line: string) => void = console.log): Promise<void> {
  if (await isBuilt()) return;
  if (noBuild)
    throw new Error('The sources differ from what was built and NO_BUILD is set. Run `npm run build` first.');
  await build(say);
}

/** Runs `next build` and notes what it was built from. Two processes build one after the other. */
export async function build(say: (line: string) => void = console.log): Promise<void> {
  await mkdir(join(nextFolder, 'cache'), { recursive: true });
  const lock = await holdFileLock(join(nextFolder, 'cache', 'build.lock'), 15 * 60_000);
  if (!lock) throw new Error('Another process has been building for 15 minutes.');
  try {
    if (await isBuilt()) return;
    say('Building, because the sources changed: one to three minutes, about 1.3 GB of memory.');
    const before = await sourceHash();
    const startedAt = performance.now();
    await rm(builtFrom, { force: true });
    await runNextBuild();
    await writeFile(builtFrom, before);
    say(`Built in ${Math.round((performance.now() - startedAt) / 1000)} s.`);
  } finally {
    await lock.release();
  }
}

async function isBuilt(): Promise<boolean> {
  const from = await readFile(builtFrom, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return from !== null && from === (await sourceHash());
}

async function runNextBuild(): Promise<void> {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const;
  const child = spawn(process.execPath, [next, 'build', '--webpack'], { cwd: projectRoot, stdio: 'inherit', env });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error('The build failed; its messages stand above.');
}
