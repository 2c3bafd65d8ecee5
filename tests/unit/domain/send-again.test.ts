import { expect, it } from 'vitest';
import { sendAgain } from '../../../lib/domain/send-again.ts';
import { aCommandWorld } from '../../scenario/command-world.ts';
import { registration } from '../../scenario/edits.ts';

const asChange = ({ collection, id, kind, fields, reason }: ReturnType<typeof registration>[number]) => ({
  ...{ collection, recordId: id, kind: kind as 'put', fields, reason, seen: {} },
});

it('what was refused is sent again as new changes of whoever sends it', () => {
  const world = aCommandWorld();
  const patientId = world.newId();
  const changes = registration(patientId, world.clinicId).map(asChange);
  expect(world.run(sendAgain, { changes })).toBeNull();
  expect(world.record('patients', patientId)?.values.givenName).toBe('Amina');
  expect(sendAgain.needs({ changes })[0]).toEqual({ collection: 'patients', id: patientId });
});

it('names as replaced only what its author saw: what others wrote meanwhile is not written over unseen', () => {
  const seen = { phone: [], deleted: [] };
  const fields = { phone: '0790' };
  const recordId = aCommandWorld().newId();
  const change = { collection: 'patients', recordId, kind: 'put' as const, fields, reason: null, seen };
  const decision = sendAgain.decide({ changes: [change] }, {} as never);
  expect(decision).toMatchObject({ ok: true, edits: [{ id: recordId, fields, seen }] });
});

it('an erasure is never sent again', () => {
  const change = { collection: 'patients', recordId: aCommandWorld().newId(), kind: 'erase', fields: {}, reason: null };
  expect(sendAgain.input.safeParse({ changes: [change] }).success).toBe(false);
});
