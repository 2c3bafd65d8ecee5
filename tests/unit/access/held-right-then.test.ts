import { describe, expect, it } from 'vitest';
import { type Actor, type Flag, hasFlag } from '../../../lib/access/actor.ts';
import { heldRightThen, type LoggedRight } from '../../../lib/access/held-right-then.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import { authorAction, type Edit } from '../../../lib/replication/author-action.ts';
import { NEW_CLOCK } from '../../../lib/replication/clock.ts';
import { mergeChange, refOf } from '../../../lib/replication/merge.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { makeStamp } from '../../../lib/replication/stamp.ts';
import { put } from '../../scenario/edits.ts';

const CLINIC = '018f3a5e-0000-7000-8000-000000000001';
const NORA = '018f3a5e-0000-7000-8000-000000000002';
const ADMIN = '018f3a5e-0000-7000-8000-000000000003';
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);
const on = (day: number) => new Date(START + day * DAY).toISOString();
const moment = (made: number, received: number) => ({
  stamp: makeStamp({ ms: START + made * DAY, counter: 0 }, NORA),
  receivedAt: on(received),
});
const mayEdit = (actor: Actor) => hasFlag(actor, 'edit-records', CLINIC);

/** What an administrator wrote of Nora, each on a day; it came here `lateDays` after. */
function logOf(...written: readonly { day: number; edit: Edit; lateDays?: number }[]): LoggedRight[] {
  const held = new Map<string, StoredRecord>();
  let origin = { replicaId: ADMIN, seq: 0, clock: NEW_CLOCK };
  let ids = 0;
  const newId = () => `018f3a5e-0000-7000-8000-1000000000${String(ids++).padStart(2, '0')}`;
  return written.map(({ day, edit, lateDays = 0 }) => {
    const now = { deviceMs: START + day * DAY, at: on(day), schema: 1 };
    const find = (ref: { collection: string; id: string }) => held.get(refKey(ref));
    const made = authorAction([edit], find, { userId: ADMIN, clinicId: null }, origin, now, newId)!;
    origin = made.origin;
    const change = made.action.changes[0]!;
    held.set(refKey(refOf(change)), mergeChange(find({ collection: edit.collection, id: edit.id }), change));
    return { change, receivedAt: on(day + lateDays) };
  });
}

const user = (day: number, fields = {}) => ({ day, edit: put('users', NORA, { role: 'provider', ...fields }) });
const grant = (day: number, flag: Flag, held: boolean) => {
  const fields = { userId: NORA, clinicId: CLINIC, [`flags.${flag}`]: held };
  return { day, edit: put('permissions', deterministicId('permissions', NORA, CLINIC), fields) };
};

describe('had the author the right when he made the change, and no longer when it arrived?', () => {
  const withdrawn = logOf(user(0), grant(1, 'edit-records', true), grant(10, 'edit-records', false));

  it.each([
    ['made while he held it, arrived after it was withdrawn', 5, 12, true],
    ['made and arrived while he held it', 5, 6, false],
    ['made after it was withdrawn', 11, 12, false],
    ['made before it was given', 0.5, 12, false],
  ])('%s', (_, made, received, expected) => {
    expect(heldRightThen(withdrawn, NORA, moment(made, received), mayEdit)).toBe(expected);
  });

  it('reads the log in whatever order it comes', () => {
    expect(heldRightThen([...withdrawn].reverse(), NORA, moment(5, 12), mayEdit)).toBe(true);
  });

  it('a right that was taken away and given back counts by when', () => {
    const log = logOf(
      user(0),
      grant(1, 'edit-records', true),
      grant(3, 'edit-records', false),
      grant(6, 'edit-records', true),
      grant(9, 'edit-records', false),
    );
    expect(heldRightThen(log, NORA, moment(2, 12), mayEdit)).toBe(true);
    expect(heldRightThen(log, NORA, moment(4, 12), mayEdit)).toBe(false);
    expect(heldRightThen(log, NORA, moment(7, 12), mayEdit)).toBe(true);
    expect(heldRightThen(log, NORA, moment(7, 8), mayEdit)).toBe(false);
  });

  it('another right, and a right in another clinic, are not this right', () => {
    const log = logOf(user(0), grant(1, 'prescribe', true), grant(10, 'prescribe', false));
    expect(heldRightThen(log, NORA, moment(5, 12), mayEdit)).toBe(false);
    const elsewhere = (actor: Actor) => hasFlag(actor, 'edit-records', ADMIN);
    expect(heldRightThen(withdrawn, NORA, moment(5, 12), elsewhere)).toBe(false);
  });

  it('a right of the role goes with the role, and a deleted user has none left', () => {
    const demoted = logOf(user(0, { role: 'admin' }), user(10, { role: 'viewer' }));
    expect(heldRightThen(demoted, NORA, moment(5, 12), mayEdit)).toBe(true);
    const gone: Edit = { collection: 'users', id: NORA, kind: 'delete', fields: {}, reason: 'left' };
    const log = logOf(user(0), grant(1, 'edit-records', true), { day: 10, edit: gone });
    expect(heldRightThen(log, NORA, moment(5, 12), mayEdit)).toBe(true);
    expect(heldRightThen(log, NORA, moment(11, 12), mayEdit)).toBe(false);
  });

  it('a withdrawal that had not come here yet when the change arrived did not refuse it', () => {
    const log = logOf(user(0), grant(1, 'edit-records', true), { ...grant(10, 'edit-records', false), lateDays: 20 });
    expect(heldRightThen(log, NORA, moment(5, 12), mayEdit)).toBe(false);
  });

  it('nobody that the log knows had none', () => {
    expect(heldRightThen([], NORA, moment(5, 12), mayEdit)).toBe(false);
  });
});
