import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { nextFolder } from './build.ts';
import { noteAddress } from './client-address.ts';
import { builtScriptHashes, policySetter } from './content-security-policy.ts';
import { endLiveStreams } from './live-streams.ts';
import { restoreRouteEncoding } from './route-encoding.ts';
import { projectRoot } from './source-hash.ts';

export type Serving = { close(): Promise<void> };

/** Serves Next in this process. In development there is no policy: its reloading needs eval and inline scripts. */
export async function serve(options: {
  port: number;
  dev: boolean;
  secure: boolean;
  trustProxy: boolean;
}): Promise<Serving> {
  const { default: next } = await import('next');
  const server = createServer();
  const closeUnused = followConnections(server);
  const app = next({ dir: projectRoot, dev: options.dev, webpack: true, httpServer: server, port: options.port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const setPolicy = options.dev ? () => undefined : policySetter(await builtScriptHashes(nextFolder), options.secure);
  server.on('request', (request, response) => {
    noteAddress(request, options.trustProxy);
    setPolicy(request, response);
    restoreRouteEncoding(response);
    void handle(request, response);
  });
  if (options.dev) server.on('upgrade', (request, socket, head) => void app.getUpgradeHandler()(request, socket, head));
  await listen(server, options.port);
  return {
    close: async () => {
      endLiveStreams();
      await stopListening(server, closeUnused);
      await app.close();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is used by another program. Stop it, or set PORT.`) : error);
    });
    server.listen(port, resolve);
  });
}

/**
 * Returns what closes every connection without a request under way, those that never had one too: browsers open such
 * ahead of need, and Node counts them as busy. From then on a connection is closed with its last request.
 */
function followConnections(server: Server): () => void {
  const requests = new Map<Socket, number>();
  let closing = false;
  const count = (socket: Socket, more: number) => {
    const held = requests.get(socket);
    if (held === undefined) return;
    requests.set(socket, held + more);
    if (closing && held + more === 0) socket.destroySoon();
  };
  server.on('connection', (socket: Socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  return () => {
    closing = true;
    for (const [socket, left] of requests) if (left === 0) socket.destroySoon();
  };
}

/** Requests under way may finish; after ten seconds they are cut, and their phones send again. */
async function stopListening(server: Server, closeUnused: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closeUnused();
  const cut = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearTimeout(cut);
}
