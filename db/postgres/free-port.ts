import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { exists } from './file-exists.ts';

/** The port of last time when it is free, so that bookmarks of a technical lead's tools stay right. */
export async function freePort(portFile: string): Promise<number> {
  const remembered = (await exists(portFile)) ? Number(await readFile(portFile, 'utf8')) : 0;
  const port = (remembered > 0 && (await bindable(remembered))) || (await bindable(0));
  if (!port) throw new Error('No free port for the database on 127.0.0.1.');
  await writeFile(portFile, String(port));
  return port;
}

function bindable(port: number): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(0));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
