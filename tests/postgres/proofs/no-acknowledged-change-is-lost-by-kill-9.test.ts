import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectExact } from '../../scenario/exact-sums.ts';
import { expectAllThere } from '../../scenario/pushed-and-read.ts';
import { aPushingClinic, type PushingClinic } from '../../scenario/pushing-clinic.ts';
import { aRandom } from '../../scenario/random.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';
import { workUnderFaults } from '../../scenario/work-under-faults.ts';

const KILLS = 4;
const PHONES = 6;
const ACTIONS_BETWEEN_KILLS = 30;
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);

/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let server: ServerProcess;
beforeAll(async () => {
  clinic = await aPushingClinic();
  server = await aServerProcess(clinic.database.url);
});
afterAll(async () => {
  await server.stop();
  await clinic.dispose();
});

it(
  `kill -9 of the server under load, again and again: nothing acknowledged is lost, nothing is there twice (seed ${SEED})`,
  async () => {
    const random = aRandom(SEED);
    const phones = await Promise.all(Array.from({ length: PHONES }, () => clinic.aPhone(server.origin)));
    let cut = 0;
    await workUnderFaults(
      random,
      phones,
      async (untilSettled) => {
        for (let kill = 0; kill < KILLS; kill++) {
          await untilSettled(ACTIONS_BETWEEN_KILLS);
          // Anywhere in what they are doing just now.
          await wait(random.below(40));
          await server.killAndRestart();
        }
      },
      async (fault) => {
        // Cut, or refused a connection: any other fault is one of the server's.
        if (!(fault instanceof TypeError)) throw fault;
        cut += 1;
        await server.ready();
      },
    );

    const { log } = await expectExact(clinic.database.pool);
    const { changes, duplicates } = await expectAllThere(phones, log);
    expect(cut, 'requests that a kill cut off').toBeGreaterThan(0);
    expect(server.errors()).toBe('');
    console.log(`kills ${KILLS}, requests cut ${cut}, acknowledged changes ${changes}, answered again ${duplicates}`);
  },
  PATIENCE_MS,
);
