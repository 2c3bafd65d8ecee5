import { POST as deviceSignIn } from '../../app/api/device/sign-in/route.ts';
import { POST as enrol } from '../../app/api/enrol/route.ts';
import { issueEnrolmentCode } from '../../app/server/enrolment-codes.ts';
import { createFirstAdministrator, firstAdministratorLink } from '../../app/server/first-administrator.ts';
import { hashPassword } from '../../app/server/passwords.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { ROLE_TEMPLATES, type Role } from '../../lib/access/actor.ts';
import { createClinic } from '../../lib/domain/clinic/create-clinic.ts';
import { createUser } from '../../lib/domain/user/create-user.ts';
import type { TestDatabase } from './test-database.ts';

export const PASSWORD = 'correct horse battery';

/** A request as a route handler gets it; `body` may be text or bytes for what is no JSON. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): Request {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  return new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', host: 'localhost', ...headers },
    body: raw ? (body as BodyInit) : JSON.stringify(body),
  });
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: replies are looked into, not typed.
  readonly body: any;
  readonly headers: Headers;
}

export async function answerOf(response: Promise<Response>): Promise<Answer> {
  const { status, headers, ...rest } = await response.then(async (one) => ({
    status: one.status,
    headers: one.headers,
    text: await one.text(),
  }));
  return { status, headers, body: rest.text === '' ? null : JSON.parse(rest.text) };
}

/** A server that was set up as people do it: link, administrator, clinic, users with passwords. */
export async function aServedClinic({ pool }: TestDatabase) {
  const link = await firstAdministratorLink(pool, 'http://localhost');
  const founded = await createFirstAdministrator(pool, {
    token: link!.split('#')[1]!,
    name: 'Ada',
    username: 'ada',
    password: PASSWORD,
    language: 'en',
    organisation: 'Sunrise Clinics',
  });
  if (!founded.ok) throw new Error('not founded');
  const founder = founded.value.userId;
  const passwordHash = await hashPassword(PASSWORD);
  const asFounder = { userId: founder, clinicId: null };
  const does = async (result: Promise<{ ok: boolean }>) => {
    const done = await result;
    if (!done.ok) throw new Error(JSON.stringify(done));
  };

  async function aClinic(name: string): Promise<string> {
    const clinicId = newId();
    await does(
      runCommand(pool, createClinic, { clinicId, name, code: name.slice(0, 5), timeZone: 'Asia/Beirut' }, asFounder),
    );
    return clinicId;
  }

  async function aUser(username: string, clinicId: string, role: Role = 'provider'): Promise<string> {
    const userId = newId();
    const flags = ROLE_TEMPLATES[role];
    const input = { userId, name: username, role, language: 'en', clinicId, username, passwordHash, mustChange: false };
    await does(runCommand(pool, createUser, { ...input, grants: [{ clinicId, flags }] }, asFounder));
    return userId;
  }

  async function aCode(clinicId: string): Promise<string> {
    const issued = await issueEnrolmentCode(pool, { userId: founder, clinicId });
    if (!issued.ok) throw new Error('no code');
    return issued.value.code;
  }

  async function aDevice(clinicId: string, ...usernames: string[]) {
    const deviceId = newId();
    const enrolled = await answerOf(
      enrol(post('/api/enrol', { code: await aCode(clinicId), deviceId, deviceName: 'Phone' })),
    );
    const authorization = `Bearer ${enrolled.body.bearer}`;
    for (const username of usernames) {
      const body = { username, password: PASSWORD };
      const answer = await answerOf(deviceSignIn(post('/api/device/sign-in', body, { authorization })));
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    }
    return { deviceId, authorization, bearer: enrolled.body.bearer as string };
  }

  return { founder, aClinic, aUser, aCode, aDevice };
}
