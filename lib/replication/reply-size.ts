import { MAX_REPLY_BYTES, MIN_REPLY_BYTES } from './protocol/exchange-request.ts';

/** What takes longer is not asked for in larger pieces: what a failure loses stays bearable. */
const IN_TIME_MS = 10_000;

/**
 * How many bytes a reply of one upstream may have: twice as many after one that came and was applied in time, half after
 * one that did not. Kept from round to round: a line that never carries a large reply is not tried with one each time.
 */
export class ReplySize {
  readonly #most: number;
  #bytes = MIN_REPLY_BYTES;

  constructor(most: number = MAX_REPLY_BYTES) {
    this.#most = most;
  }

  /** Asks for a reply of that size. `nowMs`: any clock; when it jumps, one reply counts as late. */
  async of<T>(ask: (maxBytes: number) => Promise<T>, nowMs: () => number): Promise<T> {
    const beganMs = nowMs();
    let factor = 0.5;
    try {
      const reply = await ask(this.#bytes);
      factor = nowMs() - beganMs > IN_TIME_MS ? 1 : 2;
      return reply;
    } finally {
      this.#bytes = Math.round(Math.min(this.#most, Math.max(MIN_REPLY_BYTES, this.#bytes * factor)));
    }
  }
}
