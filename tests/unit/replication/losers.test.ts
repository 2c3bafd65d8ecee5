import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, ChangeKind } from '../../../lib/replication/change.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { losersOf } from '../../../lib/replication/losers.ts';
import { writesOf } from '../../../lib/replication/merge.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { bruteLosers } from '../../scenario/brute-losers.ts';
import {
  actionOf,
  aRoot,
  author,
  changeNumbered,
  clinicId,
  conflictsIn,
  contentOf,
  idOf,
  openIn,
  stampOf,
} from '../../scenario/numbered-changes.ts';

const patientId = idOf('b', 1);
const patient = { collection: 'patients', id: patientId };

type Seen = Record<string, number[]>;

function change(n: number, fields: Record<string, Json>, seen: Seen, kind: ChangeKind = 'put'): Change {
  const replaced = Object.fromEntries(Object.entries(seen).map(([key, list]) => [key, list.map(stampOf)]));
  return changeNumbered(n, patient, kind, fields, replaced);
}

const names = { clinicId, homeClinicId: clinicId, givenName: 'Amina', sex: 'female' };
const made = change(1, { ...names, phone: '1', village: 'Saida' }, {});
const saw = (seen: Seen): Seen => ({ created: [1], deleted: [], ...seen });
const sawAll = (seen: Seen): Seen => ({
  ...saw(Object.fromEntries(Object.keys(made.fields).map((key) => [key, [1]]))),
  ...seen,
});

const lost = (changes: readonly Change[]) =>
  losersOf(changes)
    .map(({ kind, key, lost: { change, value } }) => [kind, key, change.originSeq && change.stamp, value])
    .sort();

describe('losers of a record', () => {
  it.each<[string, Change[], unknown[]]>([
    ['a correction that has seen the value', [made, change(2, { phone: '2' }, saw({ phone: [1] }))], []],
    [
      'two that had both seen the first',
      [made, change(2, { phone: '2' }, saw({ phone: [1] })), change(3, { phone: '3' }, saw({ phone: [1] }))],
      [['parallel-edit', 'phone', stampOf(2), '2']],
    ],
    [
      'different keys',
      [made, change(2, { phone: '2' }, saw({ phone: [1] })), change(3, { village: 'Tyre' }, saw({ village: [1] }))],
      [],
    ],
    [
      'equal values',
      [made, change(2, { phone: '2' }, saw({ phone: [1] })), change(3, { phone: '2' }, saw({ phone: [1] }))],
      [],
    ],
    [
      'a value that somebody wrote again later',
      [
        made,
        change(2, { phone: '2' }, saw({ phone: [1] })),
        change(3, { phone: '3' }, saw({ phone: [1] })),
        change(4, { phone: '2' }, saw({ phone: [3] })),
      ],
      [],
    ],
    [
      'two of which an emptied change names one, and says where the record belongs',
      [
        made,
        change(2, { phone: '2' }, saw({ phone: [1] })),
        change(3, { phone: '3' }, saw({ phone: [1] })),
        change(4, { clinicId: idOf('c', 2) }, { erased: [4], phone: [2] }),
      ],
      [['parallel-edit', 'phone', stampOf(2), '2']],
    ],
    [
      'one that a resolution names beside the other',
      [
        made,
        change(2, { phone: '2' }, saw({ phone: [1] })),
        change(3, { phone: '3' }, saw({ phone: [1] })),
        change(4, { phone: '3' }, saw({ phone: [2, 3] })),
      ],
      [],
    ],
    [
      'a clearing that lost',
      [made, change(2, { phone: null }, saw({ phone: [1] })), change(3, { phone: '3' }, saw({ phone: [1] }))],
      [['parallel-edit', 'phone', stampOf(2), null]],
    ],
    [
      'an edit that a deletion had not seen',
      [made, change(2, { phone: '2' }, saw({ phone: [1] })), change(3, {}, sawAll({}), 'delete')],
      [['edit-and-delete', 'deleted', stampOf(2), { phone: '2' }]],
    ],
    [
      'an edit after a deletion it had not heard of',
      [
        made,
        change(2, {}, sawAll({}), 'delete'),
        change(3, { phone: '3', village: 'Tyre' }, saw({ phone: [1], village: [1] })),
      ],
      [['edit-and-delete', 'deleted', stampOf(3), { phone: '3', village: 'Tyre' }]],
    ],
    [
      'an edit that a deletion had seen',
      [made, change(2, { phone: '2' }, saw({ phone: [1] })), change(3, {}, sawAll({ phone: [2] }), 'delete')],
      [],
    ],
    [
      'an edit of what its author knew to be deleted',
      [made, change(2, {}, sawAll({}), 'delete'), change(3, { phone: '3' }, saw({ phone: [1], deleted: [2] }))],
      [],
    ],
    [
      'a hidden edit that a restoration brought back',
      [
        made,
        change(2, {}, sawAll({}), 'delete'),
        change(3, { phone: '3' }, saw({ phone: [1] })),
        change(4, {}, sawAll({ phone: [3], deleted: [2] }), 'restore'),
      ],
      [],
    ],
    ['two deletions', [made, change(2, {}, sawAll({}), 'delete'), change(3, {}, sawAll({}), 'delete')], []],
    [
      'a restoration against a second deletion',
      [
        made,
        change(2, {}, sawAll({}), 'delete'),
        change(3, {}, sawAll({ deleted: [2] }), 'restore'),
        change(4, {}, sawAll({ deleted: [2] }), 'delete'),
      ],
      [['parallel-edit', 'deleted', stampOf(3), { deletedAt: null, deletedBy: null, deletedReason: null }]],
    ],
    [
      'anything of an erased record',
      [
        made,
        change(2, { phone: '2' }, saw({ phone: [1] })),
        change(3, { phone: '3' }, saw({ phone: [1] })),
        change(4, {}, sawAll({}), 'erase'),
      ],
      [],
    ],
  ])('%s', (_, changes, expected) => {
    expect(lost(changes)).toEqual(expected);
    expect(lost([...changes].reverse())).toEqual(expected);
  });
});

