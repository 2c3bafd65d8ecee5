import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openEmbedded } from '../../db/postgres/embedded.ts';

export type AppServer = {
  origin: string;
  dataDir: string;
  /** What it printed so far. */
  output(): string;
  /** As a power cut: SIGKILL, the database process stays behind. */
  kill(): Promise<void>;
  /** As Ctrl-C. */
  stop(): Promise<void>;
  /** Starts again on the same data and port; the process must have ended. */
  restart(): Promise<void>;
  /** Ends everything of it, its data folder too when it was made here. */
  dispose(): Promise<void>;
};

type Options = { port: number; dataDir?: string; env?: Record<string, string>; args?: string[] };

/** `node app/server/start.ts` as a process of its own, ready when this resolves. Build beforehand. */
export async function startServer(options: Options): Promise<AppServer> {
  const dataDir = options.dataDir ?? (await aDataDir());
  const origin = `http://localhost:${options.port}`;
  let printed = '';
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const env = { ...process.env, NO_BUILD: '1', ...options.env, PORT: String(options.port), DATA_DIR: dataDir };
    const start = new URL('../../app/server/start.ts', import.meta.url).pathname;
    const cwd = new URL('../..', import.meta.url).pathname;
    const process_ = spawn(process.execPath, [start, ...(options.args ?? [])], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process_.stderr.on('data', (chunk: Buffer) => {
      printed += chunk;
    });
    await new Promise<void>((ready, failed) => {
      process_.once('exit', (code) => failed(new Error(`The server ended (${code}) before it was ready:\n${printed}`)));
      createInterface(process_.stdout).on('line', (line) => {
        printed += `${line}\n`;
        if (line.startsWith('Ready at ')) ready();
      });
    });
    return process_;
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  return {
    origin,
    dataDir,
    output: () => printed,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: async () => {
      child = await launch();
    },
    dispose: async () => {
      await end('SIGTERM');
      if (!options.env?.DATABASE_URL && !process.env.DATABASE_URL) await (await openEmbedded(dataDir)).stop();
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function aDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hikma-data-'));
  await chmod(folder, 0o755);
  return folder;
}
