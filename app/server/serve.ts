import { createServer, type Server } from 'node:http';
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
      await stopListening(server);
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

/** Requests under way may finish; after ten seconds they are cut, and their phones send again. */
async function stopListening(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearTimeout(cut);
}
