import { migrateDown } from '../../db/postgres/migrate.ts';
import { withDatabase } from './with-database.ts';

// npm run db:rollback -- <number>: undoes every migration above that number.
const target = Number(process.argv[2] ?? Number.NaN);
if (!Number.isInteger(target) || target < 0) {
  console.error('Say which migration to go back to: npm run db:rollback -- 3 (0 undoes all).');
  process.exitCode = 1;
} else {
  await withDatabase(async (pool) => {
    const undone = await migrateDown(pool, target);
    console.log(undone.length > 0 ? `Undid ${undone.join(', ')}.` : 'Nothing to undo.');
  });
}
