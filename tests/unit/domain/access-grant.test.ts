import { describe, expect, it } from 'vitest';
import { FLAGS, type Flag, ROLES } from '../../../lib/access/actor.ts';
import { breakGlass } from '../../../lib/domain/access-grant/break-glass.ts';
import { endBreakGlass } from '../../../lib/domain/access-grant/end-break-glass.ts';
import { grantInForce } from '../../../lib/domain/access-grant/grant-in-force.ts';
import { aJudge } from '../../scenario/a-judge.ts';
import { aCommandWorld } from '../../scenario/command-world.ts';
import { membership, put, registration } from '../../scenario/edits.ts';
import { aSimulatedWorld } from '../../scenario/simulated-world.ts';

const HOUR_MS = 3_600_000;

function anOpening() {
  const judged = aJudge();
  const { north, south } = judged.clinics;
  const patientId = judged.newId();
  const fields = (userId: string, more: Record<string, string | null> = {}) => {
    const from = new Date(judged.time.ms).toISOString();
    const until = new Date(judged.time.ms + 12 * HOUR_MS).toISOString();
    return { patientId, clinicId: north, userId, reason: 'Unconscious', from, until, endedAt: null, ...more };
  };
  const opened = (userId: string, more: Record<string, string | null> = {}) =>
    put('accessGrants', judged.newId(), fields(userId, more));
  return { ...judged, north, south, patientId, opened };
}

describe('who may open a chart in an emergency', () => {
  const cases = ROLES.flatMap((role) =>
    ([...FLAGS, null] as const).flatMap((flag) =>
      (['north', 'south'] as const).map((where) => ({ role, flag, where })),
    ),
  );

  it.each(cases)('$role with $flag in $where, for North', ({ role, flag, where }) => {
    const { does, someone, opened, clinics } = anOpening();
    const flags: Flag[] = flag === null ? [] : [flag];
    // He acts in North; what he may do elsewhere is beside the point unless it is to see histories.
    const held = where === 'north' ? { [clinics.north]: flags } : { [clinics.north]: [], [clinics.south]: flags };
    const actor = someone(clinics.north, [], { role, flags: held });
    const admin = role === 'admin' || role === 'super_admin';
    const sees = where === 'north' && (flag === 'view-history' || flag === 'clinic-admin');
    expect(does(actor, opened(actor.userId)) === 'applied').toBe(admin || sees);
  });

  it('the right to see histories in another clinic counts, in a clinic where he works', () => {
    const { does, someone, opened, north, south } = anOpening();
    const both = someone(north, [], { flags: { [north]: ['register-patients'], [south]: ['view-history'] } });
    expect(does(both, opened(both.userId))).toBe('applied');
    const elsewhere = someone(north, [], { flags: { [north]: [], [south]: ['view-history'] } });
    expect(does(elsewhere, opened(elsewhere.userId))).toBe('not-in-your-clinic');
  });

  it('only for himself, with a reason, for at most a day', () => {
    const { does, someone, opened, north, newId, time } = anOpening();
    const nora = someone(north);
    const times = (hours: number) => ({
      from: new Date(time.ms).toISOString(),
      until: new Date(time.ms + hours * HOUR_MS).toISOString(),
    });
    expect(does(nora, opened(newId()))).toBe('forbidden');
    expect(does(nora, opened(nora.userId, { reason: '' }))).toBe('invalid reason');
    expect(does(nora, opened(nora.userId, { reason: null }))).toBe('invalid reason');
    expect(does(nora, opened(nora.userId, times(24.001)))).toBe('invalid until');
    expect(does(nora, opened(nora.userId, times(-1)))).toBe('invalid until');
    expect(does(nora, opened(nora.userId, times(24)))).toBe('applied');
  });
});

describe('an emergency opening', () => {
  function held() {
    const opening = anOpening();
    const nora = opening.someone(opening.north);
    const grant = opening.opened(nora.userId);
    expect(opening.does(nora, grant)).toBe('applied');
    const end = (at = '2026-11-21T09:00:00.000Z') => put('accessGrants', grant.id, { endedAt: at });
    return { ...opening, nora, grant, end };
  }

  it('is ended by whoever opened it, by who administers the clinic, and by nobody else', () => {
    const { someone, north, does, end, nora } = held();
    expect(does(someone(north), end())).toBe('forbidden');
    expect(does(nora, end())).toBe('applied');
    const other = held();
    expect(other.does(other.someone(other.north, ['clinic-admin']), other.end())).toBe('applied');
    const third = held();
    expect(third.does(third.someone(third.north, [], { role: 'admin' }), third.end())).toBe('applied');
  });

  it('is never opened again, changed or deleted', () => {
    const { does, end, nora, grant, north, someone } = held();
    const admin = someone(north, [], { role: 'super_admin' });
    for (const [key, value] of Object.entries({
      reason: 'Other',
      until: '2027-01-01T00:00:00.000Z',
      userId: admin.userId,
    }))
      expect([key, does(nora, put('accessGrants', grant.id, { [key]: value }))]).toEqual([key, `immutable ${key}`]);
    expect(does(nora, end())).toBe('applied');
    expect(does(nora, put('accessGrants', grant.id, { endedAt: null }))).toBe('forbidden');
    expect(does(admin, { ...grant, kind: 'delete', fields: {}, reason: 'none of your business' })).toBe('forbidden');
  });
});

