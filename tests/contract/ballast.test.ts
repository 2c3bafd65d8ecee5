import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { hasBallast, keepBallast } from '../../db/device/ballast.ts';
import { commitAction } from '../../db/device/commit-action.ts';
import { registration } from '../scenario/edits.ts';
import { aNetwork } from '../scenario/network/a-network.ts';
import { aDevice } from '../scenario/phone-stores.ts';

const PLENTY = 1e9;

/** A phone on which saves fail for want of room, as a browser fails them, while `full` says so. */
async function aFullPhone(full: (ballast: boolean) => boolean) {
  const { newId, time, clinics } = await aNetwork(2);
  const { database, key, committer } = await aDevice(newId(), () => time.ms, newId);
  let ballast = false;
  let tries = 0;
  database.outbox.hook('creating', () => {
    tries += 1;
    if (full(ballast)) throw new DOMException('no room', 'QuotaExceededError');
  });
  database.meta.hook('creating', (key) => {
    if (key === 'ballast') ballast = true;
  });
  database.meta.hook('deleting', (key) => {
    if (key === 'ballast') ballast = false;
  });
  const id = newId();
  const decided = { edits: registration(id, clinics[0]!), author: { userId: newId(), clinicId: clinics[0]! } };
  return {
    database,
    tries: () => tries,
    save: () => commitAction(database, key, [{ table: 'charts', id }], () => decided, committer),
  };
}

it('on a full disk what was typed is saved in the room that was kept for it', async () => {
  const { database, save } = await aFullPhone((ballast) => ballast);
  expect(await keepBallast(database, PLENTY)).toBe(true);
  expect(await save()).toMatchObject({ ok: true });
  expect(await database.outbox.count()).toBe(1);
  expect(await hasBallast(database)).toBe(false);
});

it('a save that fits not even there fails visibly, after one more try', async () => {
  const { database, save, tries } = await aFullPhone(() => true);
  await keepBallast(database, PLENTY);
  await expect(save()).rejects.toMatchObject({ name: 'QuotaExceededError' });
  expect(tries()).toBe(2);
  await expect(save()).rejects.toMatchObject({ name: 'QuotaExceededError' });
  expect(tries()).toBe(3);
  expect([await database.outbox.count(), await database.charts.count()]).toEqual([0, 0]);
});

it('the room is kept again when there is some, not before', async () => {
  const { database } = await aFullPhone(() => false);
  expect(await keepBallast(database, 1e6)).toBe(false);
  expect(await hasBallast(database)).toBe(false);
  expect(await keepBallast(database, null)).toBe(true);
  const [row] = await database.meta.where('key').equals('ballast').toArray();
  expect(row?.key === 'ballast' && row.bytes.byteLength).toBe(8 * 1024 * 1024);
  expect(await keepBallast(database, 1e6)).toBe(true);
});
