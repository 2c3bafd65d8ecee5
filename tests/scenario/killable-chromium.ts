import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium } from '@playwright/test';
import { chromiumFlags, chromiumPath } from './chromium.ts';

export interface KillableChromium {
  readonly browser: Browser;
  /** As a phone that is switched off: SIGKILL to every process of it. */
  kill(): Promise<void>;
}

/** A Chromium of one's own on a profile that stays. */
export async function launchChromium(profile: string): Promise<KillableChromium> {
  const flags = [...chromiumFlags, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child: ChildProcess = spawn(chromiumPath(), [...flags, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endpoint = await new Promise<string>((ready, failed) => {
    let printed = '';
    child.once('exit', () => failed(new Error(printed)));
    child.stderr!.on('data', (chunk: Buffer) => {
      printed += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(printed)?.[1];
      if (found !== undefined) ready(found);
    });
  });
  const browser = await chromium.connectOverCDP(endpoint);
  return {
    browser,
    async kill() {
      const exit = once(child, 'exit');
      process.kill(-child.pid!, 'SIGKILL');
      await exit;
      await browser.close();
    },
  };
}
