import type { Change } from '../../lib/replication/change.ts';
import type { ExchangeReply, OriginStanding } from '../../lib/replication/protocol/exchange-reply.ts';
import { advanceWatermark, NOTHING_RECEIVED, type Watermark } from '../../lib/replication/watermark.ts';
import { together } from './faults.ts';
import type { Queryable } from './record-statements.ts';

interface OriginRow {
  replica_id: string;
  received_seq: number;
  received_chain: string;
  confirmed_seq: number;
  confirmed_chain: string;
}

export interface LockedOrigins {
  readonly watermarks: ReadonlyMap<string, Watermark>;
  /** Changes stored above a gap. */
  readonly ahead: readonly { origin: string; id: string; originSeq: number }[];
}

/** Locks the rows of these origins until the transaction ends: a batch sent twice at once is judged once. */
export async function lockOrigins(client: Queryable, origins: readonly string[]): Promise<LockedOrigins> {
  const sorted = [...origins].sort();
  const [, locked, ahead] = await together([
    client.query({
      name: 'new origins',
      text: `insert into origins (replica_id) select o from unnest($1::uuid[]) o
             where not exists (select from origins where replica_id = o) order by o on conflict do nothing`,
      values: [sorted],
    }),
    client.query<OriginRow>({
      name: 'lock origins',
      text: `select replica_id, received_seq, received_chain from origins where replica_id = any($1::uuid[])
             order by replica_id for no key update`,
      values: [sorted],
    }),
    client.query<{ origin: string; id: string; origin_seq: number }>({
      name: 'ahead of origins',
      text: `select c.origin, c.id, c.origin_seq from origins o
             join changes c on c.origin = o.replica_id and c.origin_seq > o.received_seq
             where o.replica_id = any($1::uuid[])`,
      values: [sorted],
    }),
  ]);
  return {
    watermarks: new Map(
      locked.rows.map((row) => [row.replica_id, { seq: row.received_seq, chain: row.received_chain }]),
    ),
    ahead: ahead.rows.map((row) => ({ origin: row.origin, id: row.id, originSeq: row.origin_seq })),
  };
}

export function bothOf(one: LockedOrigins, other: LockedOrigins): LockedOrigins {
  return {
    watermarks: new Map([...one.watermarks, ...other.watermarks]),
    ahead: [...one.ahead, ...other.ahead],
  };
}

/** Moves the watermarks of the origins of newly stored changes. At a root what is received is confirmed. */
export async function advanceOrigins(
  client: Queryable,
  locked: LockedOrigins,
  stored: readonly Change[],
  root: boolean,
): Promise<void> {
  const origins = [...new Set(stored.map((change) => change.origin))].sort();
  const moved = origins.map((origin) => {
    const held = locked.watermarks.get(origin) ?? NOTHING_RECEIVED;
    return {
      origin,
      ...advanceWatermark(
        held,
        [...locked.ahead, ...stored].filter((one) => one.origin === origin),
      ),
    };
  });
  if (moved.length === 0) return;
  await client.query({
    name: 'advance origins',
    text: `update origins o set received_seq = m.seq, received_chain = m.chain,
             confirmed_seq = case when $4 then m.seq else confirmed_seq end,
             confirmed_chain = case when $4 then m.chain else confirmed_chain end
           from unnest($1::uuid[], $2::bigint[], $3::text[]) m(id, seq, chain) where o.replica_id = m.id`,
    values: [moved.map((one) => one.origin), moved.map((one) => one.seq), moved.map((one) => one.chain), root],
  });
}

interface StandingRow extends OriginRow {
  backed_up_seq: number;
  root: boolean;
  revised: boolean;
}

/** How far the changes of some origins are, and of which of them an outcome became another. */
export interface Standings {
  readonly origins: ExchangeReply['origins'];
  readonly revised: readonly string[];
}

/** How far the changes of these origins are stored here, at the root and in its backup. */
export async function readStandings(client: Queryable, origins: readonly string[]): Promise<Standings> {
  const found = await client.query<StandingRow>({
    name: 'origins',
    text: `select o.replica_id, received_seq, received_chain, confirmed_seq, confirmed_chain, backed_up_seq, r.root,
             exists (select from changes c where c.origin = o.replica_id and c.revised) as revised
           from origins o cross join replica r where o.replica_id = any($1::uuid[])`,
    values: [origins],
  });
  const byOrigin = new Map(found.rows.map((row) => [row.replica_id, row]));
  return {
    origins: Object.fromEntries(origins.map((origin) => [origin, standingOf(byOrigin.get(origin))])),
    revised: found.rows.filter((row) => row.revised).map((row) => row.replica_id),
  };
}

function standingOf(row: StandingRow | undefined): OriginStanding {
  if (row === undefined) return { received: NOTHING_RECEIVED, confirmed: NOTHING_RECEIVED };
  const received = { seq: row.received_seq, chain: row.received_chain };
  const backedUp = row.backed_up_seq === 0 ? {} : { backedUp: row.backed_up_seq };
  // At a root they are the same: said once.
  if (row.root) return { received, ...backedUp };
  return { received, confirmed: { seq: row.confirmed_seq, chain: row.confirmed_chain }, ...backedUp };
}
