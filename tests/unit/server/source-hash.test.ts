import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceHash } from '../../../app/server/source-hash.ts';

let root: string;
const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hikma-sources-'));
  for (const folder of ['app', 'db', 'lib', 'workers', 'public']) await put(`${folder}/a.ts`, folder);
  for (const file of ['next.config.mjs', 'postcss.config.mjs', 'package-lock.json']) await put(file, '1');
});
afterEach(() => rm(root, { recursive: true }));

test.each(['lib/a.ts', 'lib/deep/b.ts', 'package-lock.json', 'public/icon.svg'])(
  'a change of %s is a new build',
  async (path) => {
    const before = await sourceHash(root);
    await put(path, 'changed');
    expect(await sourceHash(root)).not.toBe(before);
  },
);

test('a moved file is a new build even with the same content', async () => {
  await put('lib/b.ts', 'x');
  const before = await sourceHash(root);
  await rm(join(root, 'lib/b.ts'));
  await put('lib/c.ts', 'x');
  expect(await sourceHash(root)).not.toBe(before);
});

test('tests, and what the build itself writes, are not', async () => {
  const before = await sourceHash(root);
  await put('tests/unit/a.test.ts', 'x');
  await put('public/service-worker.js', 'x');
  expect(await sourceHash(root)).toBe(before);
});
