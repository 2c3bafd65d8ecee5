import { v7 } from 'uuid';
import { expect, it, vi } from 'vitest';
import { applyReply } from '../../db/device/apply-reply.ts';
import { commitAction } from '../../db/device/commit-action.ts';
import { countOutbox, offeredActions, openOutboxRow, outboxRow } from '../../db/device/outbox.ts';
import { refusedRows, reopenRefused, type Settlement, settleRefused } from '../../db/device/settle-refused.ts';
import { registration } from '../scenario/edits.ts';
import { aDevice } from '../scenario/phone-stores.ts';

const DISCARDED: Settlement = { how: 'discarded', by: 'nora', atMs: 5 };

/** A phone with one refused registration and one that waits to be sent. */
async function aPhoneWithARefusal() {
  const { database, key, committer } = await aDevice(v7(), () => 1000, v7);
  const save = async () => {
    const patientId = v7();
    const [clinicId, userId] = [v7(), v7()];
    const decide = () => ({ edits: registration(patientId, clinicId), author: { userId, clinicId } });
    const done = await commitAction(database, key, [{ table: 'charts', id: patientId }], decide, committer);
    return done.ok ? done.action!.id : '';
  };
  const [refused, pending] = [await save(), await save()];
  const entry = await openOutboxRow(key, (await database.outbox.get(refused))!);
  const refusal = { changeId: entry.action.changes[0]!.id, key: null, code: 'forbidden' as const };
  await database.outbox.put(await outboxRow(key, { ...entry, state: 'refused', refusal }, { seq: 1, madeAtMs: 1000 }));
  return { database, key, refused, pending };
}

it('a refused action that was dealt with waits for nobody, and keeps its content', async () => {
  const { database, key, refused } = await aPhoneWithARefusal();
  expect((await countOutbox(database)).refused).toBe(1);
  expect(await settleRefused(database, refused, DISCARDED)).toBe(true);
  expect((await countOutbox(database)).refused).toBe(0);
  const [row] = await refusedRows(database);
  expect(row?.settled).toEqual(DISCARDED);
  const { action, refusal } = await openOutboxRow(key, row!);
  expect(action.changes[0]?.fields.givenName).toBe('Amina');
  expect(refusal?.code).toBe('forbidden');
});

it('is settled once: a second word does not replace the first', async () => {
  const { database, refused } = await aPhoneWithARefusal();
  await settleRefused(database, refused, DISCARDED);
  expect(await settleRefused(database, refused, { how: 'sent-again', by: 'sami', atMs: 9 })).toBe(false);
  expect((await database.outbox.get(refused))?.settled).toEqual(DISCARDED);
});

it('waits again when the discarding is undone', async () => {
  const { database, refused } = await aPhoneWithARefusal();
  expect(await reopenRefused(database, refused)).toBe(false);
  await settleRefused(database, refused, DISCARDED);
  expect(await reopenRefused(database, refused)).toBe(true);
  expect((await countOutbox(database)).refused).toBe(1);
  expect(await database.outbox.get(refused)).not.toHaveProperty('settled');
});

it('nothing that waits to be sent can be settled away', async () => {
  const { database, pending } = await aPhoneWithARefusal();
  expect(await settleRefused(database, pending, DISCARDED)).toBe(false);
  expect(await settleRefused(database, 'no such action', DISCARDED)).toBe(false);
  expect((await countOutbox(database)).unsent).toBe(1);
  expect((await refusedRows(database)).length).toBe(1);
});

it('stays settled when a reply about it is being stored at that moment', async () => {
  const { database, key, refused } = await aPhoneWithARefusal();
  const { action } = await openOutboxRow(key, (await database.outbox.get(refused))!);
  const refusal = { changeId: action.changes[0]!.id, key: null, code: 'invalid' as const };
  const changeIds = action.changes.map((change) => change.id);
  const outcome = {
    actionId: refused,
    changeIds,
    result: 'refused' as const,
    duplicate: true,
    confirmed: true,
    refusal,
  };
  const nothing = { origins: {}, grants: 1, pages: [], cursors: {}, more: false, digests: {} };
  const reply = { ...nothing, replicaId: v7(), epoch: v7(), rootEpoch: v7(), clock: 1000, outcomes: [outcome] };
  const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
  // The reply's outbox row was read, and is being sealed.
  const settling = vi.spyOn(crypto.subtle, 'encrypt').mockImplementationOnce(async (...sealed) => {
    await settleRefused(database, refused, DISCARDED);
    return encrypt(...sealed);
  });
  await applyReply(database, key, reply, { version: 0, sentMs: 1000, receivedMs: 1000 }, v7);
  expect(settling).toHaveBeenCalled();
  const row = (await database.outbox.get(refused))!;
  expect(row.settled).toEqual(DISCARDED);
  expect((await openOutboxRow(key, row)).refusal?.code).toBe('invalid');
});

it('refused actions that were dealt with keep none that waits from being offered to another upstream', async () => {
  const { database, key, refused, pending } = await aPhoneWithARefusal();
  for (const id of [refused, pending]) await database.outbox.update(id, { state: 'refused', receivedBy: 'a hub' });
  await settleRefused(database, refused, DISCARDED);
  const offered = await offeredActions(database, key, 'another hub', 1, null, []);
  expect(offered.map(({ id }) => id)).toEqual([pending]);
});
