import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { POST as deviceSignIn } from '../../app/api/device/sign-in/route.ts';
import { POST as enrol } from '../../app/api/enrol/route.ts';
import { POST as found } from '../../app/api/first-administrator/route.ts';
import { POST as login } from '../../app/api/login/route.ts';
import { POST as logout } from '../../app/api/logout/route.ts';
import { POST as sync } from '../../app/api/sync/route.ts';
import { ADDRESS_HEADER } from '../../app/server/client-address.ts';
import { database as served } from '../../app/server/database.ts';
import { issueEnrolmentCode } from '../../app/server/enrolment-codes.ts';
import { firstAdministratorLink } from '../../app/server/first-administrator.ts';
import { recordTokens } from '../../app/server/record-tokens.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { requireSession } from '../../app/server/session/require-session.ts';
import { signIn } from '../../app/server/sign-in.ts';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { editUser } from '../../lib/domain/user/edit-user.ts';
import { scopesOfReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { put, registration } from '../scenario/edits.ts';
import { aWriter } from '../scenario/postgres-clinic.ts';
import { answerOf, aServedClinic, PASSWORD, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let clinic: Awaited<ReturnType<typeof aServedClinic>>;
let north: string;
let south: string;
let nora: string;
let rami: string;

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  clinic = await aServedClinic(database);
  north = await clinic.aClinic('North');
  south = await clinic.aClinic('South');
  nora = await clinic.aUser('nora', north);
  rami = await clinic.aUser('rami', north, 'registrar');
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

const own = { origin: 'http://localhost' };
const logIn = (body: unknown, headers: Record<string, string> = own) =>
  answerOf(login(post('/api/login', body, headers)));
const sessionOf = (headers: Record<string, string>, method = 'GET') =>
  requireSession(
    database.pool,
    new Request('http://localhost/admin', { method, headers: { host: 'localhost', ...headers } }),
  );
const cookieIn = (headers: Headers) => headers.get('set-cookie')!.split(';')[0]!;

async function scopesOf(authorization: string, deviceId: string) {
  const request = { protocol: 1, schema: 1, replicaId: deviceId, clock: 0, origins: {}, actions: [], epoch: null };
  const answer = await answerOf(
    sync(post('/api/sync', { ...request, cursors: {}, maxBytes: 1024 }, { authorization })),
  );
  return answer.status === 200
    ? { status: 200, scopes: scopesOfReply(answer.body), version: answer.body.grants as number }
    : { status: answer.status, scopes: [], version: 0 };
}

describe('the first administrator', () => {
  it('is made once: the link is used up, and no new one is given while somebody can sign in', async () => {
    expect(await firstAdministratorLink(database.pool, 'http://x')).toBeNull();
    const body = {
      token: 'A'.repeat(43),
      name: 'Eve',
      username: 'eve',
      password: PASSWORD,
      language: 'en',
      organisation: 'E',
    };
    const answer = await answerOf(found(post('/api/first-administrator', body)));
    expect([answer.status, answer.body.code]).toEqual([410, 'gone']);
    const users = await database.pool.query("select role from users where name = 'Ada'");
    expect(users.rows).toEqual([{ role: 'super_admin' }]);
  });

  it('needs a password of ten characters', async () => {
    const body = {
      token: 'A'.repeat(43),
      name: 'Eve',
      username: 'eve',
      password: 'short',
      language: 'en',
      organisation: 'E',
    };
    const answer = await answerOf(found(post('/api/first-administrator', body)));
    expect([answer.status, answer.body.field]).toEqual([422, 'password']);
  });
});

it('a name that is too long once it is folded is refused, not a fault', async () => {
  const rest = { name: 'Eve', password: PASSWORD, language: 'en', organisation: 'E' };
  const body = { ...rest, token: 'A'.repeat(43), username: '\ufdfa'.repeat(20) };
  const answer = await answerOf(found(post('/api/first-administrator', body)));
  expect([answer.status, answer.body.field]).toEqual([422, 'username']);
});

describe('the portal', () => {
  it('signs in with a cookie that scripts cannot read, and keeps only its hash', async () => {
    const answer = await logIn({ username: ' NORA ', password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.body.user).toEqual({ id: nora, name: 'nora', language: 'en', role: 'provider' });
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^hikma_session=[^;]{20,};.*HttpOnly.*SameSite=Lax/);
    expect(cookie).not.toContain('Secure');
    const secret = cookieIn(answer.headers).split('=')[1]!;
    const stored = await database.pool.query('select count(*)::int as n from sessions where id = $1', [secret]);
    expect(stored.rows[0].n).toBe(0);
    const session = await sessionOf({ cookie: cookieIn(answer.headers) });
    expect(session.ok && session.value.actor.userId).toBe(nora);
  });

  it('marks the cookie Secure wherever it is not localhost', async () => {
    const answer = await logIn(
      { username: 'nora', password: PASSWORD },
      { host: 'clinic.example', origin: 'https://clinic.example' },
    );
    expect(answer.headers.get('set-cookie')).toContain('Secure');
  });

  it('takes no change from another site, nor a sign-in', async () => {
    const { headers } = await logIn({ username: 'nora', password: PASSWORD });
    const cookie = cookieIn(headers);
    for (const origin of ['https://evil.example', 'http://localhost:81', 'null']) {
      const session = await sessionOf({ cookie, origin }, 'POST');
      expect(!session.ok && session.problem.code).toBe('forbidden');
      expect((await logIn({ username: 'nora', password: PASSWORD }, { origin })).status).toBe(403);
    }
    expect((await sessionOf({ cookie }, 'POST')).ok).toBe(false);
    expect((await sessionOf({ cookie, ...own }, 'POST')).ok).toBe(true);
  });

  it('ends a session at sign-out, after seven days however much it is used, and when its user is deactivated', async () => {
    const first = cookieIn((await logIn({ username: 'nora', password: PASSWORD })).headers);
    await logout(post('/api/logout', {}, { cookie: first, ...own }));
    expect((await sessionOf({ cookie: first })).ok).toBe(false);

    const second = cookieIn((await logIn({ username: 'nora', password: PASSWORD })).headers);
    await database.pool.query("update sessions set created_at = now() - interval '6 days 23 hours'");
    expect((await sessionOf({ cookie: second })).ok).toBe(true);
    await database.pool.query("update sessions set created_at = now() - interval '7 days 1 minute'");
    const old = await sessionOf({ cookie: second });
    expect(!old.ok && old.problem.code).toBe('session-expired');

    const gone = await clinic.aUser('gone', north);
    const third = cookieIn((await logIn({ username: 'gone', password: PASSWORD })).headers);
    const by = { userId: clinic.founder, clinicId: null };
    expect(await runCommand(database.pool, editUser, { userId: gone, deactivated: true }, by)).toEqual({ ok: true });
    expect((await sessionOf({ cookie: third })).ok).toBe(false);
    expect((await logIn({ username: 'gone', password: PASSWORD })).status).toBe(401);
  });

  it('prolongs a session that is used in its second half', async () => {
    const cookie = cookieIn((await logIn({ username: 'nora', password: PASSWORD })).headers);
    expect(((await sessionOf({ cookie })) as { value: { cookie: string | null } }).value.cookie).toBeNull();
    await database.pool.query("update sessions set expires_at = now() + interval '5 hours'");
    expect(((await sessionOf({ cookie })) as { value: { cookie: string | null } }).value.cookie).toContain(
      'hikma_session=',
    );
    const left = await database.pool.query(
      "select max(expires_at) > now() + interval '11 hours' as longer from sessions",
    );
    expect(left.rows[0].longer).toBe(true);
  });

  it('gives programs a token that is no cookie, and cookies that are no token', async () => {
    const { body, headers } = await logIn({ username: 'nora', password: PASSWORD, token: true }, {});
    expect(headers.get('set-cookie')).toBeNull();
    const authorization = `Bearer ${body.token}`;
    expect((await sessionOf({ authorization }, 'POST')).ok).toBe(true);
    expect((await sessionOf({ cookie: `hikma_session=${body.token}` })).ok).toBe(false);
    const cookie = cookieIn((await logIn({ username: 'nora', password: PASSWORD })).headers).split('=')[1]!;
    expect((await sessionOf({ authorization: `Bearer ${cookie}` })).ok).toBe(false);
  });
});

describe('wrong sign-ins', () => {
  it('are answered alike, whether the name exists or not', async () => {
    const known = await logIn({ username: 'nora', password: 'wrong password' });
    const unknown = await logIn({ username: 'nobody', password: 'wrong password' });
    expect(known.status).toBe(401);
    expect(unknown.body).toEqual(known.body);
    const took = async (username: string) => {
      const times: number[] = [];
      for (let round = 0; round < 4; round++) {
        await database.pool.query('delete from sign_in_attempts');
        const started = performance.now();
        await logIn({ username, password: 'wrong password' });
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    expect(await took('nobody')).toBeGreaterThan((await took('nora')) / 3);
  });

  it('slow down after ten of one name, even when all are sent at once, and never lock', async () => {
    await database.pool.query('delete from sign_in_attempts');
    const answers = await Promise.all(
      Array.from({ length: 14 }, () => logIn({ username: 'rami', password: 'wrong password' })),
    );
    expect(answers.filter((one) => one.status === 401)).toHaveLength(10);
    const limited = answers.find((one) => one.status === 429)!;
    expect(limited.body).toMatchObject({ code: 'rate-limited', retryAfterSeconds: expect.any(Number) });
    expect(Number(limited.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await logIn({ username: 'rami', password: PASSWORD })).status).toBe(429);
    expect((await logIn({ username: 'nora', password: PASSWORD })).status).toBe(200);
    await database.pool.query("update sign_in_attempts set at = at - interval '61 seconds'");
    expect((await logIn({ username: 'rami', password: PASSWORD })).status).toBe(200);
    expect((await logIn({ username: 'rami', password: PASSWORD })).status).toBe(200);
  });

  it('slow down after a hundred from one address, for that address only', async () => {
    await database.pool.query('delete from sign_in_attempts');
    const from = (address: string) => ({ ...own, [ADDRESS_HEADER]: address });
    await database.pool.query(
      "insert into sign_in_attempts (name, address) select sha256(n::text::bytea), '10.0.0.1' from generate_series(1, 100) n",
    );
    expect((await logIn({ username: 'nora', password: PASSWORD }, from('10.0.0.1'))).status).toBe(429);
    expect((await logIn({ username: 'nora', password: PASSWORD }, from('10.0.0.2'))).status).toBe(200);
    await database.pool.query('delete from sign_in_attempts');
  });

  it('cost as many questions to the database, whether the name exists or not', async () => {
    await database.pool.query('delete from sign_in_attempts');
    const asked = async (username: string) => {
      const query = vi.spyOn(database.pool, 'query');
      await signIn(database.pool, { username, password: 'wrong password' }, '10.0.0.9');
      const count = query.mock.calls.length;
      query.mockRestore();
      return count;
    };
    expect(await asked('nora')).toBe(await asked('nobody'));
    await database.pool.query('delete from sign_in_attempts');
  });

  it('of a name that looks like something else slow down nothing else', async () => {
    await database.pool.query('delete from sign_in_attempts');
    for (let n = 0; n < 11; n++)
      await logIn({ username: 'enrol 10.0.0.7', password: 'wrong' }, { ...own, [ADDRESS_HEADER]: '10.0.0.8' });
    const body = { code: await clinic.aCode(north), deviceId: newId(), deviceName: 'Phone' };
    const enrolled = await answerOf(enrol(post('/api/enrol', body, { [ADDRESS_HEADER]: '10.0.0.7' })));
    expect(enrolled.status).toBe(200);
    await database.pool.query('delete from sign_in_attempts');
  });

  it('of somebody whose password was hashed otherwise are wrong ones, not faults', async () => {
    await clinic.aUser('imported', north);
    const hash = '$2b$10$abcdefghijklmnopqrstuv';
    await database.pool.query("update credentials set password_hash = $1 where username = 'imported'", [hash]);
    expect((await logIn({ username: 'imported', password: PASSWORD })).status).toBe(401);
  });

  it('of every bad kind are refused without a fault', async () => {
    for (const [body, status] of [
      [{ username: 'nora' }, 422],
      [{ username: 'nora', password: 'x'.repeat(201) }, 422],
      [{ username: '', password: PASSWORD }, 422],
      [{ username: 'a\0b', password: PASSWORD }, 401],
      [{ username: '\ud800', password: PASSWORD }, 401],
      [{ username: { $ne: null }, password: PASSWORD }, 422],
      ["{'username'", 400],
      ['x'.repeat(5000), 413],
    ] as const) {
      expect((await logIn(body)).status).toBe(status);
    }
  });
});

describe('a device', () => {
  const enrolWith = (body: Record<string, unknown>, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    return answerOf(enrol(post('/api/enrol', { deviceId: newId(), deviceName: 'Phone 1', ...body }, headers)));
  };

  it('is enrolled by a code, once, however it is typed', async () => {
    const code = await clinic.aCode(north);
    const deviceId = newId();
    const answer = await enrolWith({ code: ` ${code.toLowerCase().slice(0, 4)}-${code.slice(4)}`, deviceId });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      deviceId,
      bearer: expect.stringMatching(/^[\w-]{43}$/),
      clinicIds: [north],
      organisation: { name: 'Sunrise Clinics' },
    });
    const again = await enrolWith({ code });
    expect([again.status, again.body.code, again.body.field]).toEqual([410, 'gone', 'code']);
    const stored = await database.pool.query('select name, clinic_ids from devices where id = $1', [deviceId]);
    expect(stored.rows).toEqual([{ name: 'Phone 1', clinic_ids: [north] }]);
  });

  it('two at once with one code: one is enrolled', async () => {
    const code = await clinic.aCode(north);
    const answers = await Promise.all([enrolWith({ code }), enrolWith({ code }), enrolWith({ code })]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 410, 410]);
  });

  it('is not enrolled by a code that is old, wrong, or whose giver has lost the right', async () => {
    const old = await clinic.aCode(north);
    await database.pool.query(
      "update enrolment_codes set expires_at = now() - interval '1 second' where used_at is null",
    );
    expect((await enrolWith({ code: old })).status).toBe(410);
    expect((await enrolWith({ code: 'ABCDEFGH' })).status).toBe(410);
    expect((await enrolWith({ code: await clinic.aCode(north), deviceName: '' })).status).toBe(422);
    expect((await enrolWith({ code: await clinic.aCode(north), deviceId: 'me' })).body.field).toBe('deviceId');
    const code = await clinic.aCode(north);
    await database.pool.query('update enrolment_codes set created_by = $1 where used_at is null', [nora]);
    expect((await enrolWith({ code })).status).toBe(403);
    await database.pool.query('update enrolment_codes set created_by = $1 where used_at is null', [clinic.founder]);
    expect((await enrolWith({ code })).status).toBe(200);
  });

  it('is given codes by those who may: clinic admins, in their clinics', async () => {
    const asNora = await issueEnrolmentCode(database.pool, { userId: nora, clinicId: north });
    expect(!asNora.ok && asNora.problem.code).toBe('forbidden');
    const nowhere = await issueEnrolmentCode(database.pool, { userId: clinic.founder, clinicId: newId() });
    expect(!nowhere.ok && nowhere.problem.code).toBe('not-found');
  });

  it('holds nothing before somebody signs in on it, then what its users may, in its clinics only', async () => {
    const phone = await clinic.aDevice(north);
    expect((await scopesOf(phone.authorization, phone.deviceId)).scopes).toEqual([]);
    const registrars = await clinic.aDevice(north, 'rami');
    const held = await scopesOf(registrars.authorization, registrars.deviceId);
    expect(held.scopes).toEqual(['org', `${north}:desk`, `${north}:stock`]);
    const shared = await clinic.aDevice(north, 'rami', 'nora');
    expect((await scopesOf(shared.authorization, shared.deviceId)).scopes).toContain(`${north}:record`);
    const elsewhere = await clinic.aDevice(south, 'nora');
    expect((await scopesOf(elsewhere.authorization, elsewhere.deviceId)).scopes).toEqual(['org']);
  });

  it('tells the wrong password from the right one, and needs its own token first', async () => {
    const phone = await clinic.aDevice(north);
    const wrong = { username: 'nora', password: 'wrong password' };
    const { authorization } = phone;
    expect((await answerOf(deviceSignIn(post('/x', wrong, { authorization })))).status).toBe(401);
    expect((await answerOf(deviceSignIn(post('/x', { username: 'nora', password: PASSWORD })))).status).toBe(401);
    const right = await answerOf(deviceSignIn(post('/x', { username: 'nora', password: PASSWORD }, { authorization })));
    expect(right.body.user).toMatchObject({ id: nora, name: 'nora', language: 'en' });
    expect(right.body.grants.scopes).toContain(`${north}:record`);
  });

  it('is refused from the moment it is withdrawn', async () => {
    const phone = await clinic.aDevice(north, 'nora');
    const edit = put('devices', phone.deviceId, { revokedAt: '2026-11-21T08:00:00.000Z' });
    await authorEdits(database.pool, {
      author: { userId: clinic.founder, clinicId: null },
      needs: [{ collection: 'devices', id: phone.deviceId }],
      decide: () => [edit],
    });
    expect((await scopesOf(phone.authorization, phone.deviceId)).status).toBe(410);
  });

  it('is not taken over with a code: who has no token of it, of now or of before, gets another device', async () => {
    const phone = await clinic.aDevice(north, 'nora');
    const other = await clinic.aDevice(north);
    const code = await clinic.aCode(north);
    for (const authorization of [undefined, other.authorization, `Bearer ${'A'.repeat(43)}`]) {
      const taken = await enrolWith({ code, deviceId: phone.deviceId }, authorization);
      expect([taken.status, taken.body.code]).toEqual([403, 'forbidden']);
    }
    expect((await scopesOf(phone.authorization, phone.deviceId)).status).toBe(200);
    expect((await enrolWith({ code })).status).toBe(200);
  });

  it('enrolled again: the old token ends, what was made on it is still taken, rights start anew', async () => {
    const phone = await clinic.aDevice(north, 'nora');
    const before = await scopesOf(phone.authorization, phone.deviceId);
    const again = await enrolWith({ code: await clinic.aCode(north), deviceId: phone.deviceId }, phone.authorization);
    const authorization = `Bearer ${again.body.bearer}`;
    expect((await scopesOf(phone.authorization, phone.deviceId)).status).toBe(410);
    const after = await scopesOf(authorization, phone.deviceId);
    expect(after.scopes).toEqual([]);
    expect(after.version).toBeGreaterThan(before.version);
    const action = aWriter(nora, north, phone.deviceId).author(registration(newId(), north));
    const request = { protocol: 1, schema: 1, replicaId: phone.deviceId, clock: 0, origins: {}, epoch: null };
    const body = { ...request, actions: [action], cursors: {}, maxBytes: 1024 };
    const answer = await answerOf(sync(post('/api/sync', body, { authorization })));
    expect(answer.body.outcomes[0].result).toBe('applied');
    await answerOf(deviceSignIn(post('/x', { username: 'nora', password: PASSWORD }, { authorization })));
    const signedIn = await scopesOf(authorization, phone.deviceId);
    expect(signedIn.scopes).toContain(`${north}:record`);
    expect(signedIn.version).toBeGreaterThan(after.version);
  });

  it('enrolled before tokens stood in records: is known again after the next start, and who signed in on it', async () => {
    const phone = await clinic.aDevice(north, 'nora');
    const { deviceId, authorization } = phone;
    await database.pool.query('update devices set token_hash = null, signed_in = null where id = $1', [deviceId]);
    for (const [user, at] of [
      [nora, 'now()'],
      [rami, "now() - interval '1 day'"],
    ])
      await database.pool.query(`insert into device_users (device_id, user_id, signed_in_at) values ($1, $2, ${at})`, [
        deviceId,
        user,
      ]);
    await recordTokens(database.pool);
    await recordTokens(database.pool);
    expect((await scopesOf(authorization, deviceId)).scopes).toContain(`${north}:record`);
    const { rows } = await database.pool.query('select enrolled_at, signed_in from devices where id = $1', [deviceId]);
    expect(rows[0].signed_in).toEqual({ [nora]: rows[0].enrolled_at, [rami]: '1970-01-01T00:00:00.000Z' });
  });
});
