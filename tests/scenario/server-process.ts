import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const script = new URL('sync-server.ts', import.meta.url).pathname;

export type ServerProcess = Awaited<ReturnType<typeof aServerProcess>>;

/** The routes as a process of their own on a database that is migrated, ready when this resolves. */
export async function aServerProcess(databaseUrl: string, env: Record<string, string> = {}) {
  let errors = '';
  let port = 0;
  let child: ChildProcess;
  let ready = launch();
  await ready;

  async function launch(): Promise<void> {
    const surroundings = { ...process.env, ...env, DATABASE_URL: databaseUrl, PORT: String(port) };
    child = spawn(process.execPath, [script], { env: surroundings, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the server ended (${code ?? signal}) before it was ready:\n${errors}`);
    });
    const lines = createInterface(child.stdout!);
    const said = new Promise<string>((resolve) => {
      // Goes on reading: a pipe that nobody empties would stop the server at its next line.
      lines.on('line', (line) => line.startsWith('port ') && resolve(line));
    });
    port = Number((await Promise.race([said, ended])).split(' ')[1]);
    ended.catch(() => undefined);
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  return {
    origin: () => `http://127.0.0.1:${port}`,
    /** Everything it wrote to stderr. */
    errors: () => errors,
    alive: () => child.exitCode === null && child.signalCode === null,
    /** Resolves while it answers; after a kill, when it was started again. */
    ready: () => ready,
    /** As a power cut of this process: SIGKILL, and at once started again on the same port. */
    async killAndRestart(): Promise<void> {
      ready = end('SIGKILL').then(launch);
      await ready;
    },
    stop: () => end('SIGKILL'),
  };
}
