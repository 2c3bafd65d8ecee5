import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acceptPushes } from '../../../db/postgres/accept-changes.ts';
import { readSnapshotOf } from '../../../db/postgres/read-feed.ts';
import { newId } from '../../../db/postgres/replica-identity.ts';
import { collectionNamed } from '../../../lib/domain/collections.ts';
import type { Action } from '../../../lib/replication/change.ts';
import { readPages } from '../../../lib/replication/read-pages.ts';
import { refKey } from '../../../lib/replication/record.ts';
import { aVisit, membership, registration, someVitals } from '../../scenario/edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { recordsOfText } from '../../scenario/passed-on-rows.ts';
import { aPostgresClinic, aWriter } from '../../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../../scenario/test-database.ts';

/** Whoever writes a change of this action waits for the lock of this number, its scopes locked and their seqs taken. */
const HELD = 42;
let database: TestDatabase;
let world: Awaited<ReturnType<typeof aPostgresClinic>>;
beforeAll(async () => {
  database = await aDatabase();
  world = await aPostgresClinic(database.pool, 3);
  await database.pool.query(`
    create table held_actions (id uuid primary key);
    create function hold() returns trigger language plpgsql as $$ begin
      if exists (select from held_actions where id = new.action_id) then perform pg_advisory_xact_lock(${HELD}); end if;
      return new;
    end $$;
    create trigger hold before insert on changes for each row execute function hold();
  `);
});
afterAll(() => database.drop());

async function untilWaiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    if (rows[0]!.n >= count) return;
  }
}

/** Everything in these scopes after the cursors, as an exchange gives it; `seen` gathers it. */
function aReader(scopes: readonly string[]) {
  let cursors: Readonly<Record<string, number>> = {};
  const seen: string[] = [];
  return {
    seen,
    async read(): Promise<string[]> {
      const pulled = await readSnapshotOf(database.pool, (reader) =>
        readPages(reader, collectionNamed, scopes, cursors, 1_000_000),
      );
      cursors = pulled.cursors;
      const now = pulled.pages.flatMap((page) => [
        ...recordsOfText(page.tables).map((record) => `${page.scope} ${refKey(record)}`),
        ...page.left.map((left) => `${page.scope} left ${refKey(left)}`),
      ]);
      seen.push(...now);
      return now;
    },
    cursors: () => cursors,
  };
}

it('a transaction held open across pulls of many scopes: none is passed, the others go on', async () => {
  type Clinic = (typeof world.clinics)[number];
  const [north, south, west] = world.clinics as [Clinic, Clinic, Clinic];
  const scopesOf = (clinic: Clinic) => ['desk', 'record'].map((word) => `${clinic.clinicId}:${word}`);
  const nurses = world.clinics.map(({ userId, clinicId }) => aWriter(userId, clinicId));
  const push = (place: number, ...actions: Action[]) => {
    const { clinicId, userId } = world.clinics[place]!;
    const sender = { kind: 'device' as const, clinicIds: [clinicId], signedIn: [userId] };
    return acceptPushes(database.pool, [{ sender, receivedFrom: null, actions }]);
  };
  const patientId = newId();
  const visitId = newId();
  const vitalsId = newId();
  await push(
    0,
    nurses[0]!.author(registration(patientId, north.clinicId)),
    nurses[0]!.author([
      aVisit(visitId, patientId, north.clinicId),
      someVitals(vitalsId, patientId, north.clinicId, north.userId, { pulsePerMin: 70 }),
    ]),
  );
  const moved = [...scopesOf(north), ...scopesOf(south)];
  const reader = aReader([...moved, ...scopesOf(west)]);
  await reader.read();
  const before = reader.cursors();

  // The chart moves from North to South: four scopes in one transaction, which stands still before its commit.
  const moving = aWriter(world.founder, null).author([
    membership(patientId, south.clinicId),
    membership(patientId, north.clinicId, '2026-11-21T09:00:00.000Z'),
  ]);
  await database.pool.query('insert into held_actions values ($1)', [moving.id]);
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock($1)', [HELD]);
  const held = acceptPushes(database.pool, [{ sender: { kind: 'server' }, receivedFrom: null, actions: [moving] }]);
  await untilWaiting(1);
  expect(await reader.read()).toEqual([]);

  // Whoever comes later in those scopes waits behind it; another clinic does not, and its reader goes on.
  const [inNorth, inSouth, inWest] = [newId(), newId(), newId()];
  const waiting = [
    push(0, nurses[0]!.author(registration(inNorth, north.clinicId))),
    push(1, nurses[1]!.author(registration(inSouth, south.clinicId))),
  ];
  await untilWaiting(3);
  await push(2, nurses[2]!.author(registration(inWest, west.clinicId)));
  for (let pull = 0; pull < 5; pull++) {
    for (const line of await reader.read()) expect(line).toContain(west.clinicId);
  }
  expect(moved.map((scope) => reader.cursors()[scope])).toEqual(moved.map((scope) => before[scope]));

  await holder.query('select pg_advisory_unlock($1)', [HELD]);
  await holder.end();
  expect((await held)[0]!.map((outcome) => outcome.result)).toEqual(['applied']);
  await Promise.all(waiting);
  await reader.read();
  const chart = [`patients/${patientId}`, `visits/${visitId}`, `vitals/${vitalsId}`];
  expect(reader.seen).toEqual(
    expect.arrayContaining([
      ...[chart[0], chart[1]].flatMap((one) => [`${north.clinicId}:desk left ${one}`, `${south.clinicId}:desk ${one}`]),
      ...[`${north.clinicId}:record left ${chart[2]}`, `${south.clinicId}:record ${chart[2]}`],
      ...[`${north.clinicId}:desk patients/${inNorth}`, `${south.clinicId}:desk patients/${inSouth}`],
      `${west.clinicId}:desk patients/${inWest}`,
    ]),
  );
  expect(await reader.read()).toEqual([]);
  await expectExact(database.pool);
});
