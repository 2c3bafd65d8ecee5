import { expect, it } from 'vitest';
import type { Actor } from '../../../lib/access/actor.ts';
import { worldOf } from '../../../lib/domain/world.ts';
import type { Change } from '../../../lib/replication/change.ts';
import type { Json } from '../../../lib/replication/json.ts';

const [north, south] = ['018f3a5e-0000-7000-8000-000000000001', '018f3a5e-0000-7000-8000-000000000002'];
const someone = (userId: string, more: Partial<Actor> = {}): Actor => ({
  ...{ userId, role: 'provider', active: true, flags: { [north]: ['edit-records'] } },
  ...more,
});
const nora = someone('nora');
const cara = someone('cara', { flags: { [north]: ['clinic-admin'] } });
const ada = someone('ada', { role: 'admin' });
const sara = someone('sara', { flags: { [south]: ['clinic-admin'] } });
const actors = new Map([nora, cara, ada, sara].map((one) => [one.userId, one]));
const world = worldOf(actors, { kind: 'hub', clinicIds: [north] });

function may(by: Actor, collection: string, recordId: string, clinicIds: Json, fields: Record<string, Json>): boolean {
  const before = clinicIds === null ? null : { clinicIds };
  return world.collectionNamed(collection)!.mayWrite({
    ...{ actor: by, kind: 'put', creation: before === null, recordId, keys: Object.keys(fields) },
    ...{ before, after: { ...before, ...fields }, clinicId: null, at: '2026-11-21T08:00:00.000Z' },
  });
}

const adas = { clinicIds: [north], tokenHash: 'known', enrolledAt: 'then', 'signedIn.ada': 'then' };
const password = { passwordHash: '$argon2id$x' };

it.each<[string, boolean, Parameters<typeof may>]>([
  ['his own password', true, [nora, 'credentials', 'nora', [north], password]],
  ["a clinic administrator a user's of the clinic", true, [cara, 'credentials', 'nora', [north], password]],
  ["a clinic administrator an administrator's at home there", false, [cara, 'credentials', 'ada', [north], password]],
  ["a clinic administrator somebody's of another clinic", false, [cara, 'credentials', 'nora', [south], password]],
  ['nobody where credentials go', false, [nora, 'credentials', 'nora', [north], { clinicIds: [north, south] }]],
  ['a new user of the clinic', true, [cara, 'credentials', 'new', null, { ...password, clinicIds: [north] }]],
  ['a sign-in on a phone of the clinic', true, [nora, 'devices', 'phone', [north], { 'signedIn.nora': 'then' }]],
  ['a phone of the clinic', true, [cara, 'devices', 'new', null, { clinicIds: [north] }]],
  ['a phone that an administrator is signed in on', false, [cara, 'devices', 'new', null, adas]],
  ['an administrator signed in on a phone', false, [cara, 'devices', 'phone', [north], { 'signedIn.ada': 'then' }]],
  ['a phone of no clinic', false, [nora, 'devices', 'new', null, { clinicIds: [], tokenHash: 'known' }]],
  ["an administrator's first password", false, [cara, 'credentials', 'ada', null, { ...password, clinicIds: [north] }]],
  ["a sign-in on another clinic's phone", false, [nora, 'devices', 'phone', [south], { 'signedIn.nora': 'then' }]],
])('over a hub: %s: %s', (_, expected, asked) => {
  expect(may(...asked)).toBe(expected);
});

it.each<[string, boolean, string, string, string]>([
  ['an administrator of its clinic on rights', true, 'cara', 'permissions', 'any'],
  ["an administrator of another clinic on that one's rights", false, 'sara', 'permissions', 'any'],
  ['an administrator of everything on rights', false, 'ada', 'permissions', 'any'],
  ['somebody of another clinic on what he likes himself', true, 'sara', 'users', 'sara'],
  ['somebody of another clinic on a chart', true, 'sara', 'visits', 'any'],
])('over a hub speaks: %s: %s', (_, expected, author, collection, recordId) => {
  const change = { author, collection, recordId, origin: 'phone' } as Change;
  expect(world.authorOf(change) !== undefined).toBe(expected);
});
