import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { buildWhenNeeded } from '../../app/server/build.ts';
import { projectRoot } from '../../app/server/source-hash.ts';
import { chromiumPath } from '../scenario/chromium.ts';

// npm run test:e2e -- [Playwright's own arguments]
try {
  const env = { ...process.env, CHROMIUM_PATH: chromiumPath() };
  await buildWhenNeeded(false);
  const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const args = [playwright, 'test', '--config', 'tests/e2e/playwright.config.ts', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: 'inherit', env });
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
