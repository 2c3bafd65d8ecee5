import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { database as served } from '../../app/server/database.ts';
import { hashPassword } from '../../app/server/passwords.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { sessionsOn } from '../../app/server/session/sessions.ts';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { readByIds, readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { FLAGS, type Flag, ROLE_TEMPLATES, ROLES, type Role } from '../../lib/access/actor.ts';
import { createUser } from '../../lib/domain/user/create-user.ts';
import { viewId } from '../../lib/domain/view/view.ts';
import { registrationForm } from '../../lib/form/built-in/registration.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { ask, METHODS, type Method, PORTAL_ROUTES } from '../scenario/portal-routes.ts';
import { aWriter } from '../scenario/postgres-clinic.ts';
import { type Answer, aServedClinic } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

/**
 * Role × flag × operation × endpoint. Who may do what is said here a second time, in the words of data.md §8 and apart
 * from the code: an actor is a role and flags in one of two clinics, every record stands in the clinic North.
 */
interface Someone {
  readonly name: string;
  readonly role: Role;
  readonly clinic: 'north' | 'south' | null;
  readonly flags: readonly Flag[];
}

const administers = ({ role }: Someone) => role === 'admin' || role === 'super_admin';
const inNorth = (one: Someone, ...flags: Flag[]) =>
  administers(one) ||
  (one.clinic === 'north' && [...flags, 'clinic-admin'].some((flag) => one.flags.includes(flag as Flag)));
const anywhere = (one: Someone) => administers(one) || one.flags.length > 0;
const anyInNorth = (one: Someone) => administers(one) || (one.clinic === 'north' && one.flags.length > 0);
const managesSomewhere = (one: Someone) => administers(one) || one.flags.includes('clinic-admin');
const everybody = () => true;

const SOMEONE: readonly Someone[] = [
  ...ROLES.flatMap((role) =>
    (['north', 'south'] as const).map((clinic) => ({
      name: `${role} of ${clinic}`,
      role,
      clinic,
      flags: ROLE_TEMPLATES[role],
    })),
  ),
  { name: 'provider without any permission', role: 'provider', clinic: null, flags: [] },
  ...FLAGS.flatMap((flag) =>
    (['north', 'south'] as const).map((clinic) => ({
      name: `viewer with only ${flag} in ${clinic}`,
      role: 'viewer' as const,
      clinic,
      flags: [flag],
    })),
  ),
];

let database: TestDatabase;
let founder: string;
const clinicIds = { north: '', south: '' };
const ids = { patient: '', visit: '', vitals: '', user: '', device: '', form: '', code: '', grant: '', view: '' };
let passwordHash: string;
const bearers = new Map<string, string>();

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  const world = await aServedClinic(database);
  founder = world.founder;
  passwordHash = await hashPassword('the password of everybody');
  await ensureBuiltInForms(database.pool);
  const session = await sessionsOn(served().pool).createSession(founder, { kind: 'api' });
  bearers.set('founder', session.id);
  for (const name of ['north', 'south'] as const) {
    const body = { name, code: name, timeZone: 'Asia/Beirut' };
    clinicIds[name] = (await asking('founder', 'POST', '/api/clinics', body)).body.id;
  }
  for (const key of ['patient', 'visit', 'vitals'] as const) ids[key] = newId();
  await atServer([
    ...registration(ids.patient, clinicIds.north),
    aVisit(ids.visit, ids.patient, clinicIds.north),
    someVitals(ids.vitals, ids.patient, clinicIds.north, founder, { weightKg: 60 }),
  ]);
  await anOpeningAndALook();
  ids.user = await world.aUser('target', clinicIds.north, 'registrar');
  ids.device = (await world.aDevice(clinicIds.north)).deviceId;
  ids.form = (await asking('founder', 'GET', '/api/forms')).body.forms[0].id;
  ids.code = (await asking('founder', 'POST', '/api/enrolment-codes', { clinicId: clinicIds.north })).body.id;
  await makeAttention();
  for (const one of SOMEONE) bearers.set(one.name, await bearerOf(one));
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

async function atServer(edits: Edit[]): Promise<void> {
  const author = { userId: founder, clinicId: clinicIds.north };
  const outcome = await authorEdits(database.pool, { author, needs: [], decide: () => edits });
  expect(outcome?.result).toBe('applied');
}

