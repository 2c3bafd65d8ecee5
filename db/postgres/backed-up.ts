import type pg from 'pg';

/** A change is dated when its transaction begins. None is open this long, so an older one was there to be copied. */
const LONGEST_TRANSACTION = '1 hour';

/**
 * A backup of this root was made that began at `begun`: what it holds of each origin is told to relays and phones, which
 * keep their own confirmed changes until then. Null at a relay: the backups of its root count, and are told by it.
 * Otherwise how many origins are further than before.
 */
export async function markBackedUp(pool: pg.Pool, begun: Date): Promise<number | null> {
  const { rows } = await pool.query<{ root: boolean }>('select root from replica');
  if (rows[0]?.root !== true) return null;
  const marked = await pool.query({
    text: `with later as (
        select origin, min(origin_seq) as seq from changes
        where received_at >= $1::timestamptz - interval '${LONGEST_TRANSACTION}' group by origin),
      held as (
        select o.replica_id, least(o.received_seq, coalesce(l.seq - 1, o.received_seq)) as seq
        from origins o left join later l on l.origin = o.replica_id)
      update origins o set backed_up_seq = held.seq
      from held where held.replica_id = o.replica_id and o.backed_up_seq < held.seq`,
    values: [begun],
  });
  return marked.rowCount ?? 0;
}
