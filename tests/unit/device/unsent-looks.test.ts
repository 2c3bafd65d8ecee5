import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { countUnsentLooks } from '../../../app/device/unsent-looks.ts';
import { commitAction } from '../../../db/device/commit-action.ts';
import { countOutbox } from '../../../db/device/outbox.ts';
import { viewId } from '../../../lib/domain/view/view.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import { put, registration } from '../../scenario/edits.ts';
import { aDevice } from '../../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../../scenario/simulated-world.ts';

it('looks are told from work that waits, and only while they wait', async () => {
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
  await save(...registration(patientId, clinicId));
  expect(await countUnsentLooks(database, key)).toBe(0);
  await save(look('2026-11-21T08:00:00.000Z'));
  await save(look('2026-11-21T09:00:00.000Z'));
  // Saved together with work it is no look any more: losing it would lose the work.
  await save(look('2026-11-21T10:00:00.000Z'), put('patients', patientId, { phone: '12' }));
  expect((await countOutbox(database)).unsent).toBe(4);
  expect(await countUnsentLooks(database, key)).toBe(2);
  await database.outbox.toCollection().modify({ state: 'confirmed' });
  expect(await countUnsentLooks(database, key)).toBe(0);
});