async function anOpeningAndALook(): Promise<void> {
  const place = { patientId: ids.patient, clinicId: clinicIds.north, userId: founder };
  const at = '2026-11-21T08:00:00.000Z';
  const view = { ...place, screen: 'chart', at, grantId: null };
  ids.grant = newId();
  ids.view = viewId(view) ?? '';
  const times = { from: at, until: '2026-11-21T20:00:00.000Z', endedAt: null };
  await atServer([put('accessGrants', ids.grant, { ...place, reason: 'Unconscious', ...times })]);
  await atServer([put('views', ids.view, view)]);
}

async function bearerOf({ role, clinic, flags }: Someone): Promise<string> {
  const userId = newId();
  const clinicId = clinic === null ? null : clinicIds[clinic];
  const input = { userId, name: 'Someone', role, language: 'en', clinicId, username: userId, passwordHash };
  const grants = clinicId === null ? [] : [{ clinicId, flags: [...flags] }];
  const runner = { userId: founder, clinicId: null };
  expect(await runCommand(database.pool, createUser, { ...input, mustChange: false, grants }, runner)).toEqual({
    ok: true,
  });
  return (await sessionsOn(served().pool).createSession(userId, { kind: 'api' })).id;
}

function asking(name: string, method: Method, path: string, body?: unknown): Promise<Answer> {
  return ask(method, path, { body, headers: { authorization: `Bearer ${bearers.get(name)}` } });
}

interface Operation {
  readonly route: keyof typeof PORTAL_ROUTES;
  readonly method: Method;
  /** What of the route is asked for, when there is more than one thing. */
  readonly what?: string;
  readonly path?: () => string;
  readonly body?: () => unknown;
  readonly may: (one: Someone) => boolean;
  /** What else must hold of a reply that is given. */
  readonly holds?: (one: Someone, answer: Answer) => void;
}

/** What waits for a decision in the clinic North: each is decided once, so there is one for each who tries. */
const attention = {
  conflicts: [] as { id: string; keptStamp: string }[],
  reviews: [] as { id: string; keptStamp: string }[],
  refused: [] as { id: string; seen: string }[],
};

/** Two phones edit the same visits without knowing of each other, and one of them what its user may not. */
async function makeAttention(): Promise<void> {
  const everyone = SOMEONE.length + 3;
  const visitIds = Array.from({ length: everyone }, () => newId());
  await atServer(visitIds.map((id) => aVisit(id, ids.patient, clinicIds.north)));
  const held = await readByIds(
    database.pool,
    visitIds.map((id) => ({ collection: 'visits', id })),
  );
  const sender = { kind: 'device' as const, clinicIds: [clinicIds.north], signedIn: [founder, ids.user] };
  const phone = postgresFeedReplica(database.pool, sender, ids.device);
  for (const reason of ['fever', 'cough']) {
    const writer = aWriter(founder, clinicIds.north);
    await phone.accept(visitIds.map((id) => writer.author([put('visits', id, { reason })], held)));
  }
  const open = async (kind: string) => {
    const found = await readRecords(database.pool, 'conflicts', "where status = 'open' and kind = $1", [kind]);
    return found.map(({ id, values }) => ({ id, keptStamp: (values.kept as { stamp: string }).stamp }));
  };
  attention.conflicts = await open('parallel-edit');
  expect(attention.conflicts).toHaveLength(everyone);
  const registrar = aWriter(ids.user, clinicIds.north);
  const patient = newId();
  await atServer(registration(patient, clinicIds.north));
  const byHub = Array.from({ length: 2 * everyone }, () =>
    registrar.author([someVitals(newId(), patient, clinicIds.north, ids.user, { weightKg: 61 })]),
  );
  const judged = byHub.map(({ id }) => ({ actionId: id, result: 'applied' as const, refusal: null }));
  await postgresFeedReplica(database.pool, { kind: 'hub', clinicIds: [clinicIds.north] }).accept(byHub, judged);
  attention.reviews = await open('review');
  expect(attention.reviews).toHaveLength(2 * everyone);
  const made = Array.from({ length: 2 * everyone }, () => {
    const id = newId();
    const edit = someVitals(id, ids.patient, clinicIds.north, ids.user, { weightKg: 60 });
    const seen = createHash('sha256').update(`vitals/${id}=`).digest('base64url');
    return { action: registrar.author([edit]), seen };
  });
  const outcomes = await phone.accept(made.map(({ action }) => action));
  expect(outcomes.every(({ result }) => result === 'refused')).toBe(true);
  attention.refused = made.map(({ action, seen }) => ({ id: action.id, seen }));
}

