import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../../app/server/environment.ts';

test('nothing set gives the documented values', () => {
  expect(readEnvironment({})).toMatchObject({
    databaseUrl: null,
    port: 3000,
    origin: null,
    dataDir: resolve('./data'),
    logLevel: 'info',
    trustProxy: false,
    noBuild: false,
  });
});

test('an empty value counts as absent', () => {
  expect(readEnvironment({ PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 3000, databaseUrl: null });
});

test('values are read', () => {
  const read = readEnvironment({ PORT: '3055', ORIGIN: 'https://clinic.example.org/', TRUST_PROXY: '1' });
  expect(read).toMatchObject({ port: 3055, origin: 'https://clinic.example.org', trustProxy: true });
});

test.each([
  ['PORT', '70000', 'PORT must be a whole number between 1 and 65535.'],
  ['PORT', 'abc', 'PORT must be a whole number between 1 and 65535.'],
  ['DATABASE_URL', 'mysql://secret@x/y', 'DATABASE_URL must be a PostgreSQL address'],
  ['ORIGIN', 'clinic.example.org', 'ORIGIN must be an address'],
  ['ORIGIN', 'https://x.org/path', 'ORIGIN must be only scheme, host and port'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of debug, info, warn, error.'],
  ['TRUST_PROXY', 'maybe', 'TRUST_PROXY must be 1 (yes) or 0 (no).'],
  ['SESSION_SECRET', 'short', 'SESSION_SECRET must have at least 32 characters'],
  ['UPSTREAM_URL', 'https://up.example.org', 'go together'],
  [
    'UPSTREAM_URL',
    'http://up.example.org',
    'UPSTREAM_URL must begin with https://, unless the server is on this machine.',
  ],
  ['UPSTREAM_URL', 'http://192.168.1.4:3000', 'UPSTREAM_URL must begin with https://'],
  ['UPSTREAM_URL', 'http://127.0.0.1.example.org', 'UPSTREAM_URL must begin with https://'],
])('%s=%s is refused in one sentence that does not repeat the value', (name, value, sentence) => {
  const read = () => readEnvironment({ [name]: value });
  expect(read).toThrow(sentence);
  expect(read).not.toThrow('secret');
});

test.each(['https://up.example.org', 'http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
  'relays to %s',
  (url) => {
    expect(readEnvironment({ UPSTREAM_URL: url, UPSTREAM_KEY: 'k'.repeat(16) }).upstreamUrl).toBe(url);
  },
);

test('every bad value is named at once', () => {
  expect(() => readEnvironment({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT[^\n]*\nLOG_LEVEL/);
});
