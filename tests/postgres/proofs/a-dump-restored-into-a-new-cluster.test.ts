import { afterAll, beforeAll, expect, it } from 'vitest';
import { readIdentity } from '../../../db/postgres/replica-identity.ts';
import { refKey } from '../../../lib/replication/record.ts';
import { type ClusterDump, dumpDatabase, restoreDatabase } from '../../scenario/cluster-dump.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { anOwnCluster, type OwnCluster } from '../../scenario/own-cluster.ts';
import { expectAllThere } from '../../scenario/pushed-and-read.ts';
import type { Pusher } from '../../scenario/pusher.ts';
import { aPushingClinic, drawnWork, type PushingClinic, somePatients } from '../../scenario/pushing-clinic.ts';
import { aRandom } from '../../scenario/random.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';
import type { TestDatabase } from '../../scenario/test-database.ts';

const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);
const random = aRandom(SEED);
/** On a machine that is busy with other things: processes and a cluster are started here. */
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let other: OwnCluster;
let servers: ServerProcess[];
let serving: ServerProcess;
let phones: Pusher[];
let everybodys: string[];
let older: ClusterDump;
beforeAll(async () => {
  clinic = await aPushingClinic();
  other = await anOwnCluster();
  servers = await Promise.all([aServerProcess(clinic.database.url), aServerProcess(other.database.url)]);
  serving = servers[0]!;
  phones = await Promise.all([0, 1, 2].map(() => clinic.aPhone(() => serving.origin())));
  everybodys = await somePatients(phones, 3);
}, PATIENCE_MS);
afterAll(async () => {
  for (const server of servers) await server.stop();
  await clinic.dispose();
  await other.database.drop();
});

interface Somewhere {
  readonly database: TestDatabase;
}

async function changesIn({ database }: Somewhere): Promise<number> {
  return (await database.pool.query<{ n: number }>('select count(*)::int as n from changes')).rows[0]!.n;
}

/** Which writes lost against which, as far as nobody decided: what is closed depends on what came first. */
async function openConflictsIn({ database }: Somewhere): Promise<unknown[]> {
  const text = `select id, kept->>'stamp' as kept, lost->>'stamp' as lost from conflicts where status = 'open' order by id`;
  return (await database.pool.query(text)).rows;
}

async function workAround(dumping: (between: () => Promise<void>) => Promise<ClusterDump>) {
  const story = { over: false };
  const work = async (phone: Pusher) => {
    while (!story.over) {
      phone.make(drawnWork(random, phone, everybodys));
      await phone.exchange();
    }
  };
  const settled = () => phones.reduce((sum, phone) => sum + phone.outcomes.size, 0);
  const working = phones.map(work);
  for (let exchanges = 0; exchanges < 10; exchanges++) await phones[0]!.next();
  const started = settled();
  // A table is copied, then somebody is told that his work arrived, then the next one.
  const dump = await dumping(() => phones[0]!.next());
  story.over = true;
  await Promise.all(working);
  return { dump, acknowledgedMeanwhile: settled() - started };
}

it(
  `a dump made while phones push is one moment, and restores into a new cluster (seed ${SEED})`,
  async () => {
    const { dump, acknowledgedMeanwhile } = await workAround((between) => dumpDatabase(clinic.database.url, between));
    older = dump;
    await restoreDatabase(other.database.url, dump);
    expect(acknowledgedMeanwhile).toBeGreaterThan(dump.tables.length);
    const { log } = await expectExact(other.database.pool);
    const now = await expectExact(clinic.database.pool);
    expect(log.length).toBeLessThan(now.log.length);
    console.log(`tables ${dump.tables.length}, acknowledged while dumping ${acknowledgedMeanwhile}, log ${log.length}`);
  },
  PATIENCE_MS,
);

it(
  'a dump older than its phones: what they offer again comes back by its id, once, to the last stamp',
  async () => {
    for (const phone of phones) await phone.quiet();
    await restoreDatabase(other.database.url, older);
    const held = await changesIn(other);
    let again = 0;
    for (const phone of phones) {
      for (let from = 0; from < phone.made.length; from += 20) {
        const actions = phone.made.slice(from, from + 20);
        const { outcomes } = await phone.send(actions, servers[1]!.origin());
        expect(outcomes.map((one) => one.result)).toEqual(actions.map((one) => phone.outcomes.get(one.id)?.result));
        again += outcomes.filter((one) => !one.duplicate).flatMap((one) => one.changeIds).length;
      }
      const reply = await phone.send([], servers[1]!.origin());
      const own = await phone.send([], servers[0]!.origin());
      expect(reply.origins).toEqual(own.origins);
    }
    expect(again).toBeGreaterThan(0);
    const restored = await expectExact(other.database.pool);
    const whole = await expectExact(clinic.database.pool);
    const clinical = (records: typeof whole.records) =>
      new Map(records.filter((one) => one.collection !== 'conflicts').map((one) => [refKey(one), one] as const));
    expect(clinical(restored.records)).toEqual(clinical(whole.records));
    expect(await openConflictsIn(other)).toEqual(await openConflictsIn(clinic));
    console.log(`changes in the dump ${held}, brought back by phones ${again}`);
  },
  PATIENCE_MS,
);

it(
  'moved to a new cluster whole, phones go on from their cursors and are given nothing twice',
  async () => {
    for (const phone of phones) await phone.quiet();
    const before = await readIdentity(clinic.database.pool);
    await restoreDatabase(other.database.url, await dumpDatabase(clinic.database.url));
    serving = servers[1]!;
    expect(await readIdentity(other.database.pool)).toEqual(before);
    const given = phones.map((phone) => phone.again.length);
    for (const phone of phones) {
      const reply = await phone.pull();
      expect(reply.pages, 'nothing new').toEqual([]);
      expect(reply.epoch).toBe(before.epoch);
    }
    // Numbers, places and identity columns go on where they stood: nothing collides with what was restored.
    for (const phone of phones) {
      for (let count = 0; count < 10; count++) phone.make(drawnWork(random, phone, everybodys));
      await phone.quiet();
    }
    const { log } = await expectExact(other.database.pool);
    await expectAllThere(phones, log);
    expect(phones.map((phone) => phone.again.length)).toEqual(given);
  },
  PATIENCE_MS,
);
