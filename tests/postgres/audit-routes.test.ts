import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { database as served } from '../../app/server/database.ts';
import { sessionsOn } from '../../app/server/session/sessions.ts';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { viewId } from '../../lib/domain/view/view.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { put, registration } from '../scenario/edits.ts';
import { ask } from '../scenario/portal-routes.ts';
import { aServedClinic } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let world: Awaited<ReturnType<typeof aServedClinic>>;
let bearer: string;
let noras: string;
let nora: string;
let north: string;
let south: string;

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  world = await aServedClinic(database);
  await ensureBuiltInForms(database.pool);
  north = await world.aClinic('North');
  south = await world.aClinic('South');
  nora = await world.aUser('nora', north);
  const session = async (userId: string) => (await sessionsOn(served().pool).createSession(userId, { kind: 'api' })).id;
  bearer = await session(world.founder);
  noras = await session(nora);
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

const get = (path: string, as = bearer) => ask('GET', path, { headers: { authorization: `Bearer ${as}` } });

async function atServer(userId: string, clinicId: string, edits: Edit[]): Promise<void> {
  const outcome = await authorEdits(database.pool, { author: { userId, clinicId }, needs: [], decide: () => edits });
  expect(outcome?.result).toBe('applied');
}

async function aPatient(clinicId: string): Promise<string> {
  const patientId = newId();
  await atServer(world.founder, clinicId, registration(patientId, clinicId));
  return patientId;
}

async function aLook(patientId: string, userId: string, clinicId: string, at: string, grantId: string | null = null) {
  const view = { patientId, clinicId, userId, screen: 'chart', at, grantId };
  const id = viewId(view)!;
  await atServer(userId, clinicId, [put('views', id, view)]);
  return id;
}

it('lists who looked at whom, the latest first, by clinic, user, patient and day', async () => {
  const [amina, omar] = [await aPatient(north), await aPatient(south)];
  const first = await aLook(amina, nora, north, '2026-11-19T10:00:00.000Z');
  const second = await aLook(amina, world.founder, north, '2026-11-20T10:00:00.000Z');
  const third = await aLook(omar, world.founder, south, '2026-11-21T10:00:00.000Z');
  const idsOf = async (query: string) => {
    const { status, body } = await get(`/api/audit?${query}`);
    expect(status).toBe(200);
    return body.views.map((view: { id: string }) => view.id);
  };
  expect(await idsOf('')).toEqual([third, second, first]);
  expect(await idsOf(`patientId=${amina}`)).toEqual([second, first]);
  expect(await idsOf(`userId=${nora}`)).toEqual([first]);
  expect(await idsOf(`clinicId=${south}`)).toEqual([third]);
  expect(await idsOf('from=2026-11-20T00:00:00.000Z&to=2026-11-21T00:00:00.000Z')).toEqual([second]);
  const { body } = await get(`/api/audit?userId=${nora}`);
  expect(body.views[0]).toMatchObject({
    ...{ userName: 'nora', givenName: 'Amina', clinicId: north, at: '2026-11-19T10:00:00.000Z', screen: 'chart' },
    ...{ grantId: null, reason: null, deviceName: null },
  });
});

it('lists the look of an administrator at a patient of no clinic, once an hour', async () => {
  const patientId = newId();
  const [patient] = registration(patientId, north);
  await atServer(world.founder, north, [patient!]);
  for (let times = 0; times < 2; times++) expect((await get(`/api/patients/${patientId}`)).status).toBe(200);
  expect((await get(`/api/patients/${patientId}`, noras)).status).toBe(403);
  const { body } = await get(`/api/audit?patientId=${patientId}`);
  expect(body.views).toHaveLength(1);
  expect(body.views[0]).toMatchObject({ userId: world.founder, clinicId: null, screen: 'portal' });
});

