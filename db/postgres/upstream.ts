import type pg from 'pg';
import { clinicsOfHub } from '../../lib/access/scopes-held.ts';
import type { Reading } from '../../lib/replication/apply-reply.ts';
import { NO_LIFE } from '../../lib/replication/confirmation.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import type { Walk } from '../../lib/replication/healing.ts';
import type { ScopeId } from '../../lib/replication/scopes.ts';
import type { Queryable } from './record-statements.ts';
import { inTransaction, readIdentity } from './replica-identity.ts';

/**
 * The scopes whose feeds are kept here: all of them at a root, at a relay those that its root lets it hold. A relay's
 * stay as they are until the transaction ends: what is written meanwhile would be in no feed of a scope just gained.
 */
export async function carriedScopes(
  client: Queryable,
  { root }: Pick<FeedIdentity, 'root'>,
): Promise<(scope: ScopeId) => boolean> {
  if (root) return () => true;
  const text = 'select scopes from upstream for key share';
  const found = await client.query<{ scopes: string[] }>({ name: 'carried', text });
  const carried = new Set(found.rows[0]?.scopes ?? []);
  return (scope) => carried.has(scope);
}

/** The clinics whose hub this is; null at a root. */
export async function readClinicsOfHub(client: Queryable): Promise<string[] | null> {
  const { root } = await readIdentity(client);
  return root ? null : clinicsOfHub((await readUpstream(client)).scopes);
}

/** Those of these clinics that somebody who works here may act in: at a hub its own. */
export async function actingClinics(client: Queryable, clinicIds: readonly string[]): Promise<readonly string[]> {
  const own = await readClinicsOfHub(client);
  return own === null ? clinicIds : clinicIds.filter((clinicId) => own.includes(clinicId));
}

/** What a relay has read of its root. */
export interface UpstreamReading extends Reading {
  /** Replies applied. */
  readonly version: number;
  /** What it brought so far stands in a table: here it is empty. */
  readonly walk: Walk | null;
  /** The sums of the root that a repair was begun for. */
  readonly healed: string;
}

interface UpstreamRow extends Omit<Reading, 'notHere'> {
  readonly version: number;
  readonly walk_epoch: string | null;
  readonly walk_repairs: boolean;
  readonly healed: string;
}

/** `for no key update` lets pushes go on; `for update` waits for those under way, and keeps others from beginning. */
type Lock = '' | 'for no key update' | 'for update';

export async function readUpstream(client: Queryable, lock: Lock = ''): Promise<UpstreamReading> {
  const found = await client.query<UpstreamRow>({
    name: `upstream ${lock}`,
    text: `select version, epoch, cursors, scopes, grants, walk_epoch, walk_repairs, healed from upstream ${lock}`,
  });
  const row = found.rows[0];
  if (row === undefined) throw new Error('this replica is no relay');
  const { walk_epoch: life, walk_repairs: repairs, ...rest } = row;
  // A root takes what it is given.
  return { ...rest, notHere: [], walk: life === null ? null : { epoch: life, brought: new Set(), repairs } };
}

export async function saveUpstream(
  client: Queryable,
  { epoch, cursors, scopes, grants }: Reading,
  walk: Walk | null,
  healed: string,
): Promise<void> {
  await client.query({
    name: 'save upstream',
    text: `update upstream set version = version + 1, epoch = $1, cursors = $2, scopes = $3, grants = $4,
             walk_epoch = $5, walk_repairs = $6, healed = $7, last_contact_at = now()`,
    values: [epoch, JSON.stringify(cursors), scopes, grants, walk?.epoch ?? null, walk?.repairs ?? false, healed],
  });
}

/**
 * Makes this replica the relay of a root; nothing where it is one. What it decided as a root is handed on, unless there
 * is nothing: one that never confirmed anything must not outlive another. True when it was a root before.
 */
export async function becomeRelay(pool: pg.Pool): Promise<boolean> {
  return inTransaction(pool, 'begin', async (client) => {
    const { root } = await readIdentity(client);
    if (!root) return false;
    await client.query(`insert into upstream (scopes)
      select coalesce(array_agg(id order by id), '{}') from scopes on conflict do nothing`);
    await client.query(
      `update replica set root = false, recovering = false,
         root_epoch = case when exists (select from changes) then root_epoch else $1 end`,
      [NO_LIFE],
    );
    await forgetConfirmed(client);
    return true;
  });
}

/** What a root of another life had confirmed is offered again. */
export async function forgetConfirmed(client: Queryable): Promise<void> {
  await client.query(`update origins set confirmed_seq = 0, confirmed_chain = '', backed_up_seq = 0`);
  await client.query('update changes set confirmed = false where confirmed');
}
