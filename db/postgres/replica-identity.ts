import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { createIdSource } from '../../lib/domain/identity.ts';
import type { FeedIdentity } from '../../lib/replication/feed-store.ts';
import { together } from './faults.ts';
import type { Queryable } from './record-statements.ts';
import { tellMoved } from './scope-hints.ts';
import { takeMoved } from './tell-hints.ts';

/** Ids made in this process. */
export const newId = createIdSource({ now: Date.now, random: randomBytes });

/** The id of a life greater than this one, though the clock may have gone back since it began. */
export function newLifeAfter(life: string): string {
  const beganMs = Number.parseInt(life.replaceAll('-', '').slice(0, 12), 16);
  return createIdSource({ now: () => Math.max(Date.now(), beganMs + 1), random: randomBytes })();
}

/** A row of `identityColumns`. */
export interface IdentityRow {
  replica_id: string;
  epoch: string;
  root_epoch: string;
  root: boolean;
  recovering: boolean;
}

/** Of the table `replica`. */
export const identityColumns = 'replica_id, epoch, root_epoch, root, recovering';

/** Who this replica is. The first time it is asked, it is born: a root with new ids. */
export async function readIdentity(client: Queryable): Promise<FeedIdentity> {
  const read = () =>
    client.query<IdentityRow>({
      name: 'identity',
      text: `select ${identityColumns} from replica`,
    });
  let row = (await read()).rows[0];
  if (row === undefined) {
    await client.query(
      'insert into replica (replica_id, epoch, root_epoch, root) values ($1, $2, $3, true) on conflict do nothing',
      [newId(), newId(), newId()],
    );
    row = (await read()).rows[0];
  }
  if (row === undefined) throw new Error('this replica has no identity');
  return identityOf(row);
}

export function identityOf({ replica_id, epoch, root_epoch, root, recovering }: IdentityRow): FeedIdentity {
  return { replicaId: replica_id, epoch, rootEpoch: root_epoch, root, recovering };
}

/**
 * A root whose life is not the greatest would not be obeyed by phones that followed another: it begins a new one, and
 * they offer again what they retain. Nothing on a relay: its life is its root's.
 */
export async function outliveRoot(client: Queryable, rootEpoch: string): Promise<void> {
  await client.query({
    name: 'outlive root',
    text: 'update replica set root_epoch = $1 where root and root_epoch < $2::uuid',
    values: [newLifeAfter(rootEpoch), rootEpoch],
  });
}

/**
 * Takes this replica's next numbers: gapless, because the row stays locked until the transaction ends. Records are
 * locked before it: `acceptWithin` says in which order.
 */
export async function takeOwnNumbers(
  client: Queryable,
  count: number,
): Promise<{ readonly replicaId: string; readonly first: number }> {
  const taken = await client.query<{ replica_id: string; own_seq: number }>({
    name: 'take own numbers',
    text: 'update replica set own_seq = own_seq + $1 returning replica_id, own_seq',
    values: [count],
  });
  const { replica_id, own_seq } = taken.rows[0]!;
  return { replicaId: replica_id, first: own_seq - count + 1 };
}

/** One snapshot for a page and its rows. By index, whatever the tables' size was when the plan was made. */
export const BEGIN_READ = `begin isolation level repeatable read read only; set local plan_cache_mode = force_generic_plan;
  set local enable_seqscan = off`;

/** Runs work in a transaction of its own; what it throws undoes everything. Scopes that it moved are told of after it. */
export async function inTransaction<T>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    // Sent with what the work asks first, not before it.
    const [, result] = await together([client.query(begin), work(client)]);
    const ended = await client.query('commit');
    // COMMIT of a failed transaction succeeds, as ROLLBACK.
    if (ended.command !== 'COMMIT') throw new Error('the transaction was rolled back');
    tellMoved(pool, takeMoved(client));
    return result;
  } catch (fault) {
    await client.query('rollback').catch((cause: Error) => {
      lost = cause;
    });
    throw fault;
  } finally {
    takeMoved(client);
    client.release(lost);
  }
}
