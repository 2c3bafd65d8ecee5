import { advanceWatermark, NOTHING_RECEIVED, type Watermark } from '../../../lib/replication/watermark.ts';
import type { Queryable } from '../record-statements.ts';
import type { Report } from './finding.ts';

const PAGE = 2000;

interface OriginRow {
  readonly replica_id: string;
  readonly received_seq: number;
  readonly received_chain: string;
}

interface NumberRow {
  readonly id: string;
  readonly origin_seq: number;
  readonly received_at: string;
}

/**
 * Recomputes how far the changes of every origin are stored without a gap, with their rolling chain. Run on one snapshot.
 * Returns how many origins it read.
 */
export async function verifyOrigins(client: Queryable, report: Report): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000';
  let read = 0;
  for (;;) {
    const { rows } = await client.query<OriginRow>({
      name: 'verify origins',
      text: `select replica_id, received_seq, received_chain from origins where replica_id > $1
             order by replica_id limit 500`,
      values: [after],
    });
    if (rows.length === 0) break;
    for (const row of rows) await verifyOrigin(client, row, report);
    after = rows.at(-1)!.replica_id;
    read += rows.length;
  }
  await reportUnknown(client, report);
  return read;
}

async function verifyOrigin(client: Queryable, row: OriginRow, report: Report): Promise<void> {
  const origin = row.replica_id;
  const { mark, last } = await recompute(client, origin);
  if (last > mark.seq) report({ kind: 'origin-gap', origin, originSeq: mark.seq + 1 });
  if (mark.seq !== row.received_seq || mark.chain !== row.received_chain) {
    report({ kind: 'origin-differs', origin, originSeq: Math.min(mark.seq, row.received_seq) + 1 });
  }
}

async function recompute(client: Queryable, origin: string): Promise<{ mark: Watermark; last: number }> {
  const counting = new Counting();
  let after = { seq: 0, id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const { rows } = await client.query<NumberRow>({
      name: 'verify numbers',
      text: `select id, origin_seq, to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') as received_at
             from changes where origin = $1 and origin_seq >= $2 and (origin_seq, id) > ($2, $3::uuid)
             order by origin_seq, id limit ${PAGE}`,
      values: [origin, after.seq, after.id],
    });
    for (const row of rows) counting.take(row);
    if (rows.length < PAGE) return counting.end();
    after = { seq: rows.at(-1)!.origin_seq, id: rows.at(-1)!.id };
  }
}

/**
 * Counts an origin's changes in the order of their numbers. Of several with one number that one counted which was first
 * by id among those that were here when the watermark passed: a restored phone's came later, and changed nothing.
 */
class Counting {
  #mark: Watermark = NOTHING_RECEIVED;
  #passedAt = '';
  #last = 0;
  #same: NumberRow[] = [];

  take(row: NumberRow): void {
    if (this.#same.length > 0 && this.#same[0]!.origin_seq !== row.origin_seq) this.#count();
    this.#same.push(row);
  }

  #count(): void {
    const first = this.#same.map((row) => row.received_at).sort()[0]!;
    if (first > this.#passedAt) this.#passedAt = first;
    const here = this.#same.filter((row) => row.received_at <= this.#passedAt);
    this.#mark = advanceWatermark(
      this.#mark,
      here.map(({ id, origin_seq }) => ({ id, originSeq: origin_seq })),
    );
    this.#last = this.#same[0]!.origin_seq;
    this.#same = [];
  }

  end(): { mark: Watermark; last: number } {
    if (this.#same.length > 0) this.#count();
    return { mark: this.#mark, last: this.#last };
  }
}

/** Changes of an origin that nobody counts: whoever put them there did not come through an exchange. */
async function reportUnknown(client: Queryable, report: Report): Promise<void> {
  const { rows } = await client.query<{ origin: string }>(
    `with recursive known as (
       (select origin from changes order by origin limit 1)
       union all
       select (select origin from changes where origin > known.origin order by origin limit 1) from known
       where known.origin is not null
     )
     select origin from known where origin is not null
       and not exists (select from origins where replica_id = known.origin) limit 1000`,
  );
  for (const { origin } of rows) report({ kind: 'origin-differs', origin, originSeq: 1 });
}
