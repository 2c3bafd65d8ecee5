import type { Change } from '../../lib/replication/change.ts';
import { advanceWatermark, NOTHING_RECEIVED, type Watermark } from '../../lib/replication/watermark.ts';
import { together } from './faults.ts';
import type { Queryable } from './record-statements.ts';

interface OriginRow {
  replica_id: string;
  received_seq: number;
  received_chain: string;
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
