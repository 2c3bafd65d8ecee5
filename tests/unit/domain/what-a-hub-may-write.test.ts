import { expect, it } from 'vitest';
import type { Actor } from '../../../lib/access/actor.ts';
import { worldOf } from '../../../lib/domain/world.ts';
import type { Change } from '../../../lib/replication/change.ts';
import type { Json } from '../../../lib/replication/json.ts';

type Fields = Record<string, Json>;

const [north, south] = ['018f3a5e-0000-7000-8000-000000000001', '018f3a5e-0000-7000-8000-000000000002'];
const someone = (userId: string, more: Partial<Actor> = {}): Actor => ({
  ...{ userId, role: 'provider', active: true, flags: { [north]: ['edit-records'] } },
  ...more,
});
const nora = someone('nora');
const cara = someone('cara', { flags: { [north]: ['clinic-admin'] } });
const ada = someone('ada', { role: 'admin' });
const sara = someone('sara', { flags: { [south]: ['clinic-admin'] } });
const homer = someone('homer', { flags: {}, home: north });
const [ayla, both] = [
  someone('ayla', { role: 'admin', flags: {}, home: north }),
  someone('both', { flags: { [north]: ['clinic-admin'], [south]: ['clinic-admin'] } }),
];
const zoe = someone('zoe', { role: 'admin', flags: {}, home: south });
const once = someone('once', { flags: { [north]: [], [south]: ['clinic-admin'] } });
const actors = new Map([nora, cara, ada, sara, homer, ayla, both, zoe, once].map((one) => [one.userId, one]));
const world = worldOf(actors, { kind: 'hub', clinicIds: [north] });

function mayChange(by: Actor, collection: string, recordId: string, before: Fields | null, fields: Fields): boolean {
  return world.collectionNamed(collection)!.mayWrite({
    ...{ actor: by, kind: 'put', creation: before === null, recordId, keys: Object.keys(fields) },
    ...{ before, after: { ...before, ...fields }, clinicId: null, at: '2026-11-21T08:00:00.000Z' },
  });
}

