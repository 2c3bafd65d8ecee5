import { expect, it } from 'vitest';
import { acceptRefused } from '../../../lib/domain/change/accept-refused.ts';
import type { CommandContext } from '../../../lib/domain/command.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import { put } from '../../scenario/edits.ts';
import { aWriter } from '../../scenario/postgres-clinic.ts';

const [NORA, CLINIC, RECORD, OTHER] = [1, 2, 3, 4].map((n) => `018f3a5e-0000-7000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
];
const context = {} as CommandContext;
const decide = (...edits: Edit[]) =>
  acceptRefused.decide(
    { changes: aWriter(NORA, CLINIC).author(edits).changes, reason: 'accepted: spoke to her' },
    context,
  );

it('makes the same edits with the reason of whoever accepts', () => {
  const decided = decide(put('patients', RECORD, { phone: '1' }, 'hers'), put('visits', OTHER, { reason: 'fever' }));
  expect(decided).toEqual({
    ok: true,
    edits: [
      { collection: 'patients', id: RECORD, kind: 'put', fields: { phone: '1' }, reason: 'accepted: spoke to her' },
      { collection: 'visits', id: OTHER, kind: 'put', fields: { reason: 'fever' }, reason: 'accepted: spoke to her' },
    ],
  });
});

it('writes a record once, what was written last', () => {
  const decided = decide(put('patients', RECORD, { phone: '1', camp: 'A' }), put('patients', RECORD, { phone: '2' }));
  expect(decided.ok && decided.edits.map(({ fields }) => fields)).toEqual([{ phone: '2', camp: 'A' }]);
});

it.each(['credentials', 'devices', 'formDrafts'])('takes nothing over of %s', (collection) => {
  const decided = decide(put('patients', RECORD, { phone: '1' }), put(collection, OTHER, { passwordHash: 'x' }));
  expect(decided).toMatchObject({ ok: false, refusal: { kind: 'forbidden' } });
});

it('names every record that it touches', () => {
  const { changes } = aWriter(NORA, CLINIC).author([put('patients', RECORD, { phone: '1' })]);
  expect(acceptRefused.needs({ changes, reason: 'x' })).toEqual([{ collection: 'patients', id: RECORD }]);
});
