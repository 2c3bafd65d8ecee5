import { afterAll, beforeAll, expect, it } from 'vitest';
import { markBackedUp } from '../../db/postgres/backed-up.ts';
import { readStanding } from '../../db/postgres/read-standing.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { registration } from '../scenario/edits.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let world: Awaited<ReturnType<typeof aPostgresClinic>>;
beforeAll(async () => {
  database = await aDatabase();
  world = await aPostgresClinic(database.pool);
});
afterAll(() => database.drop());

const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

/** A phone whose actions were received so many hours ago; its last change numbers of each. */
async function aPhoneThatSent(hoursAgo: number[]): Promise<{ origin: string; upTo: number[] }> {
  const { clinicId, userId } = world.clinics[0]!;
  const phone = aWriter(userId, clinicId);
  const upTo: number[] = [];
  for (const hours of hoursAgo) {
    const action = phone.author(registration(newId(), clinicId));
    await world.asDevice(world.clinics[0]!).accept([action]);
    const text = 'update changes set received_at = $1 where action_id = $2';
    await database.pool.query(text, [ago(hours), action.id]);
    upTo.push(action.changes.at(-1)!.originSeq);
  }
  return { origin: phone.replicaId, upTo };
}

async function backedUp(origin: string): Promise<number> {
  return (await readStanding(database.pool, [origin], [])).origins[origin]?.backedUp ?? 0;
}

it('a backup holds what was received well before it began, and no gap', async () => {
  const { origin, upTo } = await aPhoneThatSent([30, 24.5, 23.5, 2]);
  expect(await backedUp(origin)).toBe(0);
  await markBackedUp(database.pool, ago(24));
  expect(await backedUp(origin)).toBe(upTo[0]);
  await markBackedUp(database.pool, ago(0.5));
  expect(await backedUp(origin)).toBe(upTo[3]);
});

it('an older backup that is told later takes nothing back', async () => {
  const { origin, upTo } = await aPhoneThatSent([30, 10]);
  expect(await markBackedUp(database.pool, ago(1))).toBeGreaterThan(0);
  expect(await markBackedUp(database.pool, ago(24))).toBe(0);
  expect(await backedUp(origin)).toBe(upTo[1]);
});

it('a late change of a low number is not taken for copied because a higher one is', async () => {
  const { origin, upTo } = await aPhoneThatSent([2, 30]);
  await markBackedUp(database.pool, ago(24));
  expect(await backedUp(origin)).toBe(0);
  await markBackedUp(database.pool, ago(0));
  expect(await backedUp(origin)).toBe(upTo[1]);
});

it('at a relay nothing is marked: its root tells', async () => {
  await database.pool.query('update replica set root = false');
  expect(await markBackedUp(database.pool, ago(0))).toBeNull();
  await database.pool.query('update replica set root = true');
});
