import { defineConfig } from 'vitest/config';

const node = (name: string, folders: string[], extra = {}) => ({
  test: { name, include: folders.map((folder) => `tests/${folder}/**/*.test.ts`), environment: 'node', ...extra },
});

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      node('unit', ['unit', 'architecture', 'contract']),
      node('simulation', ['simulation'], { testTimeout: 240_000 }),
      node('postgres', ['postgres'], {
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        globalSetup: './tests/scenario/test-database-server.ts',
      }),
    ],
  },
});