it('gives a long list page by page, nothing twice and nothing missing', async () => {
  const patientId = await aPatient(north);
  const hours = Array.from({ length: 205 }, (_, hour) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString());
  const looks = hours.map((at) => ({ patientId, clinicId: north, userId: nora, screen: 'chart', at, grantId: null }));
  for (let from = 0; from < looks.length; from += 100)
    await atServer(
      nora,
      north,
      looks.slice(from, from + 100).map((view) => put('views', viewId(view)!, view)),
    );
  const found: string[] = [];
  let next: { at: string; id: string } | null = null;
  let pages = 0;
  do {
    const after: string = next === null ? '' : `&afterAt=${next.at}&afterId=${next.id}`;
    const { body } = await get(`/api/audit?patientId=${patientId}${after}`);
    found.push(...body.views.map((view: { at: string }) => view.at));
    next = body.next;
    pages += 1;
  } while (next !== null);
  expect(pages).toBe(3);
  expect(found).toEqual([...hours].reverse());
});

it('lists emergency openings with their reason, their looks and who ended them', async () => {
  const patientId = await aPatient(south);
  const grantId = newId();
  const times = { from: '2026-11-21T08:00:00.000Z', until: '2026-11-21T20:00:00.000Z', endedAt: null };
  const grant = { patientId, clinicId: north, userId: nora, reason: 'Unconscious after a fall', ...times };
  await atServer(nora, north, [put('accessGrants', grantId, grant)]);
  await aLook(patientId, nora, north, '2026-11-21T08:05:00.000Z', grantId);
  const listed = async () => (await get(`/api/access-grants?patientId=${patientId}`)).body.grants;
  expect(await listed()).toMatchObject([
    { id: grantId, userName: 'nora', reason: 'Unconscious after a fall', views: 1, endedAt: null, endedByName: null },
  ]);
  const look = (await get(`/api/audit?patientId=${patientId}`)).body.views[0];
  expect(look).toMatchObject({ grantId, reason: 'Unconscious after a fall' });
  const end = { headers: { authorization: `Bearer ${bearer}` } };
  expect((await ask('POST', `/api/access-grants/${grantId}/end`, end)).status).toBe(200);
  expect(await listed()).toMatchObject([{ endedAt: expect.any(String), endedByName: 'Ada' }]);
});

it('is for administrators, and says which filter cannot be read', async () => {
  for (const path of ['/api/audit', '/api/access-grants']) {
    expect((await get(path, noras)).status).toBe(403);
    for (const query of ['clinicId=x', 'from=yesterday', 'to=2026-11-21', `afterId=${newId()}`, 'page=2'])
      expect([path, query, (await get(`${path}?${query}`)).status]).toEqual([path, query, 422]);
  }
});

it('notes a look in the portal, once an hour', async () => {
  const patientId = await aPatient(north);
  const looks = async () => (await get(`/api/audit?patientId=${patientId}`)).body.views;
  expect((await get(`/api/patients/${patientId}`, noras)).status).toBe(200);
  const before = await looks();
  expect(before).toMatchObject([{ userName: 'nora', clinicId: north, screen: 'portal', grantId: null }]);
  expect((await get(`/api/patients/${patientId}`, noras)).status).toBe(200);
  expect(await looks()).toHaveLength(1);
});

it('under an emergency opening the portal shows the chart, and the look names it', async () => {
  const patientId = await aPatient(south);
  expect((await get(`/api/patients/${patientId}`, noras)).status).toBe(403);
  const grantId = newId();
  const times = {
    from: new Date().toISOString(),
    until: new Date(Date.now() + 3_600_000).toISOString(),
    endedAt: null,
  };
  const grant = { patientId, clinicId: north, userId: nora, reason: 'Unconscious', ...times };
  await atServer(nora, north, [put('accessGrants', grantId, grant)]);
  expect((await get(`/api/patients/${patientId}`, noras)).status).toBe(200);
  expect((await get(`/api/audit?patientId=${patientId}`)).body.views).toMatchObject([{ grantId, clinicId: north }]);
});
