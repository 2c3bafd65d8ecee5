import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../app/server/run-command.ts';
import { authorEdits } from '../../../db/postgres/author-edits.ts';
import { newId } from '../../../db/postgres/replica-identity.ts';
import { ROLE_TEMPLATES } from '../../../lib/access/actor.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import { grantPermissions } from '../../../lib/domain/permission/grant-permissions.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import { aVisit, membership, put, registration, someVitals } from '../../scenario/edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { expectAllThere } from '../../scenario/pushed-and-read.ts';
import { Answered, type Pusher } from '../../scenario/pusher.ts';
import { aPushingClinic, type PushingClinic, somePatients } from '../../scenario/pushing-clinic.ts';
import { aRandom, type Random } from '../../scenario/random.ts';
import { aServerProcess, type ServerProcess } from '../../scenario/server-process.ts';

const ACTIONS_EACH = 40;
const SERVER_EDITS = 40;
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);

/** On a machine that is busy with other things: processes are started here. */
const PATIENCE_MS = 240_000;

let clinic: PushingClinic;
let servers: ServerProcess[];
beforeAll(async () => {
  clinic = await aPushingClinic(['North', 'South']);
  const asFounder = { userId: clinic.founder, clinicId: null };
  const flags = [...ROLE_TEMPLATES.provider, 'delete-records', 'delete-visits', 'delete-patients'] as const;
  for (const { userId, clinicId } of clinic.clinics)
    await runCommand(clinic.database.pool, grantPermissions, { userId, clinicId, flags: [...flags] }, asFounder);
  // Ten times as many collisions in the same time: by default PostgreSQL looks for a deadlock after a second.
  const name = new URL(clinic.database.url).pathname.slice(1);
  await clinic.database.pool.query(`alter database ${name} set deadlock_timeout = '100ms'`);
  servers = await Promise.all([aServerProcess(clinic.database.url), aServerProcess(clinic.database.url)]);
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await clinic.dispose();
});

const either = (random: Random) => random.pick(servers).origin();

async function deadlocks(): Promise<number> {
  await clinic.database.pool.query('select pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
  const { rows } = await clinic.database.pool.query<{ deadlocks: number }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return rows[0]!.deadlocks;
}

/** Several records of everybody's in any order, so that two pushes want the same ones in opposite orders. */
function overlapping(random: Random, pusher: Pusher, everybodys: readonly string[]): Edit[] {
  const { clinicId, userId } = pusher;
  const some = [...new Set(Array.from({ length: 1 + random.below(5) }, () => random.pick(everybodys)))];
  const value = String(random.below(1_000_000));
  const visits = pusher.known('visits');
  const visit = visits.length === 0 ? null : random.pick(visits);
  const kind = random.pick(['delete', 'restore'] as const);
  return random.pick<() => Edit[]>([
    () => some.map((id) => put('patients', id, { phone: value })),
    () => some.map((id) => put('patients', id, { [`attributes.${random.pick(['a', 'b'])}`]: value })),
    () => some.map((id) => aVisit(newId(), id, clinicId)),
    () =>
      some.flatMap((id) => [
        someVitals(newId(), id, clinicId, userId, { pulsePerMin: 60 }),
        put('patients', id, { camp: value }),
      ]),
    () => registration(newId(), clinicId),
    () => [visit === null ? aVisit(newId(), some[0]!, clinicId) : { ...visit, kind, fields: {}, reason: 'twice' }],
    () => [{ collection: 'patients', id: some[0]!, kind, fields: {}, reason: 'twice' }],
  ])();
}

it(
  `two servers on one database, whichever is asked: none missed, none twice, no deadlock (seed ${SEED})`,
  async () => {
    const { pool } = clinic.database;
    const random = aRandom(SEED);
    const phones = await Promise.all([0, 0, 0, 1, 1, 1].map((place) => clinic.aPhone(() => either(random), place)));
    const readers = await Promise.all([0, 1].map((place) => clinic.aPhone(() => either(random), place)));
    const [north, south] = clinic.clinics as [(typeof clinic.clinics)[0], (typeof clinic.clinics)[0]];
    const inBoth = await somePatients(phones, 8);
    const author = { userId: clinic.founder, clinicId: null };
    const movable = inBoth.slice(0, 3);
    for (const id of inBoth) {
      const edits = () => [membership(id, south.clinicId)];
      expect((await authorEdits(pool, { author, needs: [], decide: edits }))?.result).toBe('applied');
    }
    for (const phone of [...phones, ...readers]) await phone.quiet();
    const before = await deadlocks();
    const story = { writing: true, busy: 0, gaveUp: 0, pulls: 0 };

    const work = async (phone: Pusher) => {
      for (let made = 0; made < ACTIONS_EACH; made++) {
        phone.make(overlapping(random, phone, inBoth));
        if (random.chance(0.5)) continue;
        await phone.exchange().catch((fault: unknown) => {
          if (!(fault instanceof Answered) || fault.status !== 503)
            throw new Error(servers.map((server) => server.errors()).join('\n'), { cause: fault });
          story.busy += 1;
        });
      }
      await phone.quiet();
    };
    const read = async (reader: Pusher) => {
      while (story.writing) {
        await reader.pull();
        story.pulls += 1;
      }
    };
    /** The portal beside it: edits of the same charts, and memberships that come and go. */
    const administer = async () => {
      for (let count = 0; count < SERVER_EDITS; count++) {
        const id = random.pick(inBoth);
        const moved = random.pick(movable);
        const place = random.pick([north, south]).clinicId;
        const leaving = random.chance(0.5) ? '2026-11-21T09:00:00.000Z' : null;
        const ref = { collection: 'patientClinics', id: deterministicId('patientClinics', moved, place) };
        const edits = random.chance(0.3)
          ? [put('patientClinics', ref.id, { leftAt: leaving })]
          : [put('patients', id, { phone: `portal ${count}` })];
        await authorEdits(pool, { author, needs: [{ collection: 'patients', id }, ref], decide: () => edits }).catch(
          () => {
            story.gaveUp += 1;
          },
        );
      }
    };
    const reading = Promise.all(readers.map(read));
    const started = performance.now();
    await Promise.all([...phones.map(work), administer()]);
    story.writing = false;
    await reading;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const met = (await deadlocks()) - before;
    console.log(`deadlocks ${met}, busy ${story.busy}, gave up ${story.gaveUp}, ${seconds} s`);
    expect({ deadlocks: met, gaveUp: story.gaveUp }).toEqual({ deadlocks: 0, gaveUp: 0 });

    const { log } = await expectExact(pool);
    const { changes, refused } = await expectAllThere([...phones, ...readers], log);
    const moving = new Set(movable);
    const still = readers.flatMap((reader) => reader.again.filter((key) => !moving.has(patientOf(reader, key))));
    expect(still, 'versions that a reader was given twice').toEqual([]);
    for (const server of servers) expect(server.errors().match(/^(uncaught|unhandled).*/gm)).toBeNull();
    const { rows } = await pool.query('select count(*)::int as n from conflicts');
    console.log(
      `changes ${changes}, refused ${refused}, conflicts noted ${rows[0].n}, pulls meanwhile ${story.pulls}, log ${log.length}`,
    );
  },
  PATIENCE_MS,
);

function patientOf(reader: Pusher, key: string): string {
  const [collection, id] = key.split('/') as [string, string];
  const record = reader.shown({ collection, id });
  return collection === 'patients' ? id : String(record?.values.patientId);
}
