import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedLine, FeedReader } from '../../../lib/replication/feed-store.ts';
import { MAX_REPLY_BYTES, MIN_REPLY_BYTES } from '../../../lib/replication/protocol/exchange-request.ts';
import { readPages } from '../../../lib/replication/read-pages.ts';

const SCOPE = 'north:desk';

/** A feed of rows of these sizes, every third seq taken by a line that stands elsewhere now; 0 is a departure. */
function aFeed(sizes: readonly number[]) {
  const lines = sizes.map((bytes, index): FeedLine<string> => {
    const entry = { scope: SCOPE, collection: 'visits', recordId: `${index}`, leftStamp: bytes === 0 ? 'left' : null };
    return { seq: index * 3 + 1, entry, record: bytes === 0 ? null : { row: () => `${index}`, bytes } };
  });
  const read = { lines: 0, limits: new Set<number>() };
  const reader: FeedReader<string> = {
    heads: async () => [{ scope: SCOPE, seq: sizes.length * 3, count: 0, digest: '0' }],
    readFeed: async (_, seq, limit) => {
      const found = lines.filter((line) => line.seq > seq).slice(0, limit);
      read.lines += found.length;
      read.limits.add(limit);
      return found;
    },
  };
  return { reader, read };
}

/** Every reply until there is no more, as the record ids that each brought. */
async function walk(reader: FeedReader<string>, maxBytes: number): Promise<string[][]> {
  const replies: string[][] = [];
  for (let cursors: Readonly<Record<string, number>> = {}; ; ) {
    const pulled = await readPages(reader, () => undefined, [SCOPE], cursors, maxBytes);
    const brought = pulled.pages.map(({ tables, left, count }) => {
      const ids = [...tables.flatMap((table) => table.records), ...left.map((one) => one.id)];
      expect(ids).toHaveLength(count);
      return ids;
    });
    replies.push(brought.flat());
    cursors = pulled.cursors;
    if (!pulled.more) return replies;
  }
}

describe('the pages of a reply', () => {
  it('bring every line once, in replies no larger than asked for by more than a row, whatever the sizes', async () => {
    const sizes = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9000 })), { maxLength: 1200 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1024, max: MAX_REPLY_BYTES }), async (given, maxBytes) => {
        const replies = await walk(aFeed(given).reader, maxBytes);
        expect(replies.flat().sort()).toEqual(given.map((_, index) => `${index}`).sort());
        const bytes = replies.map((ids) => ids.reduce((sum, id) => sum + (given[Number(id)] || 100), 0));
        for (const size of bytes) expect(size).toBeLessThan(maxBytes + 9000);
        for (const size of bytes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(maxBytes);
      }),
      { numRuns: 50 },
    );
  });

  it('read for a small reply no more than a few times what it brings', async () => {
    const { reader, read } = aFeed(Array.from({ length: 2000 }, (_, index) => (index % 3 === 0 ? 260 : 1900)));
    await walk(reader, MIN_REPLY_BYTES);
    expect(read.lines).toBeLessThan(2000 * 3);
    expect(read.limits.size).toBeLessThanOrEqual(5);
  });
});
