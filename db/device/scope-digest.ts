import type { ScopeDigest } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { DeviceDatabase } from './device-database.ts';

/**
 * Count and digest of scopes from this phone's own rows, to compare with the upstream's at the same cursors. Reads
 * the sums beside the sealed rows; nothing is opened.
 */
export async function scopeDigests(
  database: DeviceDatabase,
  scopes: readonly ScopeId[],
): Promise<Record<ScopeId, ScopeDigest>> {
  const sums = new Map(scopes.map((scope) => [scope, { count: 0, digest: 0n }]));
  const add = (scope: ScopeId, [count, digest]: readonly [number, string]) => {
    const sum = sums.get(scope);
    if (sum === undefined) return;
    sum.count += count;
    sum.digest ^= BigInt(digest);
  };
  await database.charts.each((row) => {
    for (const clinicId of row.clinics)
      for (const [word, sum] of Object.entries(row.sums)) add(`${clinicId}:${word}`, sum);
  });
  await database.records.each((row) => {
    for (const scope of row.scopes) add(scope, row.sum);
  });
  return Object.fromEntries([...sums].map(([scope, { count, digest }]) => [scope, { count, digest: String(digest) }]));
}
