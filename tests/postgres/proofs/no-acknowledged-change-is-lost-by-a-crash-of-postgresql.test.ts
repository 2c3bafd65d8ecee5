import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectExact } from '../../scenario/exact-sums.ts';
import { anOwnCluster, type OwnCluster } from '../../scenario/own-cluster.ts';
import { expectAllThere } from '../../scenario/pushed-and-read.ts';
import { Answered } from '../../scenario/pusher.ts';
import { aPushingClinic, type PushingClinic } from '../../scenario/pushing-clinic.ts';
import { aRandom, type Random } from '../../scenario/random.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';
import { workUnderFaults } from '../../scenario/work-under-faults.ts';

const CRASHES = ['backend', 'postmaster', 'backend', 'postmaster'] as const;
const PHONES = 4;
const ACTIONS_BETWEEN_CRASHES = 30;
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);

let cluster: OwnCluster;
/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let server: ServerProcess;
beforeAll(async () => {
  cluster = await anOwnCluster();
  clinic = await aPushingClinic(['North'], cluster.database);
  const named = new URL(cluster.database.url);
  named.searchParams.set('application_name', 'server');
  server = await aServerProcess(named.href);
});
afterAll(async () => {
  await server.stop();
  await clinic.dispose();
});

/** SIGKILL of a process of PostgreSQL that is writing for the server just now. */
async function killBackend(): Promise<void> {
  for (;;) {
    const { rows } = await cluster.database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'server' and backend_xid is not null limit 1`,
    );
    if (rows[0] !== undefined) return void process.kill(rows[0].pid, 'SIGKILL');
  }
}

async function crash(kind: (typeof CRASHES)[number], random: Random): Promise<void> {
  await wait(random.below(30));
  if (kind === 'backend') return killBackend();
  await cluster.killPostmaster();
  await cluster.start();
}

it(
  `kill -9 of PostgreSQL and of its processes under load: nothing acknowledged is lost or twice (seed ${SEED})`,
  async () => {
    const safe = await cluster.database.pool.query(
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
    );
    expect(new Set(safe.rows.map((row) => row.setting))).toEqual(new Set(['on']));
    const random = aRandom(SEED);
    const phones = await Promise.all(Array.from({ length: PHONES }, () => clinic.aPhone(server.origin)));
    let hindered = 0;
    await workUnderFaults(
      random,
      phones,
      async (untilSettled) => {
        for (const kind of CRASHES) {
          await untilSettled(ACTIONS_BETWEEN_CRASHES);
          await crash(kind, random);
        }
      },
      async (fault) => {
        if (!(fault instanceof Answered) || fault.status !== 503) throw fault;
        hindered += 1;
        // As a phone waits before it asks again.
        await wait(50);
      },
    );

    const { log } = await expectExact(cluster.database.pool);
    const { changes, duplicates } = await expectAllThere(phones, log);
    expect(server.alive()).toBe(true);
    expect(server.errors().match(/^uncaughtException.*/gm)).toBeNull();
    expect(hindered, 'exchanges that a crash hindered').toBeGreaterThan(0);
    console.log(
      `crashes ${CRASHES.length}, hindered ${hindered}, acknowledged changes ${changes}, answered again ${duplicates}`,
    );
  },
  PATIENCE_MS,
);
