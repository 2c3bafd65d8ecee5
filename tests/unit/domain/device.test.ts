import { expect, it } from 'vitest';
import type { Actor, Flag } from '../../../lib/access/actor.ts';
import { devices } from '../../../lib/domain/device/device.ts';

const north = 'north';
const south = 'south';
const aUser = (role: Actor['role'], flags: Record<string, Flag[]> = {}): Actor => ({
  ...{ userId: 'someone', role, active: true, flags },
});
const admin = aUser('admin');
const cara = aUser('provider', { [north]: ['clinic-admin'] });
const phone = { kind: 'phone', clinicIds: [north] };
const hub = { kind: 'hub', clinicIds: [north] };
type Values = Parameters<typeof devices.mayWrite>[0]['after'];

function may(actor: Actor, before: Values | null, after: Values): boolean {
  const place = { recordId: 'device', keys: Object.keys(after), clinicId: north, at: '2026-01-01T00:00:00.000Z' };
  return devices.mayWrite({ actor, kind: 'put', creation: before === null, before, after, ...place });
}

it('whoever administers a clinic enrols its phones, and no others', () => {
  expect(may(cara, null, phone)).toBe(true);
  expect(may(cara, null, { ...phone, clinicIds: [north, south] })).toBe(false);
  expect(may(cara, phone, { ...phone, clinicIds: [south] })).toBe(false);
});

it('a hub is made, or made of a phone, by an administrator of everything only', () => {
  expect([may(admin, null, hub), may(admin, phone, hub)]).toEqual([true, true]);
  expect([may(cara, null, hub), may(cara, phone, hub)]).toEqual([false, false]);
});

it('whoever administers its clinics withdraws a hub', () => {
  expect(may(cara, hub, { ...hub, revokedAt: '2026-01-01T00:00:00.000Z' })).toBe(true);
});

it('whoever signs in on it says so of himself, and changes nothing else', () => {
  const nora = aUser('provider', { [north]: ['edit-records'] });
  const signsIn = (more: Values = {}, who = nora.userId) =>
    may(nora, phone, { [`signedIn.${who}`]: '2026-01-01T00:00:00.000Z', ...more });
  expect(signsIn()).toBe(true);
  expect([signsIn({}, 'another'), signsIn({ tokenHash: 'of his own' })]).toEqual([false, false]);
  expect(may(nora, null, { ...phone, [`signedIn.${nora.userId}`]: '2026-01-01T00:00:00.000Z' })).toBe(false);
});
