import { nextChain } from './outbox.ts';

/** How many changes of an origin are known without a gap, with the rolling hash of their ids. */
export interface Watermark {
  readonly seq: number;
  readonly chain: string;
}

export const NOTHING_RECEIVED: Watermark = { seq: 0, chain: '' };

/**
 * The watermark after changes of its origin were stored, in any order. A gap stops it (the changes above stay stored
 * and count once the gap is filled). Of two changes with one number the first by id counts: the chains then differ,
 * which is how a restored phone notices.
 */
export function advanceWatermark(
  held: Watermark,
  stored: Iterable<{ readonly id: string; readonly originSeq: number }>,
): Watermark {
  const bySeq = new Map<number, string>();
  for (const { id, originSeq } of stored) {
    const other = bySeq.get(originSeq);
    if (other === undefined || id < other) bySeq.set(originSeq, id);
  }
  let { seq, chain } = held;
  for (let id = bySeq.get(seq + 1); id !== undefined; id = bySeq.get(seq + 1)) {
    seq += 1;
    chain = nextChain(chain, id);
  }
  return { seq, chain };
}
