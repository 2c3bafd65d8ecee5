import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { database as served } from '../../app/server/database.ts';
import { sessionsOn } from '../../app/server/session/sessions.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { ask, METHODS, type Method, PORTAL_ROUTES } from '../scenario/portal-routes.ts';
import { type Answer, aServedClinic, PASSWORD } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let clinicId: string;
let patientId: string;
let world: Awaited<ReturnType<typeof aServedClinic>>;
let founder: string;

const sessionOf = async (userId: string) => (await sessionsOn(served().pool).createSession(userId, { kind: 'api' })).id;
const as = (bearer: string) => ({ authorization: `Bearer ${bearer}` });
const asking = (method: Method, path: string, body?: unknown, bearer = founder): Promise<Answer> =>
  ask(method, path, { body, headers: as(bearer) });

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  world = await aServedClinic(database);
  await ensureBuiltInForms(database.pool);
  clinicId = await world.aClinic('North');
  founder = await sessionOf(world.founder);
  const made = await asking('POST', '/api/patients', { clinicId, answers: { givenName: 'Amina', sex: 'female' } });
  patientId = made.body.id;
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

async function applied(): Promise<number> {
  const found = await database.pool.query("select count(*)::int as n from changes where result = 'applied'");
  return found.rows[0].n;
}

it('the table of routes has every route of app/api that is not for phones or for signing in', () => {
  const others = /^\/api\/(sync|enrol$|device\/|login|logout|first-administrator)/;
  const folder = new URL('../../app/api', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('route.ts'));
  const paths = files.map((path) => `/api/${path.replace(/\/route\.ts$/, '')}`).filter((path) => !others.test(path));
  expect(paths.sort()).toEqual(Object.keys(PORTAL_ROUTES).sort());
});

/** A well-formed body for every route that takes one: what a bad one is made of by spoiling one field. */
const BODIES: Readonly<Record<string, () => Record<string, unknown>>> = {
  'POST /api/attention/[id]/resolve': () => ({ keep: 'kept', value: 1, reason: 'x', keptStamp: 'x' }),
  'POST /api/attention/[id]/accept': () => ({ reason: 'x', seen: 'x' }),
  'POST /api/attention/[id]/dismiss': () => ({ reason: 'x' }),
  'POST /api/clinics': () => ({ name: 'South', code: 'S', timeZone: 'UTC', address: 'x', phone: '1', country: 'LB' }),
  'PATCH /api/clinics/[id]': () => ({ name: 'South', code: 'S', timeZone: 'UTC', registrationFormId: newId() }),
  'POST /api/departments': () => ({ clinicId, name: { en: 'Desk' }, order: 1, canTest: true }),
  'POST /api/users': () => ({
    ...{ name: 'New', role: 'provider', language: 'en', username: newId(), password: 'long enough 1', clinicId },
    grants: [{ clinicId, flags: ['prescribe'] }],
  }),
  'PATCH /api/users/[id]': () => ({ name: 'New', role: 'viewer', language: 'en', clinicId, deactivated: false }),
  'PUT /api/users/[id]/permissions': () => ({ clinicId, flags: ['prescribe'] }),
  'POST /api/users/[id]/password': () => ({ password: 'long enough 1' }),
  'POST /api/me/password': () => ({ current: PASSWORD, password: 'long enough 1' }),
  'POST /api/enrolment-codes': () => ({ clinicId, kind: 'phone' }),
  'POST /api/devices/[id]/revoke': () => ({ lost: false }),
  'POST /api/patients': () => ({
    id: newId(),
    clinicId,
    formVersionId: newId(),
    answers: {},
    entered: {},
    missing: {},
  }),
  'PATCH /api/patients/[id]': () => ({ formVersionId: newId(), answers: {}, entered: {}, missing: {}, seen: {} }),
  'POST /api/visits': () => ({
    ...{ id: newId(), patientId, clinicId, kind: 'consultation', reason: 'x', departmentId: newId(), triage: 'red' },
    occurredAt: '2026-11-01T10:00:00.000Z',
  }),
  'POST /api/forms': () => ({ formId: newId(), kind: 'event', name: { en: 'x' }, definition: {}, clinicIds: [] }),
};
const withBody = Object.keys(BODIES);
/** Routes whose bodies say nothing. */
const SILENT = new Set(['POST /api/access-grants/[id]/end', 'POST /api/forms/built-in']);

