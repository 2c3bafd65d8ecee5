import { connectDatabase } from '../../db/postgres/connect.ts';
import { newSealKey } from '../../db/postgres/seals/seal-key.ts';
import { verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { timed } from './bench-line.ts';

// Run as a process of its own, whose memory is only what checking takes: prints what it read, how fast, and its peak.
const { pool, close } = connectDatabase(process.argv[2] as string);
let foreign = 0;
let others = 0;
const { result, ms } = await timed(() =>
  verifyDatabase(pool, { key: newSealKey() }, ({ kind }) => {
    // The key is another than that of the seals: each signature is checked, and each is told.
    if (kind === 'seal-forged') foreign += 1;
    else others += 1;
  }),
);
await close();
console.log(JSON.stringify({ ...result, foreign, others, ms, maxRssKb: process.resourceUsage().maxRSS }));
