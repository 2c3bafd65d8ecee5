import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { POST as sync } from '../../app/api/sync/route.ts';
import { POST as snapshot } from '../../app/api/sync/snapshot/route.ts';
import { restoreRouteEncoding } from '../../app/server/route-encoding.ts';
import { statementsSent } from './counted-statements.ts';

// A process of its own for first-sync.ts: the sync routes over HTTP without Next. `GET /figures` says what it used.

const ROUTES: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
  '/api/sync': sync,
  '/api/sync/snapshot': snapshot,
};

async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const route = ROUTES[incoming.url ?? ''];
  if (route === undefined) {
    outgoing.end(JSON.stringify({ statements: statementsSent(), peakBytes: peakBytes(), serverCpuMs: cpuMs() }));
    return;
  }
  restoreRouteEncoding(outgoing);
  const body = new Uint8Array(await buffer(incoming));
  const headers = new Headers(
    Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const answered = await route(new Request(`http://localhost${incoming.url}`, { method: 'POST', headers, body }));
  outgoing.statusCode = answered.status;
  for (const [name, value] of answered.headers) outgoing.setHeader(name, value);
  outgoing.end(new Uint8Array(await answered.arrayBuffer()));
}

/** The most memory this process ever had, as Linux counts it. */
function peakBytes(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const server = createServer((incoming, outgoing) => void respond(incoming, outgoing));
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log(`Ready at ${(server.address() as AddressInfo).port}`);
});