const split = (name: string, id: string = newId()) => {
  const [method, route = ''] = name.split(' ');
  return [method as Method, route.replace('[id]', id)] as const;
};

it('every route that takes a body is tried with bad ones', () => {
  const all = Object.entries(PORTAL_ROUTES).flatMap(([route, handlers]) =>
    METHODS.filter((method) => method !== 'GET' && handlers[method] !== undefined).map(
      (method) => `${method} ${route}`,
    ),
  );
  expect(all.filter((name) => !SILENT.has(name)).sort()).toEqual([...withBody].sort());
});

const SPOILT: readonly (readonly [string, unknown])[] = [
  ['a NUL', 'a\0b'],
  ['half a surrogate', '\ud800'],
  ['far too long', 'x'.repeat(20_000)],
  ['a number', 12],
  ['an object', { $ne: null, __proto__: null }],
  ['a list', [1]],
  ['nothing but signs', '\u0001\u202e%_\\'],
  ['deep', { a: { b: { c: { d: [] } } } }],
];

describe.each(withBody)('%s', (name) => {
  let before: number;
  beforeEach(async () => {
    before = await applied();
  });
  const sane = (answer: Answer, ...statuses: number[]) => {
    expect(
      statuses.length === 0 ? answer.status >= 400 && answer.status < 500 : statuses.includes(answer.status),
      JSON.stringify(answer.body),
    ).toBe(true);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String), title: expect.any(String) });
  };

  it.each([
    ['no JSON', '{"name":'],
    ['nothing', ''],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a hundred brackets', '['.repeat(100)],
  ])('refuses %s as malformed', async (_, body) => {
    const [method, path] = split(name);
    sane(await asking(method, path, body), 400);
    expect(await applied()).toBe(before);
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['a text', '"x"'],
    ['an unknown field', { nonsense: 1 }],
  ])('refuses %s as invalid', async (_, body) => {
    const [method, path] = split(name);
    sane(await asking(method, path, body === null ? 'null' : body), 422);
    expect(await applied()).toBe(before);
  });

  it('refuses what is not sent as JSON', async () => {
    const [method, path] = split(name);
    const answer = await ask(method, path, { body: 'a=1', headers: { ...as(founder), 'content-type': 'text/plain' } });
    sane(answer, 400);
    expect(answer.body.field).toBe('content-type');
  });

  it('refuses a body of megabytes as too large', async () => {
    const [method, path] = split(name);
    sane(await asking(method, path, JSON.stringify({ name: 'x'.repeat(1_000_000) })), 413);
    expect(await applied()).toBe(before);
  });

  it('refuses a bad value in any field and names it; never a fault, never a partial write', async () => {
    for (const field of Object.keys(BODIES[name]!())) {
      for (const [what, value] of SPOILT) {
        const [method, path] = split(name);
        const answer = await asking(method, path, { ...BODIES[name]!(), [field]: value });
        expect(answer.status, `${field}: ${what} ${JSON.stringify(answer.body)}`).toBeLessThan(500);
        if (answer.status === 200) before = await applied();
        expect(await applied(), `${field}: ${what}`).toBe(before);
        if (answer.status === 422) expect(answer.body.field, `${field}: ${what}`).toBeTypeOf('string');
      }
    }
  });

  it('answers an unknown or impossible id with 404', async () => {
    if (!name.includes('[id]')) return;
    for (const id of [newId(), 'nonsense', "'", '%00', `${newId()}x`, '00000000-0000-0000-0000-000000000000']) {
      const [method, path] = split(name, id);
      const body = { ...BODIES[name]!() };
      for (const key of ['clinicId', 'registrationFormId', 'formVersionId']) if (key !== 'clinicId') delete body[key];
      sane(await asking(method, path, body), 404);
    }
    expect(await applied()).toBe(before);
  });
});

