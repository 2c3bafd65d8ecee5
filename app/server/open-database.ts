import { type EmbeddedDatabase, openEmbedded } from '../../db/postgres/embedded.ts';
import type { Environment } from './environment.ts';

/**
 * The database this process uses: `DATABASE_URL`, else the embedded one of `DATA_DIR`.
 * `embedded` is null when somebody else runs the database; then it is not ours to stop.
 */
export async function openDatabase(
  environment: Pick<Environment, 'databaseUrl' | 'dataDir'>,
): Promise<{ url: string; embedded: EmbeddedDatabase | null }> {
  if (environment.databaseUrl) return { url: environment.databaseUrl, embedded: null };
  const embedded = await openEmbedded(environment.dataDir);
  return { url: embedded.url, embedded };
}
