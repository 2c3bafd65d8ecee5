import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Change } from '../../../lib/replication/change.ts';
import { isForgotten, lifeOf, RETENTION_MS, settleOutbox } from '../../../lib/replication/confirmation.ts';
import {
  chainAfter,
  newEntry,
  type OutboxEntry,
  type OutboxState,
  wasApplied,
} from '../../../lib/replication/outbox.ts';
import type { ExchangeReply, OriginStanding } from '../../../lib/replication/protocol/exchange-reply.ts';

const ME = 'me';
const NOW = 1_000_000;
type Word = Pick<ExchangeReply, 'epoch' | 'rootEpoch' | 'outcomes' | 'origins'>;

/** Actions of these many changes each, numbered on, and where each is. */
function anOutbox(sizes: readonly number[], states: readonly OutboxState[] = []): OutboxEntry[] {
  let [seq, chain] = [0, ''];
  return sizes.map((size, index) => {
    const changes = Array.from({ length: size }, () => {
      seq += 1;
      return { id: `change ${seq}`, origin: ME, originSeq: seq } as unknown as Change;
    });
    const action: Action = { id: `action ${index}`, changes };
    const entry = newEntry(action, chain);
    chain = entry.chain;
    const state = states[index] ?? 'pending';
    const receivedBy = state === 'received' ? 'hub' : null;
    return { ...entry, state, receivedBy, confirmedAtMs: state === 'confirmed' ? NOW - 1 : null };
  });
}

function ownOf(entries: readonly OutboxEntry[]) {
  const changes = entries.flatMap(({ action }) => action.changes);
  return { replicaId: ME, seq: changes.length, chain: chainAfter('', changes) };
}

/** The chain of the first changes. */
function markAt(entries: readonly OutboxEntry[], seq: number) {
  const changes = entries.flatMap(({ action }) => action.changes).slice(0, seq);
  return { seq, chain: chainAfter('', changes) };
}

function settle(entries: readonly OutboxEntry[], word: Partial<Word>, rootEpoch: string | null = 'r1') {
  const reply: Word = { epoch: 'hub', rootEpoch: 'r1', outcomes: [], origins: {}, ...word };
  return settleOutbox(entries, ({ action }) => action.id, ownOf(entries), rootEpoch, reply, NOW);
}

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 });
const state = fc.constantFrom<OutboxState>('pending', 'received', 'confirmed', 'refused');
const outboxes = fc
  .tuple(sizes, fc.array(state, { minLength: 8, maxLength: 8 }))
  .map(([each, states]) => anOutbox(each, states));

describe('a watermark', () => {
  it('confirms what was received up to it and nothing else, wherever it stands', () => {
    fc.assert(
      fc.property(outboxes, fc.nat(), (entries, at) => {
        const confirmed = markAt(entries, at % (ownOf(entries).seq + 1));
        const origins = { [ME]: { received: markAt(entries, ownOf(entries).seq), confirmed } };
        const settled = settle(entries, { origins });
        expect(settled.forked).toBe(false);
        for (const [index, after] of settled.entries.entries()) {
          const before = entries[index]!;
          const isBetween = !entries.some((one) => one.lastSeq === confirmed.seq);
          const reached = before.state === 'received' && before.lastSeq <= confirmed.seq && !isBetween;
          expect(after).toEqual(
            reached ? { ...before, state: 'confirmed', receivedBy: null, confirmedAtMs: NOW } : before,
          );
        }
      }),
    );
  });

  it('says nothing of what another upstream took: the root may know the verdict of a third', () => {
    const entries = anOutbox([2, 1], ['received', 'received']);
    const all = markAt(entries, 3);
    const origins = { [ME]: { received: all, confirmed: all } };
    expect(settle(entries, { epoch: 'another hub', origins }).entries).toEqual(entries);
    expect(settle(entries, { epoch: 'hub', origins }).entries.map((one) => one.state)).toEqual([
      'confirmed',
      'confirmed',
    ]);
  });

  it('settles nothing with another chain, whatever else it says', () => {
    fc.assert(
      fc.property(outboxes, fc.nat(), fc.string(), (entries, at, chain) => {
        const seq = at % (ownOf(entries).seq + 5);
        fc.pre(!entries.some((one) => one.chain === chain));
        const mark = { seq, chain };
        const { entries: after } = settle(entries, { origins: { [ME]: { received: mark, confirmed: mark } } });
        for (const [index, one] of after.entries()) {
          if (one.state === 'confirmed') expect(entries[index]!.state).toBe('confirmed');
          expect(one.action).toBe(entries[index]!.action);
        }
      }),
    );
  });
});

