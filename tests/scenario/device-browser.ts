import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { launchChromium } from './killable-chromium.ts';

/** Serves a bare page with one script, and what it loads later, on localhost, which browsers take for a secure place. */
export async function serveScript(entry: URL, port: number): Promise<Server> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    // What is loaded later is asked for beside the page, where this server has it.
    build: {
      write: false,
      minify: false,
      assetsDir: '',
      rollupOptions: { input: entry.pathname, output: { format: 'es' } },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  const chunks = output !== undefined && 'output' in output ? output.output : [];
  const scripts = new Map(
    chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [[`/${chunk.fileName}`, chunk.code]] : [])),
  );
  const page = `<!doctype html><script type="module" src="/${chunks[0]?.fileName}"></script>`;
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '');
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(script ?? page);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A Chromium of one's own on a profile that stays: it can be killed as a phone is switched off. */
export async function aKillableBrowser(url: string) {
  const profile = await mkdtemp(join(tmpdir(), 'hikma-device-'));
  let running = await launchChromium(profile);

  return {
    async openTab(): Promise<Page> {
      const context = running.browser.contexts()[0]!;
      const tab = await context.newPage();
      await tab.goto(url);
      await tab.waitForFunction(() => globalThis.device !== undefined);
      return tab;
    },
    kill: () => running.kill(),
    async restart(): Promise<void> {
      running = await launchChromium(profile);
    },
    async dispose(): Promise<void> {
      await running.kill();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
