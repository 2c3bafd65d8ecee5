import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { expect, it } from 'vitest';
import { commitAction } from '../../db/device/commit-action.ts';
import { openDeviceDatabase } from '../../db/device/device-database.ts';
import { openOutboxRow, pendingIn } from '../../db/device/outbox.ts';
import { put, registration } from '../scenario/edits.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { aDevice } from '../scenario/phone-stores.ts';

it('what waited on a phone before an update is still shown over what comes', async () => {
  const { newId, time, clinics } = await aNetwork(1);
  const { database, key, committer } = await aDevice(newId(), () => time.ms, newId);
  const id = newId();
  const edits = [...registration(id, clinics[0]!), put('patients', id, { village: 'Kfar' })];
  const author = { userId: newId(), clinicId: clinics[0]! };
  await commitAction(database, key, [{ table: 'charts', id }], () => ({ edits, author }), committer);
  const { pendingIn: _, kind: __, ...row } = (await database.outbox.toArray())[0]!;
  const before = new Dexie('an older phone');
  before.version(1).stores({
    charts: 'id, commit',
    records: 'id, kind, commit',
    outbox: 'id, seq, state, [state+seq], [origin+lastSeq]',
    drafts: 'id',
    meta: 'key',
  });
  await before.table('outbox').add(row);
  before.close();
  const after = openDeviceDatabase('relaxed', 'an older phone');
  const { action } = await openOutboxRow(key, (await after.outbox.toArray())[0]!);
  expect((await pendingIn(after, key, [{ table: 'charts', id }])).map((one) => one.action)).toEqual([action]);
});