describe('GET', () => {
  const paths = Object.keys(PORTAL_ROUTES).filter((route) => PORTAL_ROUTES[route]?.GET !== undefined);

  it.each(paths.filter((path) => path.includes('[id]')))('%s answers an unknown id with 404', async (route) => {
    for (const id of [newId(), 'nonsense', "'", '%00']) {
      expect((await asking('GET', route.replace('[id]', id))).status, id).toBe(404);
    }
  });

  it.each([
    '/api/patients?limit=0',
    '/api/patients?limit=-1',
    '/api/patients?limit=9999',
    '/api/patients?after=x',
    '/api/patients?after=99.zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz',
    '/api/patients?clinicId=north',
    '/api/patients?nonsense=1',
    '/api/users?afterId=x&afterName=y',
    '/api/users?search=%00',
    '/api/devices?after=x',
    '/api/visits',
    '/api/visits?patientId=x',
    '/api/history',
    '/api/history?collection=patients&id=x',
    '/api/attention/conflicts?after=x',
    '/api/attention/conflicts?after=2026-13-45T00:00:00.000Z_018f3a5e-7b2c-7d10-9a44-5c1e2f3a4b5c',
    '/api/attention/conflicts?kind=x',
    '/api/attention/refused?after=2026-11-21T08:00:00.000Z_x',
    '/api/attention/refused?clinicId=north',
    '/api/attention/gaps?nonsense=1',
  ])('%s is refused as invalid and names the field', async (path) => {
    const answer = await asking('GET', path);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(answer.body.field).toBeTypeOf('string');
  });

  it.each(['%00', '%25', "'%20or%201=1", '%F0%9F%92%89', 'x'.repeat(200)])(
    'searching for %s is no fault',
    async (query) => {
      expect((await asking('GET', `/api/patients?search=${query}`)).status).toBe(200);
      expect((await asking('GET', `/api/history?collection=${query}&id=${newId()}`)).status).toBeLessThan(500);
    },
  );
});

