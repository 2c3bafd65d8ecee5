import { describe, expect, it } from 'vitest';
import type { Action } from '../../../lib/replication/change.ts';
import { chainAfter, newEntry, settleEntry, takeBatch } from '../../../lib/replication/outbox.ts';

function anAction(id: string, changes: number, text = ''): Action {
  const made = Array.from({ length: changes }, (_, index) => ({ id: `${id}.${index}`, fields: { text } }));
  return { id, changes: made } as unknown as Action;
}
const ids = (actions: readonly Action[]) => actions.map((action) => action.id);

describe('a batch', () => {
  it('takes what is pending, oldest first, up to the number of changes, never part of an action', () => {
    const entries = [anAction('a', 2), anAction('b', 2), anAction('c', 1)];
    expect(ids(takeBatch(entries, 3, 1e6))).toEqual(['a']);
    expect(ids(takeBatch(entries, 4, 1e6))).toEqual(['a', 'b']);
    expect(ids(takeBatch(entries, 5, 1e6))).toEqual(['a', 'b', 'c']);
  });

  it('counts bytes, as the upstream does, not letters', () => {
    const entries = [anAction('a', 1, 'ሀ'.repeat(300)), anAction('b', 1, 'ሀ'.repeat(300))];
    expect(ids(takeBatch(entries, 10, 1000))).toEqual(['a']);
  });

  it('sends an action too large for any batch by itself rather than never', () => {
    const entries = [anAction('large', 1, 'x'.repeat(5000)), anAction('next', 1)];
    expect(ids(takeBatch(entries, 10, 1000))).toEqual(['large']);
  });
});

describe('a settled entry', () => {
  const settle = (result: 'applied' | 'refused' | 'held', confirmed: boolean) => {
    const refusal = result === 'refused' ? { changeId: 'a.0', key: null, code: 'forbidden' as const } : null;
    const outcome = { actionId: 'a', changeIds: ['a.0'], result, duplicate: false, confirmed, refusal };
    return settleEntry(newEntry(anAction('a', 1), ''), outcome, { epoch: 'e', nowMs: 5 });
  };

  it.each([
    ['applied', true, 'confirmed'],
    ['applied', false, 'received'],
    ['held', false, 'received'],
    ['refused', true, 'refused'],
  ] as const)('%s, confirmed %s: %s', (result, confirmed, state) => {
    expect(settle(result, confirmed)).toMatchObject({ state, action: { id: 'a' } });
  });
});

it('a chain differs when the order differs', () => {
  const changes = anAction('a', 2).changes;
  expect(chainAfter('', changes)).not.toBe(chainAfter('', [...changes].reverse()));
  expect(chainAfter(chainAfter('', changes.slice(0, 1)), changes.slice(1))).toBe(chainAfter('', changes));
});
