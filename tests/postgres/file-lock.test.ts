import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdFileLock } from '../../db/postgres/file-lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hikma-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that took the lock and was killed. */
async function leaveBehind(): Promise<void> {
  const module = new URL('../../db/postgres/file-lock.ts', import.meta.url).href;
  const script = `(await import(${JSON.stringify(module)})).holdFileLock(${JSON.stringify(path)}, 0).then(() => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['--input-type=module', '-e', script]), 'exit');
  await stat(path);
}

test('a second holder waits its time and gets nothing', async () => {
  const held = await holdFileLock(path, 0);
  expect(await holdFileLock(path, 60)).toBeNull();
  await held?.release();
  const next = await holdFileLock(path, 0);
  expect(next).not.toBeNull();
});

test('the lock of a killed process is taken over', async () => {
  await leaveBehind();
  expect(await holdFileLock(path, 0)).not.toBeNull();
});

test('a recycled pid is not mistaken for the holder', async () => {
  await leaveBehind();
  const left = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...left, pid: process.pid }));
  expect(await holdFileLock(path, 0)).not.toBeNull();
});

test('of many that take over at once, one at a time holds it', async () => {
  await leaveBehind();
  let holders = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const lock = await holdFileLock(path, 10_000);
      most = Math.max(most, ++holders);
      await new Promise(setImmediate);
      holders--;
      await lock?.release();
    }),
  );
  expect(most).toBe(1);
});

test('a file its maker died on before writing is taken over', async () => {
  await writeFile(path, '');
  expect(await holdFileLock(path, 0)).not.toBeNull();
});
