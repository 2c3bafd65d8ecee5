import { checkDatabase } from '../../db/postgres/check-database.ts';
import { migrateUp } from '../../db/postgres/migrate.ts';
import { withDatabase } from './with-database.ts';

// npm run db:migrate
await withDatabase(async (pool) => {
  await checkDatabase(pool);
  const applied = await migrateUp(pool);
  await checkDatabase(pool);
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.');
});
