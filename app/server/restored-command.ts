import { parseArgs } from 'node:util';
import type pg from 'pg';
import { reapplyErasures } from '../../db/postgres/erasures.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { endRecovery, markRestored } from '../../db/postgres/restored.ts';
import { readEnvironment } from './environment.ts';
import { addErasures, erasureFile, readErasureFile } from './erasure-list.ts';
import { withDatabase } from './with-database.ts';

// npm run db:restored: this database was restored from a backup. What the list of erasures names is erased again; the
// list is the one in DATA_DIR, or `-- --erasures <file>`. With -- --recovered: every device has given back what it had,
// and none is believed any more.
await withDatabase(async (pool) => {
  const { values: asked } = parseArgs({
    options: { recovered: { type: 'boolean', default: false }, erasures: { type: 'string' } },
  });
  if (asked.recovered) {
    console.log((await endRecovery(pool)) ? 'Recovery has ended.' : 'There was no recovery to end.');
    return;
  }
  // Before anybody is told that it was restored: no device may meet it without them.
  if ((await readIdentity(pool)).root) console.log(await eraseAgain(pool, asked.erasures ?? null));
  const { root } = await markRestored(pool);
  console.log('It goes on as another replica. Devices offer again what they retain.');
  if (root) console.log('Say `npm run db:restored -- --recovered` once every device was here.');
});

async function eraseAgain(pool: pg.Pool, given: string | null): Promise<string> {
  const own = erasureFile(readEnvironment().dataDir);
  const path = given ?? own;
  const tombstones = await readErasureFile(path);
  if (tombstones === null && given !== null) throw new Error(`There is no list of erasures at ${given}.`);
  if (tombstones === null)
    return `There is no list of erasures at ${own}: nothing was erased again. With a copy of it elsewhere: -- --erasures <file>.`;
  const count = await reapplyErasures(pool, tombstones);
  await addErasures(own, tombstones);
  return `${count} of the records in ${path} were not erased in this backup; they are now.`;
}
