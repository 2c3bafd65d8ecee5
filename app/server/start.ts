import { mkdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { checkDatabase } from '../../db/postgres/check-database.ts';
import { holdFileLock } from '../../db/postgres/file-lock.ts';
import { migrateUp } from '../../db/postgres/migrate.ts';
import { becomeRelay } from '../../db/postgres/upstream.ts';
import { buildWhenNeeded } from './build.ts';
import { ensureBuiltInForms } from './built-in-forms.ts';
import { database } from './database.ts';
import { ensureOrganisation } from './default-organisation.ts';
import { demoAnnouncement } from './demo/announce-demo.ts';
import { type Seeded, seedDemoClinic } from './demo/seed-demo-clinic.ts';
import { watchExpiredGrants } from './end-expired-grants.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { watchErasures } from './erasure-list.ts';
import { firstAdministratorLink } from './first-administrator.ts';
import { watchLetGo } from './forget-let-go.ts';
import { openDatabase } from './open-database.ts';
import { watchCredentials } from './place-credentials.ts';
import { recordTokens } from './record-tokens.ts';
import { startRelay } from './relay-loop.ts';
import { startSealing } from './sealing.ts';
import { serve } from './serve.ts';
import { refuseHubAbove, type Upstream } from './upstream-line.ts';

/** npm start: what is undone in reverse when it stops. */
const undo: (() => Promise<void>)[] = [];

let stopping = false;

const dev = process.argv.includes('--dev');
const demo = process.argv.includes('--demo');

try {
  await start(readEnvironment());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

async function start(environment: Environment): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
  // Before anything loads React or Next: both look once.
  Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' });
  if (!dev) await buildWhenNeeded(environment.noBuild);
  const url = await prepareDatabase(environment);
  const upstream = upstreamOf(environment);
  if (upstream !== null) {
    await refuseHubAbove(upstream);
    await becomeRelay(database().pool);
  }
  const seeded = await fillDatabase(environment);
  const sealing = await startSealing(environment.dataDir, url);
  undo.push(sealing.close);
  const origin = environment.origin ?? `http://localhost:${environment.port}`;
  const serving = await serve({
    port: environment.port,
    dev,
    secure: origin.startsWith('https:'),
    trustProxy: environment.trustProxy,
  });
  undo.push(serving.close);
  undo.push(watchExpiredGrants(database().pool).stop);
  undo.push(watchCredentials(database().pool).stop);
  undo.push(watchErasures(database().pool, environment.dataDir).stop);
  if (upstream !== null) undo.push(startRelay(database().pool, upstream).stop, watchLetGo(database().pool).stop);
  await announce(environment, origin, seeded);
}

function upstreamOf({ upstreamUrl: url, upstreamKey: key }: Environment): Upstream | null {
  return url === null || key === null ? null : { url, key };
}

/** Opens and migrates the database; its address. */
async function prepareDatabase(environment: Environment): Promise<string> {
  await mkdir(environment.dataDir, { recursive: true });
  if (!environment.databaseUrl) {
    // The embedded database stops with the server that has it: a second server would lose it under its feet.
    const lock = await holdFileLock(join(environment.dataDir, 'serving.lock'), 0);
    if (!lock) throw new Error(`Another server already uses ${environment.dataDir}. Stop it, or set DATA_DIR.`);
    undo.push(lock.release);
  }
  const { url, embedded } = await openDatabase(environment);
  if (embedded) undo.push(embedded.stop);
  // Routes run in this process and find the database by its variable.
  process.env.DATABASE_URL = url;
  const { pool, close } = database();
  undo.push(close);
  await checkDatabase(pool);
  await migrateUp(pool);
  await checkDatabase(pool);
  await recordTokens(pool);
  return url;
}

/** What every server has from its first start: the demo clinic when it is asked for, an organisation, forms. */
async function fillDatabase(environment: Environment): Promise<Seeded | null> {
  const { pool } = database();
  const seeded = demo ? await seedDemoClinic(pool, environment.dataDir) : null;
  await ensureOrganisation(pool);
  await ensureBuiltInForms(pool);
  return seeded;
}

async function announce(environment: Environment, origin: string, seeded: Seeded | null): Promise<void> {
  const nearby = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => `http://${address.address}:${environment.port}`);
  console.log(`Clinic: ${origin}/c\nPortal: ${origin}/admin`);
  if (!environment.origin) {
    if (nearby.length > 0) console.log(`On this network: ${nearby.join(' ')}`);
    console.log('Phones install it only from an https address: put a proxy in front and set ORIGIN.');
  }
  const link = environment.upstreamUrl ? null : await firstAdministratorLink(database().pool, origin);
  if (link) console.log(`Nobody can sign in yet. Make the first administrator, once, at ${link}`);
  if (seeded) console.log(await demoAnnouncement(database().pool, origin, seeded));
  console.log(`Ready at ${origin}`);
}

/** The second signal does not wait. Requests, pool, database: each is closed before what it stands on. */
async function stop(code: number): Promise<void> {
  if (stopping) process.exit(1);
  stopping = true;
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      code = 1;
    }
  }
  process.exit(code);
}
