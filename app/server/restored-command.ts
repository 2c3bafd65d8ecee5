import { parseArgs } from 'node:util';
import { endRecovery, markRestored } from '../../db/postgres/restored.ts';
import { withDatabase } from './with-database.ts';

// npm run db:restored: this database was restored from a backup. With -- --recovered: every device has given back what
// it had, and none is believed any more.
await withDatabase(async (pool) => {
  const { values: asked } = parseArgs({ options: { recovered: { type: 'boolean', default: false } } });
  if (asked.recovered) {
    console.log((await endRecovery(pool)) ? 'Recovery has ended.' : 'There was no recovery to end.');
    return;
  }
  const { root } = await markRestored(pool);
  console.log('It goes on as another replica. Devices offer again what they retain.');
  if (root) console.log('Say `npm run db:restored -- --recovered` once every device was here.');
});
