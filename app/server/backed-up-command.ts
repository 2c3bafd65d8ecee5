import { z } from 'zod';
import { markBackedUp } from '../../db/postgres/backed-up.ts';
import { withDatabase } from './with-database.ts';

// npm run db:backed-up -- <when it began>: after a backup that succeeded. Devices keep their confirmed work until then.
await withDatabase(async (pool) => {
  const begun = z.iso.datetime({ offset: true }).safeParse(process.argv[2]);
  if (!begun.success) throw new Error('Say when the backup began: npm run db:backed-up -- 2026-11-21T02:00:00Z');
  const when = new Date(begun.data);
  if (when.getTime() > Date.now()) throw new Error('That is still to come: say when the backup began.');
  const further = await markBackedUp(pool, when);
  if (further === null) throw new Error('This is a relay: the backups of its root count. Say it there.');
  console.log(`Told to the devices at their next contact: the work of ${further} of them is further in the backup.`);
});
