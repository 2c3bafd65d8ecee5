import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Everything `next build` reads. Tests, documents and what the build itself writes are not among it. */
const sources = ['app', 'db', 'lib', 'workers', 'public', 'next.config.mjs', 'postcss.config.mjs', 'package-lock.json'];
const written = new Set(['public/service-worker.js', 'public/service-worker.js.map']);

export const projectRoot = resolve(import.meta.dirname, '..', '..');

/** One short hash for the sources and the lockfile: the build id, the precache revision and `.next/built-from`. */
export async function sourceHash(root = projectRoot): Promise<string> {
  const paths = (await Promise.all(sources.map((source) => filesUnder(root, source)))).flat().sort();
  const hash = createHash('sha256');
  for (const path of paths.filter((path) => !written.has(path))) {
    const content = createHash('sha256').update(await readFile(join(root, path)));
    hash.update(`${path} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex').slice(0, 20);
}

async function filesUnder(root: string, source: string): Promise<string[]> {
  if (/\.\w+$/.test(source)) return [source];
  const entries = await readdir(join(root, source), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
