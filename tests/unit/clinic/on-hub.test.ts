import 'fake-indexeddb/auto';
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import { readOnHub } from '../../../app/device/on-hub.ts';
import { database } from '../../../app/device/phone.ts';
import { outboxRow } from '../../../db/device/outbox.ts';
import type { Action } from '../../../lib/replication/change.ts';
import type { OutboxState } from '../../../lib/replication/outbox.ts';
import { aDeviceKey } from '../../scenario/phone-stores.ts';

it('a record is on the hub while a change of it waits for the server, and no longer than that', async () => {
  const key = await aDeviceKey();
  const actionId = v7();
  const change = { collection: 'visits', recordId: 'v', originSeq: 1, author: 'nora' };
  const action = { id: actionId, changes: [change, change] } as unknown as Action;
  const at = { origin: 'phone', lastSeq: 1, chain: '', receivedBy: null, unjudged: false, confirmedAtMs: null };
  const be = async (state: OutboxState) =>
    database.outbox.put(
      await outboxRow(key, { action, state, refusal: null, places: [], ...at }, { seq: 1, madeAtMs: 1 }),
    );
  const told = [];
  for (const state of ['pending', 'received', 'confirmed', 'refused'] as const) {
    await be(state);
    told.push([...(await readOnHub(key))]);
  }
  expect(told).toEqual([[], ['visits/v'], [], []]);
});
