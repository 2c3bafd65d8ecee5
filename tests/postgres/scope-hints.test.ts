import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connectDatabase } from '../../db/postgres/connect.ts';
import { readHeads } from '../../db/postgres/read-feed.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { hearMoved, tellMoved } from '../../db/postgres/scope-hints.ts';
import { payloadsOf } from '../../db/postgres/tell-hints.ts';
import { put, registration } from '../scenario/edits.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

/** Long, because the machine may be busy. */
const eventually = <T>(get: () => T) => expect.poll(get, { timeout: 10_000 });

let database: TestDatabase;
/** Another server process on the same database. */
let other: Connection;
let world: Awaited<ReturnType<typeof aPostgresClinic>>;
beforeAll(async () => {
  database = await aDatabase();
  other = connectDatabase(database.url);
  world = await aPostgresClinic(database.pool, 2);
});
afterAll(async () => {
  await other.close();
  await database.drop();
});

const undo: (() => void)[] = [];
afterEach(() => {
  for (const end of undo.splice(0)) end();
});

/** What a subscriber of the other process hears, once it listens. */
async function aSubscriber(pool = other.pool) {
  const heard = new Map<string, number>();
  const all: string[] = [];
  const one = { looks: 0, heard, all };
  undo.push(
    hearMoved(pool, {
      moved: (hints) => {
        for (const { scope, seq } of hints) {
          heard.set(scope, seq);
          all.push(scope);
        }
      },
      lookAgain: () => {
        one.looks += 1;
      },
    }),
  );
  await eventually(() => one.looks).toBe(1);
  return one;
}

function register(clinic = world.clinics[0]!) {
  const action = aWriter(clinic.userId, clinic.clinicId).author(registration(newId(), clinic.clinicId));
  return world.asDevice(clinic).accept([action]);
}

const deskOf = (index: number) => `${world.clinics[index]!.clinicId}:desk`;

async function seqOf(scope: string) {
  return (await readHeads(database.pool, [scope]))[0]?.seq;
}

const listening = () =>
  database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
  );

describe('what a commit moves', () => {
  it('is heard in another process: the scope and its seq, of that clinic only', async () => {
    const subscriber = await aSubscriber();
    await register();
    await eventually(() => subscriber.heard.get(deskOf(0))).toBe(await seqOf(deskOf(0)));
    expect([...subscriber.heard.keys()].every((scope) => scope.startsWith(world.clinics[0]!.clinicId))).toBe(true);
  });

  it('is heard of what the portal does, too', async () => {
    const subscriber = await aSubscriber();
    await world.atServer([put('clinics', newId(), { name: 'Third', code: 'C9', timeZone: 'Asia/Beirut' })]);
    await eventually(() => subscriber.heard.get('org')).toBe(await seqOf('org'));
  });

  it('is heard with its newest seq when many move at once', async () => {
    const subscriber = await aSubscriber();
    await Promise.all(Array.from({ length: 40 }, (_, count) => register(world.clinics[count % 2])));
    for (const index of [0, 1])
      await eventually(() => subscriber.heard.get(deskOf(index))).toBe(await seqOf(deskOf(index)));
  });

  it('is not told when the transaction is undone, nor when nothing of it is stored', async () => {
    const subscriber = await aSubscriber();
    const [clinic, stranger] = [world.clinics[0]!, world.clinics[1]!];
    // The author is of the other clinic: refused, and only logged.
    const refused = aWriter(stranger.userId, clinic.clinicId).author(registration(newId(), clinic.clinicId));
    const [outcome] = await world.asDevice(clinic).accept([refused]);
    expect(outcome!.result).toBe('refused');
    await expect(world.atServer([put('users', newId(), { role: 'king' })])).rejects.toThrow();
    await register(stranger);
    await eventually(() => subscriber.heard.get(deskOf(1))).toBe(await seqOf(deskOf(1)));
    expect(subscriber.heard.has(deskOf(0))).toBe(false);
  });

  it('of hundreds of scopes is split, since a notification holds fewer than 8000 bytes', async () => {
    const hints = Array.from({ length: 500 }, (_, seq) => ({ scope: `${newId()}:record`, seq }));
    const payloads = payloadsOf(hints.map(({ scope, seq }) => [scope, seq]));
    expect(payloads.length).toBeGreaterThan(1);
    expect(Math.max(...payloads.map((one) => Buffer.byteLength(one)))).toBeLessThan(8000);
    const subscriber = await aSubscriber();
    tellMoved(database.pool, hints);
    await eventually(() => subscriber.all.length).toBe(500);
    expect(subscriber.heard.get(hints[499]!.scope)).toBe(499);
  });
});

describe('the connection that listens', () => {
  it('is one for all subscribers of a process, and ends with the last', async () => {
    await aSubscriber();
    await aSubscriber();
    expect((await listening()).rows).toHaveLength(1);
    for (const end of undo.splice(0)) end();
    await eventually(async () => (await listening()).rows.length).toBe(0);
    const again = await aSubscriber();
    await register();
    await eventually(() => again.heard.get(deskOf(0))).toBe(await seqOf(deskOf(0)));
  });

  it('when it is killed comes back, says to look again, and hears on', async () => {
    const subscriber = await aSubscriber();
    for (const round of [2, 3]) {
      const { rows } = await listening();
      await database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
      await eventually(() => subscriber.looks).toBe(round);
      await register();
      await eventually(() => subscriber.heard.get(deskOf(0))).toBe(await seqOf(deskOf(0)));
    }
  });

  it('says to look again at a message that is not ours', async () => {
    const subscriber = await aSubscriber();
    await database.pool.query(`select pg_notify('hikma_scopes', 'nonsense')`);
    await eventually(() => subscriber.looks).toBe(2);
  });

  it('waits for a database that is not there, without a fault', async () => {
    const nowhere = connectDatabase('postgres://nobody@localhost:4149/none');
    const looks: number[] = [];
    const end = hearMoved(nowhere.pool, { moved: () => undefined, lookAgain: () => looks.push(1) });
    // A message of the one that is there, heard by nobody else: both connections had their time.
    const subscriber = await aSubscriber();
    await register();
    await eventually(() => subscriber.heard.size).toBeGreaterThan(0);
    expect(looks).toEqual([]);
    end();
    await nowhere.close();
  });
});