describe('a session', () => {
  it('in a cookie changes things only from our own pages, and never works as a bearer', async () => {
    const session = await sessionsOn(served().pool).createSession(world.founder, { kind: 'portal' });
    const cookie = `hikma_session=${session.id}`;
    const body = { name: 'From a page', code: 'P', timeZone: 'UTC' };
    const post = (headers: Record<string, string>) => ask('POST', '/api/clinics', { body, headers });
    expect((await post({ cookie })).status).toBe(403);
    expect((await post({ cookie, origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await post({ cookie, origin: 'http://localhost' })).status).toBe(200);
    expect((await post({ authorization: `Bearer ${session.id}` })).status).toBe(401);
    expect((await ask('GET', '/api/clinics', { headers: { cookie } })).status).toBe(200);
  });

  it('of somebody with a first password can do nothing but choose another', async () => {
    const body = { name: 'New', role: 'admin', username: 'newcomer' };
    const made = (await asking('POST', '/api/users', body)).body;
    expect(made.password).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
    const newcomer = await sessionOf(made.id);
    expect(await asking('GET', '/api/clinics', undefined, newcomer)).toMatchObject({
      status: 403,
      body: { field: 'password' },
    });
    expect(await asking('GET', `/api/history?collection=patients&id=${patientId}`, undefined, newcomer)).toMatchObject({
      status: 403,
    });
    expect((await asking('GET', '/api/me', undefined, newcomer)).body).toMatchObject({ mustChange: true });
    const change = { current: made.password, password: 'a password of my own' };
    const wrong = await asking('POST', '/api/me/password', { ...change, current: 'wrong' }, newcomer);
    expect(wrong).toMatchObject({ status: 403, body: { field: 'current' } });
    const same = await asking('POST', '/api/me/password', { ...change, password: made.password }, newcomer);
    expect(same).toMatchObject({ status: 422, body: { field: 'password' } });
    expect((await asking('POST', '/api/me/password', change, newcomer)).status).toBe(200);
    expect((await asking('GET', '/api/clinics', undefined, newcomer)).status).toBe(401);
    expect((await asking('GET', '/api/clinics', undefined, await sessionOf(made.id))).status).toBe(200);
  });

  it('ends when its user is deactivated or gets a new password', async () => {
    const id = await world.aUser('leaver', clinicId, 'viewer');
    for (const end of [
      () => asking('POST', `/api/users/${id}/password`, {}),
      () => asking('PATCH', `/api/users/${id}`, { deactivated: true }),
    ]) {
      const bearer = await sessionOf(id);
      await database.pool.query('update credentials set must_change = false where id = $1', [id]);
      expect((await asking('GET', '/api/clinics', undefined, bearer)).status).toBe(200);
      expect((await end()).status).toBe(200);
      expect((await asking('GET', '/api/clinics', undefined, bearer)).status).toBe(401);
    }
  });
});

describe('what the routes do', () => {
  it('a patient registered here has a number, a version and a history that says who and what', async () => {
    const answers = {
      givenName: 'Sami',
      familyName: 'Nasser',
      sex: 'male',
      birthDate: { date: '1990', estimated: true },
    };
    const { id } = (await asking('POST', '/api/patients', { clinicId, answers })).body;
    const first = (await asking('GET', `/api/patients/${id}`)).body;
    expect(first.patient.fields).toMatchObject({ givenName: 'Sami', birthDate: '1990', birthDateEstimated: true });
    expect(first.versions[first.patient.registrationVersionId].definition.format).toBe(1);
    const { seen } = first.patient;
    expect((await asking('PATCH', `/api/patients/${id}`, { answers: { familyName: 'Nassar' }, seen })).status).toBe(
      200,
    );
    expect((await asking('PATCH', `/api/patients/${id}`, { answers: { familyName: null, phone: '1' } })).status).toBe(
      200,
    );
    const { fields } = (await asking('GET', `/api/patients/${id}`)).body.patient;
    expect(fields).toMatchObject({ givenName: 'Sami', familyName: null, phone: '1', birthDate: '1990' });
    const { changes } = (await asking('GET', `/api/history?collection=patients&id=${id}`)).body;
    expect(changes).toHaveLength(3);
    expect(changes[1]).toMatchObject({
      authorName: 'Ada',
      before: { familyName: 'Nasser' },
      fields: { familyName: 'Nassar' },
    });
    expect(changes[2]).toMatchObject({
      before: { familyName: 'Nassar', phone: null },
      fields: { familyName: null, phone: '1' },
    });
  });

  it('a registration is refused by the form with the question at fault, and an id is used once', async () => {
    const refused = await asking('POST', '/api/patients', { clinicId, answers: { givenName: 'Nobody' } });
    expect(refused).toMatchObject({ status: 422, body: { field: 'sex', detail: 'sex: required' } });
    const again = { id: patientId, clinicId, answers: { givenName: 'Amina', sex: 'female' } };
    expect(await asking('POST', '/api/patients', again)).toMatchObject({ status: 409, body: { field: 'id' } });
    const nowhere = { ...again, id: newId(), clinicId: newId() };
    expect(await asking('POST', '/api/patients', nowhere)).toMatchObject({ status: 404, body: { field: 'clinicId' } });
  });

  it('a form is published by its next number, and what is wrong with one is said', async () => {
    const bad = await asking('POST', '/api/forms', { kind: 'event', definition: { format: 1, pages: [] } });
    expect(bad).toMatchObject({ status: 422, body: { field: 'definition' } });
    expect(bad.body.detail).toContain('malformed');
    const field = { id: 'a', type: 'text', label: { en: 'A' } };
    const definition = { format: 1, languages: ['en'], title: { en: 'T' }, pages: [{ id: 'p', fields: [field] }] };
    const first = await asking('POST', '/api/forms', { kind: 'event', definition });
    const { id: formId } = first.body;
    expect(first).toMatchObject({ status: 200, body: { number: 1 } });
    const changed = { ...definition, pages: [{ id: 'p', fields: [{ ...field, type: 'yes-no' }] }] };
    const clash = await asking('POST', '/api/forms', { formId, kind: 'event', definition: changed });
    expect(clash.body.detail).toContain('id-reused-for-another-type');
    const second = await asking('POST', '/api/forms', { formId, kind: 'event', definition });
    expect(second).toMatchObject({ status: 200, body: { number: 2 } });
    expect(
      (await asking('GET', `/api/forms/${formId}`)).body.versions.map((one: { number: number }) => one.number),
    ).toEqual([2, 1]);
  });

  it('a code is told once, used once, and shown as used with the phone it made', async () => {
    const issued = (await asking('POST', '/api/enrolment-codes', { clinicId })).body;
    expect(issued.link).toBe(`http://localhost/join/${issued.code}`);
    const waiting = (await asking('GET', `/api/enrolment-codes/${issued.id}`)).body;
    expect(waiting.code.usedAt).toBeNull();
    expect(JSON.stringify(waiting)).not.toContain(issued.code);
    const { POST: enrol } = await import('../../app/api/enrol/route.ts');
    const { post, answerOf } = await import('../scenario/routes.ts');
    const deviceId = newId();
    const enrolled = await answerOf(
      enrol(post('/api/enrol', { code: issued.code, deviceId, deviceName: 'Blue phone' })),
    );
    expect(enrolled.status).toBe(200);
    const used = (await asking('GET', `/api/enrolment-codes/${issued.id}`)).body.code;
    expect(used).toMatchObject({ deviceName: 'Blue phone', usedAt: expect.any(String) });
    const listed = (await asking('GET', '/api/devices')).body.devices.find(
      (one: { id: string }) => one.id === deviceId,
    );
    expect(listed).toMatchObject({ name: 'Blue phone', revokedAt: null, lastSeenAt: expect.any(String) });
    expect((await asking('POST', `/api/devices/${deviceId}/revoke`, {})).status).toBe(200);
    const { POST: sync } = await import('../../app/api/sync/route.ts');
    const authorization = `Bearer ${enrolled.body.bearer}`;
    expect((await answerOf(sync(post('/api/sync', {}, { authorization })))).status).toBe(410);
    const history = await ask('GET', `/api/history?collection=patients&id=${patientId}`, {
      headers: { authorization },
    });
    expect(history.status).toBe(410);
  });

  it('a phone reads the history of what it may hold, and of nothing else', async () => {
    const elsewhere = await world.aClinic('South');
    await world.aUser('rana', clinicId, 'registrar');
    await world.aUser('sara', elsewhere, 'provider');
    const phone = await world.aDevice(clinicId, 'rana');
    const other = await world.aDevice(elsewhere, 'sara');
    const read = (authorization: string) =>
      ask('GET', `/api/history?collection=patients&id=${patientId}`, { headers: { authorization } });
    const own = await read(phone.authorization);
    expect(own).toMatchObject({ status: 200 });
    expect(own.body.changes[0]).toMatchObject({ author: world.founder, fields: { givenName: 'Amina' } });
    expect((await read(other.authorization)).status).toBe(403);
  });

  it('a user name is taken once, whatever its letters', async () => {
    const body = { name: 'One', role: 'viewer', username: 'Twice', clinicId };
    expect((await asking('POST', '/api/users', body)).status).toBe(200);
    expect(await asking('POST', '/api/users', { ...body, username: ' twice ' })).toMatchObject({
      status: 409,
      body: { field: 'username' },
    });
  });

  it('nobody deactivates himself', async () => {
    expect(await asking('PATCH', `/api/users/${world.founder}`, { deactivated: true })).toMatchObject({ status: 409 });
  });
});