describe('a fork', () => {
  const forkedBy = (received: OriginStanding['received']) =>
    settle(anOutbox([2, 1], ['confirmed', 'received']), { origins: { [ME]: { received } } });

  it.each([
    ['numbers beyond the last', { seq: 4, chain: 'x' }, true],
    ['another chain at the last number', { seq: 3, chain: 'x' }, true],
    ['another chain at an earlier action', { seq: 2, chain: 'x' }, true],
    ['nothing received', { seq: 0, chain: '' }, false],
    ['a number within an action, whose chain is not known', { seq: 1, chain: 'x' }, false],
    ['an earlier number with its chain', markAt(anOutbox([2, 1]), 2), false],
  ])('%s', (_what, received, forked) => {
    const settled = forkedBy(received);
    expect(settled.forked).toBe(forked);
    expect(settled.entries.map((one) => one.state)).toEqual(['confirmed', forked ? 'pending' : 'received']);
  });
});

describe('lives of roots', () => {
  it('are ordered: the greatest seen is obeyed, whatever comes after it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (lives) => {
        let seen: string | null = null;
        for (const rootEpoch of lives) seen = settle([], { rootEpoch }, seen).rootEpoch;
        expect(seen).toBe([...lives].sort((left, right) => (left < right ? -1 : 1)).at(-1));
      }),
    );
    expect([lifeOf(null, 'a'), lifeOf('b', 'b'), lifeOf('a', 'b'), lifeOf('b', 'a')]).toEqual([
      'same',
      'same',
      'new',
      'old',
    ]);
  });

  it('a new one has everything to be given again, but what was refused', () => {
    fc.assert(
      fc.property(outboxes, (entries) => {
        const { entries: after } = settle(entries, { epoch: 'root', rootEpoch: 'r2' });
        for (const [index, one] of after.entries()) {
          const before = entries[index]!;
          expect(one.state).toBe(before.state === 'refused' ? 'refused' : 'pending');
          // What was applied before is in the stored record: a chart that was let go must not come back in part.
          if (before.state !== 'refused') expect(wasApplied(one)).toBe(wasApplied(before));
        }
      }),
    );
  });

  it('a smaller one confirms nothing, by outcome or by watermark', () => {
    const entries = anOutbox([1, 1], ['pending', 'received']);
    const outcome = { actionId: 'action 0', changeIds: ['change 1'], result: 'applied' as const };
    const settled = settle(
      entries,
      {
        rootEpoch: 'r0',
        outcomes: [{ ...outcome, duplicate: false, confirmed: true, refusal: null }],
        origins: { [ME]: { received: markAt(entries, 2) } },
      },
      'r1',
    );
    expect(settled.entries.map((one) => one.state)).toEqual(['received', 'received']);
  });
});

describe('an outcome that repeats what is known', () => {
  const refusal = { changeId: 'change 1', key: null, code: 'forbidden' as const };
  const outcome = { actionId: 'action 0', changeIds: ['change 1'], duplicate: true };

  it.each([
    ['a hub that only received it', { ...outcome, result: 'applied' as const, confirmed: false, refusal: null }],
    ['a hub that refused it', { ...outcome, result: 'refused' as const, confirmed: false, refusal }],
    ['the root again', { ...outcome, result: 'applied' as const, confirmed: true, refusal: null }],
  ])('takes no confirmation back: %s', (_what, one) => {
    const entries = anOutbox([1], ['confirmed']);
    expect(settle(entries, { outcomes: [one] }).entries).toEqual(entries);
  });

  it('but the refusal of the root itself is believed', () => {
    const entries = anOutbox([1], ['confirmed']);
    const one = { ...outcome, result: 'refused' as const, confirmed: true, refusal };
    expect(settle(entries, { outcomes: [one] }).entries[0]).toMatchObject({ state: 'refused', refusal });
  });
});

describe('forgetting', () => {
  it.each([
    ['confirmed, old and backed up', 'confirmed', RETENTION_MS + 1, 1, true],
    ['a day too young', 'confirmed', RETENTION_MS - 86_400_000, 1, false],
    ['not backed up', 'confirmed', RETENTION_MS + 1, 0, false],
    ['only received', 'received', RETENTION_MS + 1, 1, false],
    ['refused', 'refused', RETENTION_MS + 1, 1, false],
    ['pending', 'pending', RETENTION_MS + 1, 1, false],
  ] as const)('%s', (_what, at, ageMs, backedUp, forgotten) => {
    const entry = { ...anOutbox([1], [at])[0]!, confirmedAtMs: 0 };
    expect(isForgotten(entry, { [ME]: { received: { seq: 1, chain: '' }, backedUp } }, ageMs)).toBe(forgotten);
  });
});
