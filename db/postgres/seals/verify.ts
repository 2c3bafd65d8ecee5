import type pg from 'pg';
import { COLLECTIONS } from '../../../lib/domain/collections.ts';
import type { Queryable } from '../record-statements.ts';
import { BEGIN_READ, inTransaction } from '../replica-identity.ts';
import type { Finding, Report } from './finding.ts';
import type { SealKey } from './seal-key.ts';
import { type RememberedHead, verifyHeads } from './verify-heads.ts';
import { verifyLog } from './verify-log.ts';
import { verifyOrigins } from './verify-origins.ts';
import { verifyRecords } from './verify-records.ts';
import { verifyScopeSums } from './verify-scopes.ts';

export interface Verification {
  /** Null: signatures are not checked, and that is a finding where there are seals. */
  readonly key: SealKey | null;
  /** Heads that phones and hubs were given. */
  readonly remembered?: readonly RememberedHead[];
  /** How long a change may wait for its seal. */
  readonly unsealedMinutes?: number;
}

/** What was read, and how many things differ. */
export interface Verified {
  readonly scopes: number;
  readonly changes: number;
  readonly records: number;
  readonly origins: number;
  readonly findings: number;
}

interface ScopeRow {
  readonly number: number;
  readonly id: string;
  readonly pos: number;
  readonly count: number;
  readonly digest: string;
}

/**
 * Checks everything the database says of itself: each scope's log against its seals, the log against the rows, the
 * origins' chains, the scopes' sums. Findings go to `report` as they are met. Reads only, in pages on snapshots, while
 * others go on writing; its memory does not grow with the database.
 */
export async function verifyDatabase(
  pool: pg.Pool,
  { key, remembered = [], unsealedMinutes = 15 }: Verification,
  tell: Report,
): Promise<Verified> {
  let findings = 0;
  const report = (finding: Finding) => {
    findings += 1;
    tell(finding);
  };
  const within = <T>(work: (client: Queryable) => Promise<T>) => inTransaction(pool, BEGIN_READ, work);
  if (key === null && (await hasSeals(pool))) report({ kind: 'seal-key-missing' });
  const read = { scopes: 0, changes: 0, records: 0 };
  for (let scope = await nextScope(pool, 0); scope !== null; scope = await nextScope(pool, scope.number)) {
    const { number } = scope;
    read.scopes += 1;
    read.changes += await within(async (client) => {
      const now = (await readScope(client, number))!;
      await verifyScopeSums(client, now, report);
      return verifyLog(client, now, key, unsealedMinutes, report);
    });
  }
  // A relay pulls rows whose changes are in its root's log: only there can rows be compared with the log.
  const compared = (await isRoot(pool)) ? COLLECTIONS : [];
  for (const collection of compared) read.records += await verifyRecords(pool, collection, report);
  const origins = await within((client) => verifyOrigins(client, report));
  if (remembered.length > 0) await within((client) => verifyHeads(client, remembered, report));
  return { ...read, origins, findings };
}

async function isRoot(client: Queryable): Promise<boolean> {
  const found = await client.query<{ root: boolean }>('select root from replica');
  return found.rows[0]?.root ?? true;
}

async function hasSeals(client: Queryable): Promise<boolean> {
  const found = await client.query<{ sealed: boolean }>('select exists (select from seals) as sealed');
  return found.rows[0]!.sealed;
}

async function nextScope(client: Queryable, after: number): Promise<ScopeRow | null> {
  const found = await client.query<ScopeRow>({
    name: 'verify next scope',
    text: `${SCOPE} where number > $1 order by number limit 1`,
    values: [after],
  });
  return found.rows[0] ?? null;
}

async function readScope(client: Queryable, number: number): Promise<ScopeRow | null> {
  const found = await client.query<ScopeRow>({
    name: 'verify scope',
    text: `${SCOPE} where number = $1`,
    values: [number],
  });
  return found.rows[0] ?? null;
}

const SCOPE = 'select number, id, pos, count, digest::text as digest from scopes';
