import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { readErasures } from '../../db/postgres/erasures.ts';
import { canonicalJson, type Json } from '../../lib/replication/json.ts';
import { ERASED } from '../../lib/replication/key.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { isStamp } from '../../lib/replication/stamp.ts';
import { everyMinute } from './every-minute.ts';

/** What stays of an erased record: ids and times, and whose it was. */
const tombstoneSchema = z.strictObject({
  collection: z.string(),
  id: z.uuid(),
  values: z.record(z.string(), z.json()).refine((values) => values[ERASED] === true),
  stamps: z.record(z.string(), z.custom<string>(isStamp)),
});

/** The list of erasures: outside the database, because a backup of it brings back what was erased since. */
export function erasureFile(dataDir: string): string {
  return join(dataDir, 'backups', 'erasures.jsonl');
}

/** The tombstones of a list, or null when there is none. A line that was cut when it was written is left out. */
export async function readErasureFile(path: string): Promise<StoredRecord[] | null> {
  const text = await readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return null;
    throw fault;
  });
  return text === null ? null : text.split('\n').flatMap((line) => tombstoneIn(line) ?? []);
}

function tombstoneIn(line: string): StoredRecord | null {
  try {
    return tombstoneSchema.parse(JSON.parse(line)) as StoredRecord;
  } catch {
    // Cut by a crash: what it named is not known to be listed, and is listed again.
    return null;
  }
}

/** Adds what the list does not say yet, on disk when it resolves. Several processes may do so at once. */
export async function addErasures(path: string, tombstones: readonly StoredRecord[]): Promise<number> {
  const listed = new Set((await readErasureFile(path))?.map(lineOf));
  const fresh = tombstones.map(lineOf).filter((line) => !listed.has(line));
  if (fresh.length === 0) return 0;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a', 0o600);
  try {
    // From a new line: the last one may have been cut.
    await file.appendFile(`\n${fresh.join('\n')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return fresh.length;
}

function lineOf({ collection, id, values, stamps }: StoredRecord): string {
  return canonicalJson({ collection, id, values, stamps } as unknown as Json);
}

/** Keeps the list of this database's erasures up to date: at once, every minute, and at the end. */
export function watchErasures(pool: pg.Pool, dataDir: string): { stop(): Promise<void> } {
  const list = async () => addErasures(erasureFile(dataDir), await readErasures(pool));
  const watch = everyMinute('listErasures', list);
  return {
    stop: async () => {
      await watch.stop();
      await list();
    },
  };
}
