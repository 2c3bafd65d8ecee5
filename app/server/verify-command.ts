import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { z } from 'zod';
import { type Finding, sentenceOf } from '../../db/postgres/seals/finding.ts';
import { readSealKey } from '../../db/postgres/seals/seal-key.ts';
import { type Verified, verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { readEnvironment } from './environment.ts';
import { withDatabase } from './with-database.ts';

// npm run db:verify -- [--json] [--heads <file>] [--unsealed-minutes <n>]: ends with 1 when anything differs.
const headsSchema = z.array(
  z.object({ scope: z.string(), pos: z.int().positive(), head: z.string().regex(/^[0-9a-f]{64}$/) }),
);

await withDatabase(async (pool) => {
  const { values: asked } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      heads: { type: 'string' },
      'unsealed-minutes': { type: 'string', default: '15' },
    },
  });
  const unsealedMinutes = z.coerce.number().int().min(0).max(100_000).parse(asked['unsealed-minutes']);
  const remembered =
    asked.heads === undefined ? [] : headsSchema.parse(JSON.parse(await readFile(asked.heads, 'utf8')));
  const verified = await verify(pool, { remembered, unsealedMinutes }, asked.json);
  console.log(asked.json ? JSON.stringify({ verified }) : summaryOf(verified));
  if (verified.findings > 0) process.exitCode = 1;
});

async function verify(
  pool: pg.Pool,
  how: { remembered: z.output<typeof headsSchema>; unsealedMinutes: number },
  json: boolean,
): Promise<Verified> {
  const key = await readSealKey(readEnvironment().dataDir);
  const print = (finding: Finding) => console.log(json ? JSON.stringify({ finding }) : sentenceOf(finding));
  return verifyDatabase(pool, { key, ...how }, print);
}

function summaryOf({ scopes, changes, records, origins, findings }: Verified): string {
  const read = `Read ${changes} changes and the sums of ${scopes} scopes, ${records} records, ${origins} replicas.`;
  return `${read} ${findings === 0 ? 'Nothing differs.' : `Differing: ${findings}.`}`;
}
