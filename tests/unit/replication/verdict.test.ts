import { describe, expect, it } from 'vitest';
import type { Flag } from '../../../lib/access/actor.ts';
import { type Sender, worldOf } from '../../../lib/domain/world.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import type { Action } from '../../../lib/replication/change.ts';
import { recordOf } from '../../../lib/replication/merge.ts';
import { verdictOf } from '../../../lib/replication/verdict.ts';
import { aJudge } from '../../scenario/a-judge.ts';
import { put, registration } from '../../scenario/edits.ts';

/** A registration at a clinic, as the root sees it when the hub of North hands it in. `flags`: its author's rights now. */
function handedIn(flags: readonly Flag[], clinic: 'north' | 'south' = 'north') {
  const { clinics, actors, someone, author, newId } = aJudge();
  const action = author(someone(clinics[clinic], flags), registration(newId(), clinics[clinic]));
  const world = worldOf(actors, { kind: 'hub', clinicIds: [clinics.north] });
  const refusal = { changeId: action.changes[0]!.id, key: null, code: 'forbidden' as const };
  const hub = (result: 'applied' | 'refused') =>
    verdictOf(
      world,
      action,
      { actionId: action.id, result, refusal: result === 'refused' ? refusal : null },
      () => undefined,
      true,
    );
  return { hub, refusal, own: verdictOf(world, action, undefined, () => undefined, true) };
}

describe("a hub's verdict", () => {
  it('to refuse stands, though the root would apply it', () => {
    const { hub, own, refusal } = handedIn(['register-patients']);
    expect(own.verdict.result).toBe('applied');
    expect(hub('refused')).toEqual({ verdict: { result: 'refused', refusal }, doubt: null });
  });

  it('to apply stands in its clinics, though the root would refuse it, and is looked at by a person', () => {
    const { hub, own } = handedIn(['view-history']);
    expect(own.verdict).toMatchObject({ result: 'refused', refusal: { code: 'forbidden' } });
    const { verdict, doubt } = hub('applied');
    expect([verdict.result, doubt?.code]).toEqual(['applied', 'forbidden']);
  });

  it('to apply does not reach beyond its clinics', () => {
    expect(handedIn(['view-history'], 'south').hub('applied').verdict.result).toBe('refused');
  });
});

describe('an edit of a record that is not here', () => {
  /** What a root, and what a relay, says of a phone's edit of a patient whom neither has. */
  function edited(flags: readonly Flag[], clinic: 'north' | 'south' = 'north') {
    const { clinics, actors, someone, author, newId } = aJudge();
    const [patientId, nurse] = [newId(), someone(clinics[clinic], flags)];
    const made = recordOf(author(nurse, registration(patientId, clinics[clinic])).changes[0]!);
    const action = author(nurse, [put('patients', patientId, { village: 'Kfar' })], () => made);
    const sender: Sender = { kind: 'device', clinicIds: [clinics.north], signedIn: [nurse.userId] };
    const said = (root: boolean) =>
      verdictOf(worldOf(actors, sender), action, undefined, () => undefined, root).verdict;
    return { root: said(true), relay: said(false) };
  }

  it('is refused by a root, and passed on by a relay, whose root may have it', () => {
    const { root, relay } = edited(['register-patients', 'edit-records']);
    expect([root.result, relay.result]).toEqual(['refused', 'held']);
  });

  it('is not passed on for a clinic that the phone is not in', () => {
    expect(edited(['register-patients', 'edit-records'], 'south').relay).toMatchObject({
      result: 'refused',
      refusal: { code: 'not-in-your-clinic' },
    });
  });

  it('takes nothing with it that a phone may not write', () => {
    const { clinics, actors, someone, author, newId } = aJudge();
    const nurse = someone(clinics.north, ['register-patients', 'edit-records', 'clinic-admin']);
    const patient = recordOf(author(nurse, registration(newId(), clinics.north)).changes[0]!);
    const madeElsewhere = (...edits: Edit[]) => author(nurse, edits, (ref) => ({ ...patient, ...ref }));
    const relay = (action: Action) => {
      const sender: Sender = { kind: 'device', clinicIds: [clinics.north], signedIn: [nurse.userId] };
      return verdictOf(worldOf(actors, sender), action, undefined, () => undefined, false).verdict.result;
    };
    const edit = put('patients', newId(), { village: 'Kfar' });
    const password = put('credentials', nurse.userId, { passwordHash: 'x' });
    const conflict = { collection: 'patients', recordId: newId(), key: 'phone', kept: 1, lost: 2 };
    const noticed = { ...conflict, patientId: newId(), clinicId: clinics.north, kind: 'parallel-edit', status: 'open' };
    expect(relay(madeElsewhere(edit))).toBe('held');
    expect(relay(madeElsewhere(password))).toBe('refused');
    expect(relay(madeElsewhere(password, edit))).toBe('refused');
    const made = author(nurse, [put('conflicts', newId(), noticed)]);
    const both = { ...made, changes: [...made.changes, ...madeElsewhere(edit).changes] };
    expect(relay(both)).toBe('refused');
  });
});
