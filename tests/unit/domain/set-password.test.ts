import { describe, expect, it } from 'vitest';
import type { Actor, Role } from '../../../lib/access/actor.ts';
import { setPassword } from '../../../lib/domain/user/edit-user.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';

const [north, south] = ['018f3a5e-0000-7000-8000-000000000001', '018f3a5e-0000-7000-8000-000000000002'];
const target = '018f3a5e-0000-7000-8000-000000000009';

function decide(actor: Actor, role: Role, clinicId: string | null) {
  const user: StoredRecord = { collection: 'users', id: target, values: { role, clinicId }, stamps: {} };
  const credential: StoredRecord = { collection: 'credentials', id: target, values: {}, stamps: {} };
  const context = {
    ...{
      actor,
      clinicId: null,
      now: '2026-11-21T08:00:00.000Z',
      today: '2026-11-21',
      timeZone: 'UTC',
      newId: () => target,
    },
    read: ({ collection }: { collection: string }) => (collection === 'users' ? user : credential),
  };
  return setPassword.decide({ userId: target, passwordHash: '$argon2id$x', mustChange: true }, context).ok;
}

const someone = (role: Role, flags: Actor['flags'] = {}, userId = north): Actor => ({
  userId,
  role,
  active: true,
  flags,
});
const clinicAdmin = someone('provider', { [north]: ['clinic-admin'] });

describe('who may set a password', () => {
  it.each([
    ['a clinic admin of a user of his clinic', clinicAdmin, 'provider', north, true],
    ['a clinic admin of a user of another clinic', clinicAdmin, 'provider', south, false],
    ['a clinic admin of a user without a home', clinicAdmin, 'provider', null, false],
    ['a clinic admin of an admin at home in his clinic', clinicAdmin, 'admin', north, false],
    ['an admin of a provider', someone('admin'), 'provider', south, true],
    ['an admin of another admin', someone('admin'), 'admin', null, false],
    ['an admin of a super admin', someone('admin'), 'super_admin', null, false],
    ['a super admin of a super admin', someone('super_admin'), 'super_admin', null, true],
    ['anybody of himself', someone('viewer', {}, target), 'viewer', north, true],
    ['a provider of another', someone('provider', { [north]: ['edit-records'] }), 'viewer', north, false],
  ] as const)('%s', (_, actor, role, clinicId, allowed) => {
    expect(decide(actor, role, clinicId)).toBe(allowed);
  });
});