describe('the commands of break-glass', () => {
  function aGrant(hours = 12) {
    const world = aCommandWorld('2026-11-21T10:00:00.000Z');
    const [grantId, patientId] = [world.newId(), world.newId()];
    expect(world.run(breakGlass, { grantId, patientId, reason: 'Unconscious', hours })).toBeNull();
    return { world, grantId, patientId };
  }

  it('opens a patient who is not known here, from now for the hours asked', () => {
    const { world, grantId, patientId } = aGrant(2);
    expect(world.record('accessGrants', grantId)?.values).toMatchObject({
      ...{ patientId, clinicId: world.clinicId, userId: world.actor.userId, reason: 'Unconscious', endedAt: null },
      ...{ from: '2026-11-21T10:00:01.000Z', until: '2026-11-21T12:00:01.000Z' },
    });
  });

  it('takes no reason that says nothing, and no more than a day', () => {
    const input = { grantId: aCommandWorld().newId(), patientId: aCommandWorld().newId(), reason: 'x', hours: 24 };
    expect(breakGlass.input.safeParse(input).success).toBe(true);
    for (const wrong of [{ reason: '' }, { reason: '  ' }, { reason: 'x'.repeat(301) }, { hours: 25 }, { hours: 0 }])
      expect(breakGlass.input.safeParse({ ...input, ...wrong }).success).toBe(false);
  });

  it('is refused without the right to see histories', () => {
    const world = aCommandWorld();
    (world.actor.flags as Record<string, Flag[]>)[world.clinicId] = ['register-patients'];
    const input = { grantId: world.newId(), patientId: world.newId(), reason: 'x', hours: 1 };
    expect(world.run(breakGlass, input)?.kind).toBe('forbidden');
  });

  it('ends now; or when its time had passed, at that time; and once', () => {
    const now = aGrant(2);
    expect(now.world.run(endBreakGlass, { grantId: now.grantId })).toBeNull();
    expect(now.world.record('accessGrants', now.grantId)?.values.endedAt).toBe('2026-11-21T10:00:02.000Z');
    const late = aGrant(2);
    late.world.time.ms += 5 * HOUR_MS;
    for (let time = 0; time < 2; time++) {
      expect(late.world.run(endBreakGlass, { grantId: late.grantId })).toBeNull();
      expect(late.world.record('accessGrants', late.grantId)?.values.endedAt).toBe('2026-11-21T12:00:01.000Z');
    }
    expect(late.world.run(endBreakGlass, { grantId: late.world.newId() })?.kind).toBe('not-found');
  });
});

describe('the opening by which a clinic sees a chart', () => {
  it('is the user’s own before another’s, and none when the patient is a member or it has ended', () => {
    const { does, someone, opened, north, south, patientId, records } = anOpening();
    const [nora, sami] = [someone(north), someone(north)];
    const [own, others] = [opened(nora.userId), opened(sami.userId, { until: '2026-11-22T07:00:00.000Z' })];
    expect(does(nora, own)).toBe('applied');
    expect(does(sami, others)).toBe('applied');
    const all = () => [...records.values()];
    expect(grantInForce(all(), north, nora.userId)?.id).toBe(own.id);
    expect(grantInForce(all(), south, nora.userId)).toBeNull();
    expect(does(nora, put('accessGrants', own.id, { endedAt: '2026-11-21T09:00:00.000Z' }))).toBe('applied');
    expect(grantInForce(all(), north, nora.userId)?.id).toBe(others.id);
    expect(does(nora, membership(patientId, north))).toBe('applied');
    expect(grantInForce(all(), north, nora.userId)).toBeNull();
  });
});

it('ended without a network, and by the server when its time had passed: nobody has anything to decide', async () => {
  const world = aSimulatedWorld(11);
  const { server, newId, time } = world;
  const [north, south] = [await world.aClinic('North'), await world.aClinic('South')];
  const userId = await world.aUser('provider', [south], FLAGS);
  const { phone, exchange } = world.aPhone(userId, [south]);
  const [patientId, grantId] = [newId(), newId()];
  await world.atServer(registration(patientId, north));
  const [from, until] = [time.ms, time.ms + HOUR_MS].map((ms) => new Date(ms).toISOString()) as [string, string];
  const opening = { patientId, clinicId: south, userId, reason: 'Unconscious', from, until, endedAt: null };
  phone.commit([put('accessGrants', grantId, opening)], { userId, clinicId: south });
  await exchange();
  time.ms += HOUR_MS / 2;
  const early = new Date(time.ms).toISOString();
  phone.commit([put('accessGrants', grantId, { endedAt: early })], { userId, clinicId: south });
  time.ms += HOUR_MS;
  await world.atServer([put('accessGrants', grantId, { endedAt: until })]);
  await exchange();
  expect(server.records.get(`accessGrants/${grantId}`)?.values.endedAt).toBe(until);
  expect(server.log.filter(({ change }) => change.recordId === grantId)).toHaveLength(3);
  expect([...server.records.values()].filter(({ collection }) => collection === 'conflicts')).toEqual([]);
});
