import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openEmbedded } from '../../db/postgres/embedded.ts';
import { type AppServer, startServer } from '../scenario/app-server.ts';

let server: AppServer;
test.beforeEach(async () => {
  server = await startServer({ port: 3052 });
});
test.afterEach(() => server.dispose());

const postmasterFile = () => join(server.dataDir, 'postgres', 'cluster', 'postmaster.pid');
const health = async () => (await fetch(`${server.origin}/health/db`)).json();

/** Runs npm start's program to its end: what a person reads when it refuses. */
async function refusal(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const start = new URL('../../app/server/start.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [start], {
    env: { ...process.env, NO_BUILD: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

test('it serves, migrated, and says how it is', async () => {
  expect(await health()).toMatchObject({ status: 'ok', migration: expect.any(Number) });
  expect(await (await fetch(`${server.origin}/health`)).json()).toEqual({ status: 'ok' });
});

test('after a power cut it starts again on the database that was left running', async () => {
  const before = await health();
  await server.kill();
  expect((await stat(postmasterFile())).isFile()).toBe(true);
  await server.restart();
  expect(await health()).toEqual(before);
});

test('Ctrl-C ends the database with it', async () => {
  await server.stop();
  await expect(stat(postmasterFile())).rejects.toThrow('ENOENT');
});

test('a second server on the same data is refused, and the first goes on', async () => {
  const { code, said } = await refusal({ DATA_DIR: server.dataDir, PORT: '3053' });
  expect(code).toBe(1);
  expect(said).toContain('Another server already uses');
  expect(await health()).toMatchObject({ status: 'ok' });
});

test('a port in use and a bad setting are each said in a sentence', async () => {
  const taken = await refusal({ DATA_DIR: `${server.dataDir}/other`, PORT: '3052' });
  expect(taken).toMatchObject({ code: 1, said: expect.stringContaining('Port 3052 is used by another program') });
  await expect(stat(join(server.dataDir, 'other', 'postgres', 'cluster', 'postmaster.pid'))).rejects.toThrow('ENOENT');
  const bad = await refusal({ PORT: 'abc' });
  expect(bad).toMatchObject({ code: 1, said: 'PORT must be a whole number between 1 and 65535.\n' });
});

test('when the database goes away the health check says so, and when it is back all is well', async () => {
  await (await openEmbedded(server.dataDir)).stop();
  const away = await fetch(`${server.origin}/health/db`);
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({ code: 'busy' });
  await openEmbedded(server.dataDir);
  expect(await health()).toMatchObject({ status: 'ok' });
});
