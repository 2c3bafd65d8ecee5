import { expect } from 'vitest';
import { chainAfter } from '../../lib/replication/outbox.ts';
import { recordHash } from '../../lib/replication/record.ts';
import { acknowledged, type Pusher } from './pusher.ts';

interface Logged {
  readonly id: string;
  readonly result: string;
}

/**
 * After the last exchange: every action of these phones has one outcome, every change stands in the log once with that
 * outcome, the server's watermark for each phone is the phone's own, and what each read by its cursors is what the
 * server says its scopes hold.
 */
export async function expectAllThere(phones: readonly Pusher[], log: readonly Logged[]) {
  const results = new Map(log.map((row) => [row.id, row.result]));
  expect(results.size, 'changes in the log, by id').toBe(log.length);
  expect(
    phones.flatMap((phone) => phone.made.filter((one) => !phone.outcomes.has(one.id))),
    'actions without an outcome',
  ).toEqual([]);
  for (const result of ['applied', 'refused', 'held'] as const) {
    const lost = acknowledged(phones, result).filter((change) => results.get(change.id) !== result);
    expect(lost, `changes acknowledged as ${result} that the log does not know as such`).toEqual([]);
  }
  for (const phone of phones) await expectRead(phone);
  const outcomes = phones.flatMap((phone) => [...phone.outcomes.values()]);
  return {
    changes: acknowledged(phones, 'applied').length,
    refused: acknowledged(phones, 'refused').length,
    duplicates: outcomes.filter((outcome) => outcome.duplicate).length,
  };
}

async function expectRead(phone: Pusher): Promise<void> {
  const reply = await phone.quiet();
  const changes = phone.made.flatMap((action) => action.changes);
  const own = { seq: changes.length, chain: chainAfter('', changes) };
  const told = reply.origins[phone.deviceId];
  // A root confirms what it receives, and says so once.
  if (changes.length > 0) expect([told?.received, told?.confirmed ?? told?.received]).toEqual([own, own]);
  for (const [scope, sums] of Object.entries(reply.digests)) {
    const held = [...(phone.read.get(scope)?.values() ?? [])];
    const digest = held.reduce((sum, record) => sum ^ recordHash(record), 0n);
    expect({ count: held.length, digest: String(digest) }, `what was read of ${scope}`).toEqual(sums);
  }
}
