import { mkdir, writeFile } from 'node:fs/promises';
import type { BenchLine } from './bench-line.ts';
import { run as bundle } from './bundle.ts';
import { run as deviceStore } from './device-store.ts';
import { run as firstSync } from './first-sync.ts';
import { run as firstSyncPhone } from './first-sync-phone.ts';
import { run as live } from './live.ts';
import { run as replication } from './replication.ts';
import { run as seals } from './seals.ts';
import { run as search } from './search.ts';
import { run as signIn } from './sign-in.ts';

/** `npm run bench [name …] [option=value …]`: prints every figure as one table and writes data/bench/<time>.json. */
const benches: Readonly<Record<string, () => Promise<BenchLine[]> | BenchLine[]>> = {
  bundle,
  'device-store': deviceStore,
  'first-sync': firstSync,
  'first-sync-phone': firstSyncPhone,
  live,
  replication,
  search,
  seals,
  'sign-in': signIn,
};

/** `name=value` is an option of a bench. */
const asked = process.argv.slice(2).filter((word) => !word.includes('='));
const unknown = asked.find((name) => !(name in benches));
if (unknown !== undefined) throw new Error(`There is no bench ${unknown}: ${Object.keys(benches).join(', ')}.`);
const lines: BenchLine[] = [];
for (const [name, run] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`${name} …`);
  lines.push(...(await run()));
}
console.table(lines.map((line) => ({ ...line, kept: isKept(line) })));
const folder = new URL('../../data/bench/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(
  new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder),
  JSON.stringify(lines, null, 2),
);

function isKept({ value, most, least }: BenchLine): string {
  if (most === undefined && least === undefined) return '';
  return value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY) ? 'yes' : 'NO';
}
