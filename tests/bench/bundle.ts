import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type BenchLine, round } from './bench-line.ts';

const root = new URL('../../', import.meta.url);

/** An empty static page of the same Next and React, and Dexie beside it (performance.md P11): KB of gzip. */
const FLOOR_KB = 133 + 33;

/** P11: what a phone fetches before its first screen, and what it keeps for all of them. Needs a build. */
export async function run(): Promise<BenchLine[]> {
  const first = await kilobytes(await firstScripts());
  const kept = await keptScripts();
  const all = await kilobytes(kept);
  return [
    line('first clinic screen, all its scripts', first),
    line('first clinic screen above the floor', first - FLOOR_KB, 90),
    line('all clinic screens and workers above the floor', all - FLOOR_KB, 600),
    {
      ...line('scripts of the portal in the precache', kept.filter((path) => path.includes('(admin)')).length, 0),
      unit: '',
    },
  ];
}

function line(what: string, value: number, most?: number): BenchLine {
  return { budget: 'P11', what, value: round(value), unit: 'KB', ...(most === undefined ? {} : { most }) };
}

/** As a browser with modules loads them: the polyfills are for others. */
async function firstScripts(): Promise<string[]> {
  const html = await readFile(new URL('.next/server/app/clinic.html', root), 'utf8');
  const scripts = [...html.matchAll(/<script[^>]*src="\/_next\/([^"]+\.js)[^>]*>/g)];
  return unique(scripts.filter(([tag]) => !/noModule/i.test(tag)).map(([, path = '']) => decodeURI(path)));
}

/** The scripts of the precache, as the built service worker lists them. */
async function keptScripts(): Promise<string[]> {
  const worker = await readFile(new URL('public/service-worker.js', root), 'utf8');
  const urls = [...worker.matchAll(/["']\/_next\/(static\/[^"']+\.js)["']/g)];
  return unique(urls.map(([, path = '']) => decodeURI(path)));
}

async function kilobytes(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map(async (path) => gzipSync(await readFile(new URL(`.next/${path}`, root)), { level: 9 }).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}
