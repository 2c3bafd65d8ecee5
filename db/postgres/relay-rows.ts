import { collectionNamed } from '../../lib/domain/collections.ts';
import { worldOf } from '../../lib/domain/world.ts';
import { acceptRows } from '../../lib/replication/accept.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import { isReplaced, type Walk } from '../../lib/replication/healing.ts';
import type { Page } from '../../lib/replication/protocol/page.ts';
import { type RecordRef, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { AcceptanceTransaction } from './acceptance-store.ts';
import { isDataFault } from './faults.ts';
import type { Queryable } from './record-statements.ts';
import { unconfirmedAmong } from './relay-unconfirmed.ts';
import {
  type Aside,
  forgetFound,
  keepAside,
  keepReplaced,
  readAside,
  UNKNOWN_COLLECTION,
  withAside,
} from './rows-aside.ts';

/** Hears of what somebody should look at; of a transaction that is run again twice. */
export interface RelayWatch {
  /** A row of the root's cannot be stored here, and why (a code of PostgreSQL's or of ours). */
  refused(row: RecordRef, code: string): void;
  /** The root's row took the place of one that nobody retains. */
  replaced(row: RecordRef): void;
  /** Everything is read once more, because so many scopes have other sums at the root. */
  repairs(scopes: number): void;
}

/** The rows that a transaction tries to store: those that came, over what was kept aside of the same records. */
interface Tried {
  readonly known: readonly StoredRecord[];
  /** Of collections that this version does not know. */
  readonly unknown: readonly StoredRecord[];
  readonly aside: Aside;
}

/** The rows to try after those that came; `all`: with everything that was kept aside. */
export async function readTried(client: Queryable, came: readonly StoredRecord[], all: boolean): Promise<Tried> {
  const aside = await readAside(client, all ? 'all' : came);
  const rows = withAside(came, aside);
  const isKnown = ({ collection }: RecordRef) => collectionNamed(collection) !== undefined;
  return { known: rows.filter(isKnown), unknown: rows.filter((row) => !isKnown(row)), aside };
}

interface Merging {
  readonly client: Queryable;
  readonly store: AcceptanceTransaction;
  readonly scopes: readonly ScopeId[];
  /** The walk that is under way, or over now, and the life of the feed that these rows are of. */
  readonly walk: Walk | null;
  readonly epoch: string;
}

/**
 * Merges rows into the records and their feeds. One that cannot be stored takes no other with it, and is kept aside
 * before the cursor goes past it; what a repair puts rows in the place of is kept as well.
 */
export async function mergeTried(
  merging: Merging,
  { known, unknown, aside }: Tried,
  pages: readonly Page[],
  watch: RelayWatch,
): Promise<void> {
  const { client, walk, epoch } = merging;
  const waiting = walk?.repairs ? await unconfirmedAmong(client, known) : new Set();
  const replaced = new Map<string, StoredRecord>();
  const replaces = (held: StoredRecord, row: StoredRecord) => {
    const yes = !waiting.has(row.id) && isReplaced(walk, epoch, held, row);
    if (yes) replaced.set(refKey(held), held);
    return yes;
  };
  const refused = unknown.map((row) => ({ row, code: UNKNOWN_COLLECTION }));
  const changed = await mergeRows(merging, known, replaces, (row, code) => refused.push({ row, code }));
  for (const { row, code } of refused) watch.refused(row, code);
  // A row that was refused replaced nothing.
  const kept = changed.flatMap((ref) => replaced.get(refKey(ref)) ?? []);
  const cameIn = refused.length === 0 ? new Map<string, ScopeId[]>() : scopesOfRows(pages);
  const withScopes = refused.map((one) => ({ ...one, scopes: cameIn.get(refKey(one.row)) ?? [] }));
  await keepAside(client, aside, withScopes);
  await forgetFound(client, known);
  for (const row of kept) watch.replaced(row);
  await keepReplaced(client, kept);
}

/** The scopes in whose pages each row came. */
function scopesOfRows(pages: readonly Page[]): Map<string, ScopeId[]> {
  const scopes = new Map<string, ScopeId[]>();
  for (const { scope, tables } of pages) {
    for (const row of recordsOf(tables)) scopes.set(refKey(row), [...(scopes.get(refKey(row)) ?? []), scope]);
  }
  return scopes;
}

/** Of acceptRows only the names of the collections are asked. */
const WORLD = worldOf(new Map(), { kind: 'server' });

/** All rows at once; when PostgreSQL refuses one, by halves. The records that changed. */
async function mergeRows(
  merging: Merging,
  rows: readonly StoredRecord[],
  replaces: (held: StoredRecord, row: StoredRecord) => boolean,
  refuse: (row: StoredRecord, code: string) => void,
): Promise<readonly RecordRef[]> {
  if (rows.length === 0) return [];
  const { client, store, scopes } = merging;
  await client.query('savepoint rows');
  try {
    const changed = await acceptRows(store.storeFor(null), WORLD, (scope) => scopes.includes(scope), rows, replaces);
    await store.flushRows();
    await client.query('release savepoint rows');
    return changed;
  } catch (fault) {
    // On a lost connection this fails as well, and says less.
    await client.query('rollback to savepoint rows').catch(() => Promise.reject(fault));
    store.discardDraft();
    if (!isDataFault(fault)) throw fault;
    if (rows.length === 1) refuse(rows[0]!, fault.code ?? '');
    if (rows.length === 1) return [];
  }
  const middle = Math.ceil(rows.length / 2);
  const first = await mergeRows(merging, rows.slice(0, middle), replaces, refuse);
  return [...first, ...(await mergeRows(merging, rows.slice(middle), replaces, refuse))];
}
