import { NOWHERE } from '../../lib/replication/healing.ts';
import type { ScopeDigest } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { DeviceDatabase } from './device-database.ts';

/**
 * Count and digest of scopes from this phone's own rows, to compare with the upstream's at the same cursors. Reads
 * the sums beside the sealed rows; nothing is opened. Charts of which no membership is held count as nowhere.
 */
export async function scopeDigests(
  database: DeviceDatabase,
  scopes: readonly ScopeId[],
): Promise<Record<ScopeId, ScopeDigest>> {
  const sums = new Map([...scopes, NOWHERE].map((scope) => [scope, { count: 0, digest: 0n }]));
  const add = (scope: ScopeId, [count, digest]: readonly [number, string]) => {
    const sum = sums.get(scope);
    if (sum === undefined) return;
    sum.count += count;
    sum.digest ^= BigInt(digest);
  };
  await database.charts.each((row) => {
    for (const [word, sum] of Object.entries(row.sums)) {
      if (row.clinics.length === 0) add(NOWHERE, sum);
      for (const clinicId of row.clinics) add(`${clinicId}:${word}`, sum);
    }
  });
  await database.records.each((row) => {
    for (const scope of row.scopes) add(scope, row.sum);
  });
  if (sums.get(NOWHERE)?.count === 0) sums.delete(NOWHERE);
  return Object.fromEntries([...sums].map(([scope, { count, digest }]) => [scope, { count, digest: String(digest) }]));
}
