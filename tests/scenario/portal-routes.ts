import * as endGrant from '../../app/api/access-grants/[id]/end/route.ts';
import * as grants from '../../app/api/access-grants/route.ts';
import * as accept from '../../app/api/attention/[id]/accept/route.ts';
import * as dismiss from '../../app/api/attention/[id]/dismiss/route.ts';
import * as resolve from '../../app/api/attention/[id]/resolve/route.ts';
import * as conflicts from '../../app/api/attention/conflicts/route.ts';
import * as gaps from '../../app/api/attention/gaps/route.ts';
import * as refused from '../../app/api/attention/refused/route.ts';
import * as attention from '../../app/api/attention/route.ts';
import * as audit from '../../app/api/audit/route.ts';
import * as clinic from '../../app/api/clinics/[id]/route.ts';
import * as clinics from '../../app/api/clinics/route.ts';
import * as dashboard from '../../app/api/dashboard/route.ts';
import * as departments from '../../app/api/departments/route.ts';
import * as revoke from '../../app/api/devices/[id]/revoke/route.ts';
import * as devices from '../../app/api/devices/route.ts';
import * as code from '../../app/api/enrolment-codes/[id]/route.ts';
import * as codes from '../../app/api/enrolment-codes/route.ts';
import * as form from '../../app/api/forms/[id]/route.ts';
import * as builtIn from '../../app/api/forms/built-in/route.ts';
import * as forms from '../../app/api/forms/route.ts';
import * as history from '../../app/api/history/route.ts';
import * as ownPassword from '../../app/api/me/password/route.ts';
import * as me from '../../app/api/me/route.ts';
import * as patient from '../../app/api/patients/[id]/route.ts';
import * as patients from '../../app/api/patients/route.ts';
import * as password from '../../app/api/users/[id]/password/route.ts';
import * as permissions from '../../app/api/users/[id]/permissions/route.ts';
import * as user from '../../app/api/users/[id]/route.ts';
import * as users from '../../app/api/users/route.ts';
import * as visits from '../../app/api/visits/route.ts';
import { type Answer, answerOf } from './routes.ts';

type Handler = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;
type Route = Partial<Record<'GET' | 'POST' | 'PATCH' | 'PUT', Handler>>;

/** Every route of the portal and the REST API, by its path. `[id]` stands in the path as the folder has it. */
export const PORTAL_ROUTES: Readonly<Record<string, Route>> = {
  '/api/attention': attention,
  '/api/attention/conflicts': conflicts,
  '/api/attention/gaps': gaps,
  '/api/attention/refused': refused,
  '/api/attention/[id]/accept': accept,
  '/api/attention/[id]/dismiss': dismiss,
  '/api/attention/[id]/resolve': resolve,
  '/api/access-grants': grants,
  '/api/access-grants/[id]/end': endGrant,
  '/api/audit': audit,
  '/api/clinics': clinics,
  '/api/clinics/[id]': clinic,
  '/api/dashboard': dashboard,
  '/api/departments': departments,
  '/api/devices': devices,
  '/api/devices/[id]/revoke': revoke,
  '/api/enrolment-codes': codes,
  '/api/enrolment-codes/[id]': code,
  '/api/forms': forms,
  '/api/forms/[id]': form,
  '/api/forms/built-in': builtIn,
  '/api/history': history,
  '/api/me': me,
  '/api/me/password': ownPassword,
  '/api/patients': patients,
  '/api/patients/[id]': patient,
  '/api/users': users,
  '/api/users/[id]': user,
  '/api/users/[id]/password': password,
  '/api/users/[id]/permissions': permissions,
  '/api/visits': visits,
} as const satisfies Record<string, object>;

export const METHODS = ['GET', 'POST', 'PATCH', 'PUT'] as const;
export type Method = (typeof METHODS)[number];

/** Asks a route as Next would. `path` may have an id and a query: `/api/patients/018f…?x=1`. */
export function ask(
  method: Method,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const url = new URL(path, 'http://localhost');
  const found = routeOf(url.pathname);
  const handler = found?.route[method];
  if (found === undefined || handler === undefined) throw new Error(`no ${method} ${url.pathname}`);
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const request = new Request(url, {
    method,
    headers: { host: 'localhost', ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(method === 'GET' ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body ?? {}) }),
  });
  return answerOf(handler(request, { params: Promise.resolve({ id: decodeURIComponent(found.id) }) }));
}

function routeOf(path: string): { route: Route; id: string } | undefined {
  const exact = PORTAL_ROUTES[path];
  if (exact !== undefined) return { route: exact, id: '' };
  const [, api, noun, id = '', ...rest] = path.split('/');
  const route = PORTAL_ROUTES[['', api, noun, '[id]', ...rest].join('/')];
  return route === undefined ? undefined : { route, id };
}
