import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { POST as deviceSignIn } from '../../app/api/device/sign-in/route.ts';
import { POST as logIn } from '../../app/api/login/route.ts';
import { POST as exchange } from '../../app/api/sync/route.ts';
import { POST as snapshot } from '../../app/api/sync/snapshot/route.ts';
import { POST as witness } from '../../app/api/sync/witness/route.ts';
import { noteAddress } from '../../app/server/client-address.ts';
import { database } from '../../app/server/database.ts';
import { startRelay } from '../../app/server/relay-loop.ts';
import { restoreRouteEncoding } from '../../app/server/route-encoding.ts';
import { becomeRelay } from '../../db/postgres/upstream.ts';
import { METHODS, type Method, PORTAL_ROUTES } from './portal-routes.ts';

// Run as a process of its own: the routes as `npm start` serves them, without Next and its build. DATABASE_URL must be
// migrated already. With UPSTREAM_URL and UPSTREAM_KEY it is a relay. Says its port, and stays until it is killed.

// Next lets a process live whatever nobody caught; a test asks `errors()` for these words.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (fault: unknown) => {
    process.stderr.write(`${event} ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  });

type Handler = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;

function handlerOf(method: string | undefined, path: string): { handler: Handler; id: string } | undefined {
  if (method === 'POST' && path === '/api/sync') return { handler: exchange, id: '' };
  if (method === 'POST' && path === '/api/sync/snapshot') return { handler: snapshot, id: '' };
  if (method === 'POST' && path === '/api/sync/witness') return { handler: witness, id: '' };
  if (method === 'POST' && path === '/api/device/sign-in') return { handler: deviceSignIn, id: '' };
  if (method === 'POST' && path === '/api/login') return { handler: logIn, id: '' };
  const [, api, noun, id = '', ...rest] = path.split('/');
  const route = PORTAL_ROUTES[path] ?? PORTAL_ROUTES[['', api, noun, '[id]', ...rest].join('/')];
  const handler = METHODS.some((one) => one === method) ? route?.[method as Method] : undefined;
  return handler === undefined ? undefined : { handler, id };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  noteAddress(request, false);
  restoreRouteEncoding(response);
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const found = handlerOf(request.method, url.pathname);
  const body = await bodyOf(request);
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  const asked = new Request(url, {
    method: request.method ?? 'GET',
    headers,
    ...(request.method === 'GET' ? {} : { body: new Uint8Array(body) }),
  });
  const answer =
    found === undefined
      ? new Response(null, { status: 404 })
      : await found.handler(asked, { params: Promise.resolve({ id: decodeURIComponent(found.id) }) });
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => {
    response.setHeader(name, value);
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

const server = createServer((request, response) => {
  // A phone that went away in the middle of its request is no fault of the server.
  serve(request, response).catch((fault: unknown) => {
    if (!request.destroyed && !response.destroyed) throw fault;
  });
});
// As start.ts does; asking more often, for nobody wants to wait for what others changed.
const { UPSTREAM_URL: url, UPSTREAM_KEY: key } = process.env;
if (url && key) {
  await becomeRelay(database().pool);
  startRelay(database().pool, { url, key }, 500);
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});
