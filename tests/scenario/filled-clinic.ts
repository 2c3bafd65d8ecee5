import { addToSum } from '../../db/device/chart-row.ts';
import type { Sum } from '../../db/device/device-database.ts';
import { readSnapshotPage } from '../../db/postgres/read-snapshot.ts';
import { readToken } from '../../db/postgres/snapshot-token.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import { snapshotPageSchema } from '../../lib/replication/protocol/snapshot.ts';
import { refKey } from '../../lib/replication/record.ts';
import { aBusyPhone } from '../bench/generated-actions.ts';
import { fillClinic, multiplyCharts } from '../bench/generated-clinic.ts';
import type { ProxiedClinic } from './proxied-clinic.ts';

/** Patients made through the real way in; more are copies of these. */
const AUTHORED = 3000;
const MAX_PAGE_BYTES = 1024 * 1024;

/** Patients with six records each. What is copied is in no log; the digests know it. */
export async function fillWithPatients(clinic: ProxiedClinic, username: string, patients: number): Promise<void> {
  const user = await clinic.userId(username);
  const phone = aBusyPhone(1, clinic.clinicId, user);
  const today = new Date().toISOString().slice(0, 10);
  let times = Math.ceil(patients / AUTHORED);
  while (patients % times !== 0) times += 1;
  await fillClinic((actions) => clinic.handIn(user, actions), phone, patients / times, today);
  if (times > 1) {
    await multiplyCharts(clinic.pool, times);
    await sumAgain(clinic, today);
  }
  await clinic.pool.query('vacuum analyze');
}

/** Counts and digests of the clinic's scopes, from what a phone would be given of them. */
async function sumAgain({ pool, clinicId }: ProxiedClinic, today: string): Promise<void> {
  const scopes = ['desk', 'record'].map((word) => `${clinicId}:${word}`);
  const seen = new Set<string>();
  const sums = new Map<string, Sum>();
  let token: string | null = null;
  do {
    const parts: Buffer[] = [];
    const asked = { token: token === null ? null : readToken(token), scopes, maxBytes: MAX_PAGE_BYTES };
    await readSnapshotPage(pool, asked, scopes, today)((part) => parts.push(part));
    const page = snapshotPageSchema.parse(JSON.parse(Buffer.concat(parts).toString()));
    for (const record of recordsOf(page.tables)) {
      const key = refKey(record);
      if (seen.has(key)) continue;
      seen.add(key);
      const scope = `${clinicId}:${collectionNamed(record.collection)?.scope}`;
      sums.set(scope, addToSum(sums.get(scope) ?? [0, '0'], record));
    }
    token = page.token;
  } while (token !== null);
  for (const [scope, [count, digest]] of sums)
    await pool.query('update scopes set count = $2, digest = $3 where id = $1', [scope, count, digest]);
}
