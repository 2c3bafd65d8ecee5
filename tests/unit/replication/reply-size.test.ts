import { expect, it } from 'vitest';
import { MAX_REPLY_BYTES, MIN_REPLY_BYTES } from '../../../lib/replication/protocol/exchange-request.ts';
import { ReplySize } from '../../../lib/replication/reply-size.ts';

/** Asks so often, each reply taking so long (null: it never comes); the sizes asked for. */
async function asked(size: ReplySize, tookMs: readonly (number | null)[]): Promise<number[]> {
  const sizes: number[] = [];
  let now = 0;
  for (const took of tookMs) {
    const answer = async (bytes: number) => {
      sizes.push(bytes);
      if (took === null) throw new Error('cut');
      now += took;
    };
    await size.of(answer, () => now).catch(() => null);
  }
  return sizes.map((bytes) => bytes / MIN_REPLY_BYTES);
}

it('doubles while replies come in time, to the most that the protocol has', async () => {
  expect(await asked(new ReplySize(), [10, 10, 10, 10, 10, 10, 10])).toEqual([1, 2, 4, 8, 16, 32, 32]);
  expect(MIN_REPLY_BYTES * 32).toBe(MAX_REPLY_BYTES);
});

it('halves when a reply does not come, and remembers it in the next round', async () => {
  const size = new ReplySize();
  await asked(size, [10, 10, 10]);
  expect(await asked(size, [null, null, 10])).toEqual([8, 4, 2]);
  expect(await asked(size, [null, null, null])).toEqual([4, 2, 1]);
});

it('stays where a reply takes long: no faster line, no larger loss', async () => {
  expect(await asked(new ReplySize(), [10, 10, 20_000, 20_000, 10, 10])).toEqual([1, 2, 4, 4, 4, 8]);
});

it('asks a relay’s upstream for as much as that may send', async () => {
  const most = MIN_REPLY_BYTES * 64;
  expect((await asked(new ReplySize(most), Array(8).fill(1))).at(-1)).toBe(64);
});