/** A few replicas that each have seen some of the earlier changes, and write with that in view. */
const histories = fc
  .array(
    fc.record({
      kind: fc.constantFrom<ChangeKind>('put', 'put', 'put', 'put', 'delete', 'restore'),
      key: fc.constantFrom('phone', 'village'),
      value: fc.constantFrom('x', 'y', null),
      sees: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
      both: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((steps) => {
    const changes: Change[] = [made];
    steps.forEach(({ kind, key, value, sees, both }, index) => {
      const seen = changes.filter((_, number) => number === 0 || sees[number]);
      const newest = (name: string) => seen.filter((one) => name in writesOf(one)).slice(both ? -2 : -1);
      const numbers = (name: string) => newest(name).map((one) => changes.indexOf(one) + 1);
      const keys = kind === 'put' ? [key] : [...Object.keys(made.fields)];
      const named = saw(Object.fromEntries(keys.map((name) => [name, numbers(name)])));
      const fields = kind === 'put' ? { [key]: value } : {};
      changes.push(change(index + 2, fields, { ...named, deleted: numbers('deleted') }, kind));
    });
    return changes;
  });

/** The order they come in, one after another or some together. */
const arrivals = histories.chain((changes) =>
  fc.record({
    changes: fc.constant(changes),
    order: fc.shuffledSubarray(changes.slice(1), { minLength: changes.length - 1 }),
    cut: fc.nat({ max: changes.length }),
  }),
);

const about = ({ values }: StoredRecord) => `${values.key} ${(values.lost as { stamp: string }).stamp}`;

describe('the open conflicts of a root', () => {
  it('are exactly the losers, in whichever order the changes came, alike to the last value', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ changes, order, cut }) => {
        const [root, straight] = [aRoot(), aRoot()];
        const outcomes = await root.accept([actionOf(made)]);
        for (const one of order.slice(0, cut)) outcomes.push(...(await root.accept([actionOf(one)])));
        outcomes.push(...(await root.accept(order.slice(cut).map(actionOf))));
        await straight.accept(changes.map(actionOf));
        expect(outcomes.map((outcome) => outcome.result)).toEqual(changes.map(() => 'applied'));
        expect(openIn(root).map(about).sort()).toEqual(bruteLosers(changes));
        expect(contentOf(openIn(root))).toEqual(contentOf(openIn(straight)));
      }),
      { numRuns: Number(process.env.CONFLICT_RUNS ?? 500) },
    );
  }, 30_000);

  it('are noted once, whatever comes again, under the numbers of the root itself', async () => {
    const root = aRoot();
    const both = [change(2, { phone: '2' }, saw({ phone: [1] })), change(3, { phone: '3' }, saw({ phone: [1] }))];
    for (const one of [made, ...both, ...both]) await root.accept([actionOf(one)]);
    const [conflict, ...others] = conflictsIn(root);
    expect(others).toEqual([]);
    expect(conflict?.values).toMatchObject({
      patientId,
      clinicId,
      ...{ collection: 'patients', recordId: patientId, key: 'phone', kind: 'parallel-edit', status: 'open' },
      kept: { value: '3', author, origin: idOf('f', 3), at: both[1]!.at, stamp: stampOf(3) },
      lost: { value: '2', author, origin: idOf('f', 2), at: both[0]!.at, stamp: stampOf(2) },
    });
    expect(root.ownSeq()).toBe(1);
  });

  it('open again for an edit that was restored, when a second deletion hides it, unaware', async () => {
    const root = aRoot();
    const hidden = change(3, { phone: '3' }, saw({ phone: [1] }));
    const restored = change(4, {}, sawAll({ phone: [3], deleted: [2] }), 'restore');
    const status = () => conflictsIn(root).map((one) => [about(one), one.values.status]);
    for (const one of [made, change(2, {}, sawAll({}), 'delete'), hidden, restored]) await root.accept([actionOf(one)]);
    expect(status()).toEqual([[`deleted ${stampOf(3)}`, 'resolved']]);
    await root.accept([actionOf(change(5, {}, sawAll({ deleted: [4] }), 'delete'))]);
    expect(status()).toEqual([[`deleted ${stampOf(3)}`, 'open']]);
  });

  it.each([
    ['that names the loser', change(4, { phone: '2' }, saw({ phone: [2, 3] })), 'lost'],
    ['that keeps what stands', change(4, { phone: '3' }, saw({ phone: [2, 3] })), 'kept'],
    ['with a third value', change(4, { phone: '4' }, saw({ phone: [2, 3] })), 'edited'],
    ['that writes the lost value without knowing', change(4, { phone: '2' }, saw({ phone: [3] })), 'lost'],
  ])('are resolved by a change %s, before or after it', async (_, deciding, resolution) => {
    const both = [change(2, { phone: '2' }, saw({ phone: [1] })), change(3, { phone: '3' }, saw({ phone: [1] }))];
    for (const order of [
      [...both, deciding],
      [deciding, ...both],
    ]) {
      const root = aRoot();
      for (const one of [made, ...order]) await root.accept([actionOf(one)]);
      const [first, ...others] = conflictsIn(root).filter((one) => about(one) === `phone ${stampOf(2)}`);
      expect(others).toEqual([]);
      if (order[0] !== deciding) expect(first?.values).toMatchObject({ status: 'resolved', resolution });
      expect(openIn(root)).toEqual([]);
    }
  });

  it('are erased with their record: nothing of the two values stays in them', async () => {
    const root = aRoot();
    const both = [change(2, { phone: '2222' }, saw({ phone: [1] })), change(3, { phone: '3' }, saw({ phone: [1] }))];
    for (const one of [made, ...both]) await root.accept([actionOf(one)]);
    expect(JSON.stringify(conflictsIn(root))).toContain('2222');
    await root.accept([actionOf(change(4, {}, sawAll({ phone: [3] }), 'erase'))]);
    expect(conflictsIn(root)).toHaveLength(1);
    expect(JSON.stringify(conflictsIn(root))).not.toContain('2222');
  });
});
