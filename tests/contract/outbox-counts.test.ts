import { expect, it } from 'vitest';
import { commitAction } from '../../db/device/commit-action.ts';
import { countOutbox, openOutboxRow, outboxRow } from '../../db/device/outbox.ts';
import { viewId } from '../../lib/domain/view/view.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { put, registration } from '../scenario/edits.ts';
import { aDevice } from '../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../scenario/simulated-world.ts';

it('that somebody looked is no work that waits, and is told apart on a locked phone as well', async () => {
  const { newId } = aSimulatedWorld(5);
  const [userId, clinicId, patientId] = [newId(), newId(), newId()];
  const { database, key, committer } = await aDevice(newId(), () => Date.UTC(2026, 10, 21), newId);
  const save = (...edits: Edit[]) => {
    const decide = () => ({ edits, author: { userId, clinicId } });
    return commitAction(database, key, [{ table: 'charts', id: patientId }], decide, committer);
  };
  const look = (at: string) => {
    const view = { patientId, clinicId, userId, screen: 'chart', at, grantId: null };
    return put('views', viewId(view)!, view);
  };
  const none = { unsent: 0, refused: 0, received: 0, confirmed: 0, looks: 0 };
  await save(...registration(patientId, clinicId));
  await save(look('2026-11-21T08:00:00.000Z'));
  await save(look('2026-11-21T09:00:00.000Z'));
  // Saved together with work it is no look any more: losing it would lose the work.
  await save(look('2026-11-21T10:00:00.000Z'), put('patients', patientId, { phone: '12' }));
  expect(await countOutbox(database)).toEqual({ ...none, unsent: 2, looks: 2 });
  await database.outbox.toCollection().modify({ state: 'received' });
  expect(await countOutbox(database)).toEqual({ ...none, received: 2 });
  await database.outbox.toCollection().modify({ state: 'confirmed' });
  expect(await countOutbox(database)).toEqual({ ...none, confirmed: 2 });
  // Written anew, as when it is refused, it stays what it was; then a person has to see to it, look or not.
  const refusal = { changeId: newId(), key: null, code: 'forbidden' as const };
  for (const row of await database.outbox.toArray()) {
    const entry = { ...(await openOutboxRow(key, row)), state: 'refused' as const, refusal };
    const after = await outboxRow(key, entry, row);
    expect(after.kind).toBe(row.kind);
    await database.outbox.put(after);
  }
  expect(await countOutbox(database)).toEqual({ ...none, refused: 4 });
});
