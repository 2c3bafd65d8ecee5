import { defineConfig } from '@playwright/test';
import { chromiumFlags, chromiumPath } from '../scenario/chromium.ts';

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  // Each file starts a server of its own; two cores carry one server and one browser at a time.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  reporter: [['list']],
  use: {
    trace: 'off',
    launchOptions: { executablePath: chromiumPath(), args: chromiumFlags },
  },
});
