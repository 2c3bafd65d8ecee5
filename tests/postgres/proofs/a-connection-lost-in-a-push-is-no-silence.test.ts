import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectExact } from '../../scenario/exact-sums.ts';
import { expectAllThere } from '../../scenario/pushed-and-read.ts';
import { Answered } from '../../scenario/pusher.ts';
import { aPushingClinic, type PushingClinic } from '../../scenario/pushing-clinic.ts';
import { aRandom } from '../../scenario/random.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';
import { workUnderFaults } from '../../scenario/work-under-faults.ts';

const CUTS = 60;
const PHONES = 6;
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);

/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let server: ServerProcess;
beforeAll(async () => {
  clinic = await aPushingClinic();
  const named = new URL(clinic.database.url);
  named.searchParams.set('application_name', 'server');
  server = await aServerProcess(named.href);
});
afterAll(async () => {
  await server.stop();
  await clinic.dispose();
});

/** Ends connections of the server in the middle of what they do: one or all of them. */
async function cut(all: boolean): Promise<number> {
  const { rowCount } = await clinic.database.pool.query(
    `select pg_terminate_backend(pid) from (
       select pid from pg_stat_activity where datname = current_database() and application_name = 'server'
         and (backend_xid is not null or state like '%transaction%' or $1) order by random() limit case when $1 then 20 else 1 end
     ) busy`,
    [all],
  );
  return rowCount ?? 0;
}

it(
  `a connection to PostgreSQL lost anywhere in a push: an error or an outcome, never silence (seed ${SEED})`,
  async () => {
    const random = aRandom(SEED);
    const phones = await Promise.all(Array.from({ length: PHONES }, () => clinic.aPhone(server.origin)));
    const story = { cut: 0, answers: new Map<number, number>() };
    await workUnderFaults(
      random,
      phones,
      async () => {
        while (story.cut < CUTS) {
          await wait(random.below(15));
          story.cut += await cut(random.chance(0.1));
        }
      },
      (fault) => {
        // An answer: the phone keeps what it has and comes again. Silence is a fault that is thrown here.
        if (!(fault instanceof Answered)) throw new Error(`silence: ${server.errors()}`, { cause: fault });
        story.answers.set(fault.status, (story.answers.get(fault.status) ?? 0) + 1);
      },
    );

    const { log } = await expectExact(clinic.database.pool);
    const { changes, duplicates } = await expectAllThere(phones, log);
    // Without Next, as in a clinic's hub, either would end the process.
    expect(server.errors().match(/^(uncaughtException|unhandledRejection).*/gm)).toBeNull();
    expect([...story.answers.keys()].filter((status) => status !== 503)).toEqual([]);
    const told = [...story.answers].map(([status, count]) => `${count} × ${status}`).join(', ');
    console.log(`connections cut ${story.cut}, answered ${told}, changes ${changes}, answered again ${duplicates}`);
  },
  PATIENCE_MS,
);
