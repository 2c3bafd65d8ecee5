import { resolve } from 'node:path';
import { z } from 'zod';

/** What the process was told by its surroundings. Absent values are null, never undefined. */
export type Environment = Readonly<{
  databaseUrl: string | null;
  port: number;
  origin: string | null;
  /** Absolute path. */
  dataDir: string;
  upstreamUrl: string | null;
  upstreamKey: string | null;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  sentryDsn: string | null;
  sessionSecret: string | null;
  trustProxy: boolean;
  nodeEnv: 'production' | 'development' | 'test';
  noBuild: boolean;
  chromiumPath: string | null;
  testDatabaseUrl: string | null;
}>;

const postgresUrl = address(
  ['postgres:', 'postgresql:'],
  'must be a PostgreSQL address such as postgres://user:password@host:5432/hikma',
);
const webUrl = address(['http:', 'https:'], 'must be an address such as https://clinic.example.org');
const webOrigin = webUrl.refine((text) => new URL(text).pathname === '/' && new URL(text).search === '', {
  error: 'must be only scheme, host and port, such as https://clinic.example.org, without a path',
});

/** Its key and everybody's records go there: in the clear only to this machine itself. */
const upstreamUrl = webUrl.refine((text) => new URL(text).protocol === 'https:' || isLoopback(new URL(text).hostname), {
  error: 'must begin with https://, unless the server is on this machine',
});

/** One row per variable: the table in the README is generated from `description`. */
export const environmentTable = {
  DATABASE_URL: postgresUrl.optional().describe('PostgreSQL to use; without it an embedded one lives in DATA_DIR'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number between 1 and 65535')
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65535, { error: 'must be a whole number between 1 and 65535' })
    .default(3000)
    .describe('port to listen on'),
  ORIGIN: webOrigin.optional().describe('the address people use, when a proxy stands in front'),
  DATA_DIR: z.string().default('./data').describe('folder for everything this program writes'),
  UPSTREAM_URL: upstreamUrl.optional().describe('server to relay to (https); makes this a relay'),
  UPSTREAM_KEY: z
    .string()
    .min(16, 'must be the key the server gave, at least 16 characters')
    .optional()
    .describe('the key that `npm run hub:add` printed there'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'must be one of debug, info, warn, error' })
    .default('info'),
  SENTRY_DSN: webUrl.optional().describe('where faults are reported; nowhere without it'),
  SESSION_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters; leave it out to have one generated')
    .optional()
    .describe('generated in DATA_DIR/secrets when absent'),
  TRUST_PROXY: yesOrNo().describe('believe X-Forwarded-* headers'),
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be one of production, development, test' })
    .default('production'),
  NO_BUILD: yesOrNo().describe('refuse to start rather than build'),
  CHROMIUM_PATH: z.string().optional().describe('tests: the browser to use'),
  TEST_DATABASE_URL: postgresUrl.optional().describe('tests: a PostgreSQL where databases may be created'),
};

const environmentSchema = z
  .object(environmentTable)
  .refine((values) => (values.UPSTREAM_URL === undefined) === (values.UPSTREAM_KEY === undefined), {
    path: ['UPSTREAM_KEY'],
    error: 'and UPSTREAM_URL go together: set both or neither',
  });

/**
 * Reads and checks the environment. An empty value counts as absent.
 * Throws an Error whose message has one sentence per bad variable (names only, never the value).
 */
export function readEnvironment(source: Record<string, string | undefined> = process.env): Environment {
  const given = Object.fromEntries(
    Object.keys(environmentTable).flatMap((name) => (source[name]?.trim() ? [[name, source[name].trim()]] : [])),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`).join('\n'));
  }
  return named(parsed.data);
}

function named(values: z.output<typeof environmentSchema>): Environment {
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    port: values.PORT,
    origin: values.ORIGIN ? new URL(values.ORIGIN).origin : null,
    dataDir: resolve(values.DATA_DIR),
    upstreamUrl: values.UPSTREAM_URL ?? null,
    upstreamKey: values.UPSTREAM_KEY ?? null,
    logLevel: values.LOG_LEVEL,
    sentryDsn: values.SENTRY_DSN ?? null,
    sessionSecret: values.SESSION_SECRET ?? null,
    trustProxy: values.TRUST_PROXY,
    nodeEnv: values.NODE_ENV,
    noBuild: values.NO_BUILD,
    chromiumPath: values.CHROMIUM_PATH ?? null,
    testDatabaseUrl: values.TEST_DATABASE_URL ?? null,
  };
}

function address(protocols: string[], sentence: string) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: sentence,
    abort: true,
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function yesOrNo() {
  return z
    .enum(['1', 'true', 'yes', '0', 'false', 'no'], { error: 'must be 1 (yes) or 0 (no)' })
    .transform((text) => ['1', 'true', 'yes'].includes(text))
    .default(false);
}
