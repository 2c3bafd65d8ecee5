import type { Queryable } from './record-statements.ts';

/** Changes of one origin that are here although earlier ones of it are not. */
export interface Gap {
  readonly origin: string;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  /** First and last number of each missing run, the lowest first; at most fifty. */
  readonly missing: readonly (readonly [number, number])[];
  readonly missingCount: number;
  /** How many changes wait above the hole, of the lowest thousand, and since when (ISO instant). */
  readonly waiting: number;
  readonly since: string;
}

const MAX_RUNS = 50;
const MAX_GAPS = 200;
const MAX_WAITING = 1000;

// Origin by origin, as far as the limit: so the index answers, whatever the planner thinks of how many changes lie above.
export const GAPS = `with ahead as (
    select o.replica_id, o.received_seq, c.origin_seq, min(c.received_at) as received_at,
      min(c.received_from::text)::uuid as received_from
    from origins o cross join lateral (
      select origin_seq, received_at, received_from from changes where origin = o.replica_id and origin_seq > o.received_seq
      order by origin_seq limit ${MAX_WAITING}) c
    group by 1, 2, 3
  ), runs as (
    select *, lag(origin_seq, 1, received_seq) over (partition by replica_id order by origin_seq) as before from ahead
  ), gaps as (
    select replica_id, count(*)::int as waiting, min(received_at) as since, min(received_from::text)::uuid as received_from,
      sum(origin_seq - before - 1)::int as "missingCount",
      array_agg(before + 1 order by origin_seq) filter (where origin_seq > before + 1) as starts,
      array_agg(origin_seq - 1 order by origin_seq) filter (where origin_seq > before + 1) as ends
    from runs group by replica_id
  )
  select g.replica_id as origin, d.id as "deviceId", d.name as "deviceName", g.waiting, g.since, g."missingCount",
    g.starts[1:${MAX_RUNS}] as starts, g.ends[1:${MAX_RUNS}] as ends
  from gaps g left join devices d on d.id = coalesce((select id from devices where id = g.replica_id), g.received_from)
  where $1::text[] is null or d.clinic_ids ?| $1::text[]
  order by g.since, g.replica_id limit ${MAX_GAPS}`;

/**
 * Every origin with changes stored above a hole, of devices in these clinics (null = of all), the oldest first. Replicas
 * are read whole: a gap is rare, and there are as many origins as there ever were devices.
 */
export async function listGaps(client: Queryable, managed: readonly string[] | null): Promise<Gap[]> {
  const found = await client.query({ name: 'gaps', text: GAPS, values: [managed] });
  return found.rows.map(({ starts, ends, ...gap }) => ({
    ...gap,
    missing: ((starts ?? []) as number[]).map((start, index) => [start, (ends as number[])[index]!] as const),
  }));
}
