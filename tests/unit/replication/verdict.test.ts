import { describe, expect, it } from 'vitest';
import type { Flag } from '../../../lib/access/actor.ts';
import { worldOf } from '../../../lib/domain/world.ts';
import { verdictOf } from '../../../lib/replication/verdict.ts';
import { aJudge } from '../../scenario/a-judge.ts';
import { registration } from '../../scenario/edits.ts';

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
    );
  return { hub, refusal, own: verdictOf(world, action, undefined, () => undefined) };
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
