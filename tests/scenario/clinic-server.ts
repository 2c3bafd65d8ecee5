import type { FormDefinition } from '../../lib/form/definition.ts';
import { type AppServer, startServer } from './app-server.ts';

/** A running server with an administrator, a clinic with its registration form, and whatever a story needs. */
export async function aClinicServer(port: number, env: Record<string, string> = {}) {
  const server = await startServer({ port, env });
  const api = await asFirstAdministrator(server);
  const made = await api.post('/api/clinics', { name: 'Camp North', code: 'CN', timeZone: 'Asia/Beirut' });
  const clinicId = String(made.id);
  return {
    server,
    api,
    clinicId,
    /** Publishes an event form for every clinic. */
    publish: (definition: FormDefinition) => api.post('/api/forms', { kind: 'event', definition, editable: true }),
    async aProvider(username: string) {
      const flags = ['register-patients', 'view-history', 'edit-records', 'edit-other-provider-events'];
      const password = `${username} has a long password`;
      const body = {
        name: username,
        role: 'provider',
        language: 'en',
        username,
        password,
        clinicId,
        grants: [{ clinicId, flags }],
      };
      await api.post('/api/users', body);
      return { username, password };
    },
    async anEnrolmentLink(): Promise<string> {
      return String((await api.post('/api/enrolment-codes', { clinicId })).link);
    },
  };
}
export type ClinicServer = Awaited<ReturnType<typeof aClinicServer>>;

type Reply = Record<string, unknown>;

async function asFirstAdministrator({ origin, output }: AppServer) {
  const token = /first-administrator#(\S+)/.exec(output())?.[1];
  if (token === undefined) throw new Error(`no link for the first administrator in:\n${output()}`);
  const admin = { username: 'huda', password: 'a long enough password' };
  const founding = { token, name: 'Huda', language: 'en', organisation: 'Sunrise Clinics', ...admin };
  await call(origin, 'POST', '/api/first-administrator', founding, null);
  const session = await call(origin, 'POST', '/api/login', { ...admin, token: true }, null);
  const bearer = String(session.token);
  return {
    admin,
    get: (path: string) => call(origin, 'GET', path, null, bearer),
    post: (path: string, body: unknown) => call(origin, 'POST', path, body, bearer),
    patch: (path: string, body: unknown) => call(origin, 'PATCH', path, body, bearer),
  };
}

async function call(
  origin: string,
  method: string,
  path: string,
  body: unknown,
  bearer: string | null,
): Promise<Reply> {
  const headers: Record<string, string> = { 'content-type': 'application/json', origin };
  if (bearer !== null) headers.authorization = `Bearer ${bearer}`;
  const sent = body === null ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${origin}${path}`, { method, headers, ...sent });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Reply);
}