const answers = { givenName: 'Amina', sex: 'female' };
const OPERATIONS: readonly Operation[] = [
  { route: '/api/me', method: 'GET', may: everybody },
  // The right to change one's own password is knowing the old one: nobody here does.
  {
    route: '/api/me/password',
    method: 'POST',
    body: () => ({ current: 'x', password: 'long enough 1' }),
    may: () => false,
  },
  {
    route: '/api/patients',
    method: 'GET',
    may: everybody,
    holds: (one, { body }) => {
      const seen = body.patients.some((patient: { id: string }) => patient.id === ids.patient);
      expect(seen).toBe(anyInNorth(one));
    },
  },
  {
    route: '/api/patients',
    method: 'GET',
    what: 'search',
    path: () => '/api/patients?search=amina%20haddad',
    may: everybody,
    holds: (one, { body }) => {
      const seen = body.patients.some((patient: { id: string }) => patient.id === ids.patient);
      expect(seen).toBe(anyInNorth(one));
    },
  },
  {
    route: '/api/patients',
    method: 'GET',
    what: 'of one clinic',
    path: () => `/api/patients?clinicId=${clinicIds.north}`,
    may: anyInNorth,
  },
  {
    route: '/api/patients',
    method: 'POST',
    body: () => ({ clinicId: clinicIds.north, answers }),
    may: (one) => inNorth(one, 'register-patients'),
  },
  {
    route: '/api/patients/[id]',
    method: 'GET',
    path: () => `/api/patients/${ids.patient}`,
    may: anyInNorth,
    holds: (one, { body }) => {
      expect(body.vitals.length).toBe(inNorth(one, 'view-history') ? 1 : 0);
      expect(body.visits.length).toBeGreaterThan(0);
    },
  },
  {
    route: '/api/patients/[id]',
    method: 'PATCH',
    path: () => `/api/patients/${ids.patient}`,
    body: () => ({ answers: { phone: newId().slice(-12) } }),
    may: (one) => inNorth(one, 'edit-records'),
  },
  {
    route: '/api/visits',
    method: 'GET',
    path: () => `/api/visits?patientId=${ids.patient}`,
    may: anyInNorth,
  },
  {
    route: '/api/visits',
    method: 'POST',
    body: () => ({ patientId: ids.patient, clinicId: clinicIds.north, kind: 'consultation' }),
    may: (one) => inNorth(one, 'edit-records', 'register-patients'),
  },
  { route: '/api/forms', method: 'GET', may: anywhere },
  { route: '/api/forms/[id]', method: 'GET', path: () => `/api/forms/${ids.form}`, may: anywhere },
  {
    route: '/api/forms',
    method: 'POST',
    body: () => ({ kind: 'registration', definition: registrationForm, clinicIds: [clinicIds.north] }),
    may: administers,
  },
  { route: '/api/clinics', method: 'GET', may: anywhere },
  {
    route: '/api/clinics',
    method: 'POST',
    body: () => ({ name: 'Another', code: 'A', timeZone: 'UTC' }),
    may: administers,
  },
  {
    route: '/api/clinics/[id]',
    method: 'PATCH',
    path: () => `/api/clinics/${clinicIds.north}`,
    body: () => ({ name: newId() }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  { route: '/api/departments', method: 'GET', may: anywhere },
  {
    route: '/api/departments',
    method: 'POST',
    body: () => ({ clinicId: clinicIds.north, name: { en: 'Reception' } }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/users',
    method: 'GET',
    may: managesSomewhere,
    holds: (one, { body }) => {
      const seen = body.users.some((user: { id: string }) => user.id === ids.user);
      expect(seen).toBe(inNorth(one, 'clinic-admin'));
      expect(JSON.stringify(body)).not.toMatch(/password|\$argon2/i);
    },
  },
  {
    route: '/api/users',
    method: 'POST',
    what: 'a registrar',
    body: () => ({
      name: 'New',
      role: 'registrar',
      username: newId(),
      clinicId: clinicIds.north,
      password: 'long enough 1',
    }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/users',
    method: 'POST',
    what: 'an administrator',
    body: () => ({
      name: 'New',
      role: 'admin',
      username: newId(),
      clinicId: clinicIds.north,
      password: 'long enough 1',
    }),
    may: ({ role }) => role === 'super_admin',
  },
  {
    route: '/api/users/[id]',
    method: 'GET',
    path: () => `/api/users/${ids.user}`,
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/users/[id]',
    method: 'PATCH',
    path: () => `/api/users/${ids.user}`,
    body: () => ({ name: newId() }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/users/[id]',
    method: 'PATCH',
    what: 'to administrator',
    path: () => `/api/users/${ids.user}`,
    body: () => ({ role: 'admin' }),
    may: () => false,
  },
  {
    route: '/api/users/[id]/permissions',
    method: 'PUT',
    path: () => `/api/users/${ids.user}/permissions`,
    body: () => ({ clinicId: clinicIds.north, flags: ['register-patients'] }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/users/[id]/password',
    method: 'POST',
    path: () => `/api/users/${ids.user}/password`,
    body: () => ({ password: 'long enough 1' }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/users/[id]/password',
    method: 'POST',
    what: 'of the founder',
    path: () => `/api/users/${founder}/password`,
    body: () => ({ password: 'long enough 1' }),
    may: () => false,
  },
  {
    route: '/api/devices',
    method: 'GET',
    may: managesSomewhere,
    holds: (one, { body }) => {
      const seen = body.devices.some((device: { id: string }) => device.id === ids.device);
      expect(seen).toBe(inNorth(one, 'clinic-admin'));
    },
  },
  {
    route: '/api/devices/[id]/revoke',
    method: 'POST',
    path: () => `/api/devices/${ids.device}/revoke`,
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  { route: '/api/enrolment-codes', method: 'GET', may: managesSomewhere },
  {
    route: '/api/enrolment-codes/[id]',
    method: 'GET',
    path: () => `/api/enrolment-codes/${ids.code}`,
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/enrolment-codes',
    method: 'POST',
    body: () => ({ clinicId: clinicIds.north }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  { route: '/api/dashboard', method: 'GET', may: anywhere },
  { route: '/api/attention', method: 'GET', may: managesSomewhere },
  { route: '/api/attention/gaps', method: 'GET', may: managesSomewhere },
  {
    route: '/api/attention/conflicts',
    method: 'GET',
    may: managesSomewhere,
    holds: (one, { body }) => expect(body.conflicts.length > 0).toBe(inNorth(one, 'clinic-admin')),
  },
  {
    route: '/api/attention/refused',
    method: 'GET',
    may: managesSomewhere,
    holds: (one, { body }) => expect(body.actions.length > 0).toBe(inNorth(one, 'clinic-admin')),
  },
  {
    route: '/api/attention/[id]/resolve',
    method: 'POST',
    path: () => `/api/attention/${attention.conflicts.at(-1)!.id}/resolve`,
    body: () => ({ keep: 'lost', keptStamp: attention.conflicts.pop()!.keptStamp }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  ...(['kept', 'lost'] as const).map((keep) => ({
    route: '/api/attention/[id]/resolve' as const,
    method: 'POST' as const,
    what: `a review, ${keep}`,
    path: () => `/api/attention/${attention.reviews.at(-1)!.id}/resolve`,
    body: () => ({ keep, reason: 'by the matrix', keptStamp: attention.reviews.pop()!.keptStamp }),
    may: (one: Someone) => inNorth(one, 'clinic-admin'),
  })),
  {
    route: '/api/attention/[id]/accept',
    method: 'POST',
    path: () => `/api/attention/${attention.refused.at(-1)!.id}/accept`,
    body: () => ({ reason: 'accepted: by the matrix', seen: attention.refused.pop()!.seen }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  {
    route: '/api/attention/[id]/dismiss',
    method: 'POST',
    path: () => `/api/attention/${attention.refused.pop()!.id}/dismiss`,
    body: () => ({ reason: 'a mistake' }),
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  { route: '/api/forms/built-in', method: 'POST', may: administers },
  {
    route: '/api/audit',
    method: 'GET',
    path: () => `/api/audit?patientId=${ids.patient}`,
    may: administers,
    holds: (_, { body }) => expect(body.views.map((view: { id: string }) => view.id)).toContain(ids.view),
  },
  {
    route: '/api/access-grants',
    method: 'GET',
    may: administers,
    holds: (_, { body }) => expect(body.grants.map((grant: { id: string }) => grant.id)).toContain(ids.grant),
  },
  {
    route: '/api/access-grants/[id]/end',
    method: 'POST',
    path: () => `/api/access-grants/${ids.grant}/end`,
    may: (one) => inNorth(one, 'clinic-admin'),
  },
  ...(
    [
      ['patients', () => ids.patient, anyInNorth],
      ['visits', () => ids.visit, anyInNorth],
      ['vitals', () => ids.vitals, (one: Someone) => inNorth(one, 'view-history')],
      ['users', () => ids.user, anywhere],
      ['devices', () => ids.device, (one: Someone) => inNorth(one, 'clinic-admin')],
      ['credentials', () => ids.user, () => false],
      ['accessGrants', () => ids.grant, (one: Someone) => inNorth(one, 'view-history')],
      ['views', () => ids.view, administers],
    ] as const
  ).map(([collection, id, may]) => ({
    route: '/api/history' as const,
    method: 'GET' as const,
    what: collection,
    path: () => `/api/history?collection=${collection}&id=${id()}`,
    may,
  })),
];

/** Super admins alone change admins, themselves included: what is refused to all others. */
const SUPER_ONLY = new Set(['to administrator', 'of the founder', 'an administrator']);

const nameOf = ({ method, route, what }: Operation) => `${method} ${route}${what === undefined ? '' : ` (${what})`}`;

describe.each(OPERATIONS.map((operation) => [nameOf(operation), operation] as const))('%s', (_, operation) => {
  it.each(SOMEONE.map((one) => [one.name, one] as const))('as %s', async (_name, one) => {
    const superMay = one.role === 'super_admin' && SUPER_ONLY.has(operation.what ?? '');
    const expected = superMay || operation.may(one);
    const path = operation.path?.() ?? operation.route;
    const before = await changes();
    const answer = await asking(one.name, operation.method, path, operation.body?.());
    if (expected) {
      expect(answer).toMatchObject({ status: 200 });
      operation.holds?.(one, answer);
    } else {
      expect([403, 404]).toContain(answer.status);
      expect(await changes()).toBe(before);
    }
    if (operation.what === 'to administrator' && expected) await demote();
  });

  it('as nobody', async () => {
    const path = operation.path?.() ?? operation.route;
    const before = await changes();
    for (const headers of [{}, { authorization: `Bearer ${'x'.repeat(43)}` }, { cookie: 'hikma_session=abc' }]) {
      const answer = await ask(operation.method, path, {
        body: operation.body?.(),
        headers: { ...headers, origin: 'http://localhost' },
      });
      expect(answer.status).toBe(401);
    }
    expect(await changes()).toBe(before);
  });
});

/** Applied ones: a refused change is logged, too. */
async function changes(): Promise<number> {
  const found = await database.pool.query("select count(*)::int as n from changes where result = 'applied'");
  return found.rows[0].n;
}

async function demote(): Promise<void> {
  const author = { userId: founder, clinicId: null };
  await authorEdits(database.pool, {
    author,
    needs: [{ collection: 'users', id: ids.user }],
    decide: () => [put('users', ids.user, { role: 'registrar' })],
  });
}

it('covers every method of every route', () => {
  const covered = new Set(OPERATIONS.map(({ method, route }) => `${method} ${route}`));
  const all = Object.entries(PORTAL_ROUTES).flatMap(([route, handlers]) =>
    METHODS.filter((method) => handlers[method] !== undefined).map((method) => `${method} ${route}`),
  );
  expect(all.filter((one) => !covered.has(one))).toEqual([]);
});
