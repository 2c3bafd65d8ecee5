import { addHub } from './add-hub.ts';
import { withDatabase } from './with-database.ts';

// npm run hub:add -- <name> <clinic code…>: prints the hub's key, once.
await withDatabase(async (pool) => {
  const [name, ...codes] = process.argv.slice(2);
  if (name === undefined || codes.length === 0) throw new Error('Say: npm run hub:add -- <name> <clinic code…>');
  const { key } = await addHub(pool, name, codes);
  console.log(`Start the hub with UPSTREAM_URL set to this server's address and UPSTREAM_KEY=${key}`);
});