function may(by: Actor, collection: string, recordId: string, clinicIds: Json, fields: Fields): boolean {
  return mayChange(by, collection, recordId, clinicIds === null ? null : { clinicIds }, fields);
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

const phone = { kind: 'phone', clinicIds: [north], tokenHash: 'known', enrolledAt: 'then', 'signedIn.ada': 'then' };
const earlier = { ...phone, 'signedIn.ada': 'before' };
const shut = { revokedAt: 'then' };
const box = { kind: 'hub', clinicIds: [north], tokenHash: 'known', enrolledAt: 'then' };
const roams = { ...earlier, clinicIds: [north, south] };

it.each<[string, boolean, Fields | null, Fields, Actor?]>([
  ['another token while somebody is signed in', false, phone, { tokenHash: 'mine' }],
  ['another token for an enrolment that nobody signed in for', true, phone, { tokenHash: 'mine', enrolledAt: 'now' }],
  ['another token, and back to an enrolment', false, earlier, { tokenHash: 'mine', enrolledAt: 'before' }],
  ['an enrolment that somebody signed in for', false, earlier, { enrolledAt: 'before' }],
  ['the end of a withdrawal', false, { ...phone, ...shut }, { revokedAt: null }],
  ['the end of a withdrawal for a new enrolment', true, { ...phone, ...shut }, { revokedAt: null, enrolledAt: 'now' }],
  ['a withdrawal', true, phone, shut],
  ["a hub's token", false, box, { tokenHash: 'mine', enrolledAt: 'now' }],
  ['a withdrawal of a hub', true, box, shut],
  ['a phone of another clinic', false, null, { ...earlier, clinicIds: [south] }, both],
  ['a phone that goes to another clinic', false, earlier, { clinicIds: [north, south] }, both],
  ["another token for a phone of another clinic's too", false, roams, { tokenHash: 'mine', enrolledAt: 'now' }, both],
  ["a sign-in on a phone of another clinic's too", true, roams, { 'signedIn.nora': 'then' }, nora],
  ['a sign-in of an administrator at home there', true, earlier, { 'signedIn.ayla': 'then' }, ayla],
  ["and on a phone of another clinic's too", false, roams, { 'signedIn.ayla': 'then' }, ayla],
])('over a hub a device gets: %s: %s', (_, expected, before, fields, by = cara) => {
  expect(mayChange(by, 'devices', 'phone', before, fields)).toBe(expected);
});

it('over a hub no device comes back that was deleted while somebody was signed in on it', () => {
  const { mayWrite } = world.collectionNamed('devices')!;
  const attempt = { actor: cara, creation: false, recordId: 'phone', keys: [], clinicId: null, at: '' };
  const may = (kind: 'delete' | 'restore') => mayWrite({ ...attempt, kind, before: phone, after: phone });
  expect([may('delete'), may('restore')]).toEqual([true, false]);
});

const rights = (userId: string, clinicId = north) => ({ userId, clinicId, 'flags.register-patients': true });
const person = (clinicId: string | null) => ({ name: 'One', role: 'provider', clinicId });

it.each<[string, boolean, Parameters<typeof mayChange>]>([
  ['rights of one who has some', true, [cara, 'permissions', 'any', null, rights('nora')]],
  ['rights of one at home there', true, [cara, 'permissions', 'any', null, rights('homer')]],
  ['rights of a new user', true, [cara, 'permissions', 'any', null, rights('new')]],
  ['rights of an administrator of everything', false, [cara, 'permissions', 'any', null, rights('zoe')]],
  ['rights of one of another clinic', false, [cara, 'permissions', 'any', null, rights('sara')]],
  ['rights of one who once had some', false, [cara, 'permissions', 'any', rights('once'), { 'flags.dispense': true }]],
  ['rights in another clinic', false, [both, 'permissions', 'any', null, rights('nora', south)]],
  ['a new user at home there', true, [cara, 'users', 'new', null, person(north)]],
  ['a new user at home elsewhere', false, [both, 'users', 'new', null, person(south)]],
  ['somebody fetched home', false, [both, 'users', 'sara', person(south), { clinicId: north }]],
  ['what somebody likes himself', true, [sara, 'users', 'sara', person(south), { language: 'ar' }]],
  ['its clinic', true, [both, 'clinics', north, { name: 'North' }, { name: 'The North' }]],
  ['another clinic', false, [both, 'clinics', south, { name: 'South' }, { name: 'The South' }]],
  ["another clinic's department", false, [both, 'departments', 'new', null, { clinicId: south }]],
  ['the password of one at home there', true, [homer, 'credentials', 'homer', { clinicIds: [north] }, password]],
  ["a first password of another clinic's", false, [cara, 'credentials', 'sara', null, password]],
])('over a hub is written: %s: %s', (_, expected, asked) => {
  expect(mayChange(...asked)).toBe(expected);
});

it.each<[string, boolean, string, Fields]>([
  ['one at home there, without rights', true, 'homer', { 'signedIn.homer': 'then' }],
  ['an administrator at home there', true, 'ayla', { 'signedIn.ayla': 'then' }],
  ['an administrator at home there, and more', false, 'ayla', { 'signedIn.ayla': 'then', tokenHash: 'mine' }],
  ['an administrator at home elsewhere', false, 'zoe', { 'signedIn.zoe': 'then' }],
])('over a hub signs in on a phone: %s: %s', (_, expected, author, fields) => {
  const change = { author, collection: 'devices', recordId: 'phone', origin: 'hub', kind: 'put', fields } as Change;
  expect(world.authorOf(change) !== undefined).toBe(expected);
});

it('whose password for a phone was not seen here administers nothing from it', () => {
  const signedIn = ['cara', 'ada', 'nora'];
  const from = worldOf(actors, { kind: 'device', clinicIds: [north], signedIn, elsewhere: ['cara', 'ada'] });
  const speaks = (author: string, collection: string, recordId = 'any') =>
    from.authorOf({ author, collection, recordId } as Change) !== undefined;
  expect(['permissions', 'users', 'clinics', 'forms'].filter((name) => speaks('cara', name))).toEqual([]);
  expect(['permissions', 'users', 'clinics', 'forms'].filter((name) => speaks('ada', name))).toEqual([]);
  expect([speaks('cara', 'users', 'cara'), speaks('ada', 'users', 'ada')]).toEqual([true, false]);
  expect([speaks('cara', 'visits'), speaks('ada', 'visits'), speaks('nora', 'permissions')]).toEqual([
    true,
    true,
    true,
  ]);
});
