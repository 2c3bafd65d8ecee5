import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { GET } from '../../app/api/sync/live/route.ts';
import { POST as sync } from '../../app/api/sync/route.ts';
import { database as served } from '../../app/server/database.ts';
import { live } from '../../app/server/live.ts';
import { countStream } from '../../app/server/live-streams.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { revokeDevice } from '../../lib/domain/device/revoke-device.ts';
import { grantPermissions } from '../../lib/domain/permission/grant-permissions.ts';
import { scopeHintSchema } from '../../lib/replication/protocol/hint.ts';
import { eventsOf } from '../../workers/event-stream.ts';
import { registration } from '../scenario/edits.ts';
import { aWriter } from '../scenario/postgres-clinic.ts';
import { answerOf, aServedClinic, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

/** Long, because the machine may be busy. */
const eventually = <T>(get: () => T) => expect.poll(get, { timeout: 10_000 });

let database: TestDatabase;
let clinic: Awaited<ReturnType<typeof aServedClinic>>;
let [north, south] = ['', ''];
let [nora, sami] = ['', ''];
beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  clinic = await aServedClinic(database);
  [north, south] = [await clinic.aClinic('North'), await clinic.aClinic('South')];
  [nora, sami] = [await clinic.aUser('nora', north), await clinic.aUser('sami', south)];
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

const aborts: AbortController[] = [];
afterEach(() => {
  for (const abort of aborts.splice(0)) abort.abort();
});

function request(authorization: string) {
  const abort = new AbortController();
  aborts.push(abort);
  return new Request('http://localhost/api/sync/live', { headers: { authorization }, signal: abort.signal });
}

/** Reads a stream in the background: where each scope stands, and whether it has ended. */
function follow(response: Response) {
  const told = new Map<string, number>();
  const following = { response, told, ended: false, bytes: 0 };
  const read = async () => {
    for await (const data of eventsOf(response.body!, () => following.bytes++)) {
      const { scope, seq } = scopeHintSchema.parse(JSON.parse(data));
      expect(seq).toBeGreaterThan(told.get(scope) ?? 0);
      told.set(scope, seq);
    }
  };
  void read().finally(() => {
    following.ended = true;
  });
  return following;
}

/** A stream that has been told where its scopes stand. */
async function aStream({ authorization }: { authorization: string }) {
  const following = follow(await GET(request(authorization)));
  await eventually(() => following.told.get('org')).toBeGreaterThan(0);
  return following;
}

async function register(userId: string, clinicId: string, device: { deviceId: string; authorization: string }) {
  const action = aWriter(userId, clinicId, device.deviceId).author(registration(newId(), clinicId));
  const body = {
    ...{ protocol: 1, schema: SCHEMA_VERSION, replicaId: device.deviceId, clock: Date.now(), origins: {} },
    ...{ actions: [action], epoch: null, cursors: {}, maxBytes: 1_000_000 },
  };
  const answer = await answerOf(sync(post('/api/sync', body, { authorization: device.authorization })));
  expect(answer.body.outcomes[0].result).toBe('applied');
  return answer.body.cursors as Record<string, number>;
}

describe('GET /api/sync/live', () => {
  it('says where the scopes of the device stand, and again when one moves; nothing of another clinic', async () => {
    const [phone, colleague] = [await clinic.aDevice(north, 'nora'), await clinic.aDevice(north, 'nora')];
    const elsewhere = await clinic.aDevice(south, 'sami');
    const stream = await aStream(colleague);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    // Compressed, it would be held back by whoever compresses.
    expect(stream.response.headers.get('cache-control')).toContain('no-transform');
    await register(sami, south, elsewhere);
    const cursors = await register(nora, north, phone);
    await eventually(() => stream.told.get(`${north}:desk`)).toBe(cursors[`${north}:desk`]);
    expect([...stream.told.keys()].filter((scope) => scope !== 'org' && !scope.startsWith(north))).toEqual([]);
  });

  it('is refused to whoever may not exchange', async () => {
    const { deviceId, authorization } = await clinic.aDevice(north, 'nora');
    expect((await GET(request('Bearer of-nothing-that-was-given'))).status).toBe(401);
    expect((await GET(new Request('http://localhost/api/sync/live'))).status).toBe(401);
    await runCommand(
      database.pool,
      revokeDevice,
      { deviceId, lost: false },
      { userId: clinic.founder, clinicId: null },
    );
    expect((await GET(request(authorization))).status).toBe(410);
  });

  it('ends when its device is withdrawn, and no other', async () => {
    const [phone, other] = [await clinic.aDevice(north, 'nora'), await clinic.aDevice(north, 'nora')];
    const [stream, stays] = [await aStream(phone), await aStream(other)];
    const withdrawn = { deviceId: phone.deviceId, lost: false };
    await runCommand(database.pool, revokeDevice, withdrawn, { userId: clinic.founder, clinicId: null });
    await eventually(() => stream.ended).toBe(true);
    expect(stays.ended).toBe(false);
  });

  it('tells of a scope no more when its right is withdrawn, and again when it is given back', async () => {
    const rami = await clinic.aUser('rami', north);
    const [phone, writer] = [await clinic.aDevice(north, 'rami'), await clinic.aDevice(north, 'nora')];
    const stream = await aStream(phone);
    const desk = `${north}:desk`;
    const grant = (flags: string[]) =>
      runCommand(
        database.pool,
        grantPermissions,
        { userId: rami, clinicId: north, flags },
        { userId: clinic.founder, clinicId: north },
      );
    const orgOf = async () =>
      (await database.pool.query<{ seq: number }>(`select seq from scopes where id = 'org'`)).rows[0]!.seq;
    const orgIsTold = () => eventually(async () => stream.told.get('org') === (await orgOf())).toBe(true);
    expect(await grant([])).toEqual({ ok: true });
    await orgIsTold();
    const before = stream.told.get(desk);
    await register(nora, north, writer);
    // What is told after the patient was fed shows that the patient was not told.
    await clinic.aClinic('West');
    await orgIsTold();
    expect(stream.told.get(desk)).toBe(before);
    expect(await grant(['register-patients'])).toEqual({ ok: true });
    const cursors = await register(nora, north, writer);
    await eventually(() => stream.told.get(desk)).toBe(cursors[desk]);
  });

  it('looks again when the connection that listens was killed: nothing stays unheard', async () => {
    const [phone, writer] = [await clinic.aDevice(north, 'nora'), await clinic.aDevice(north, 'nora')];
    const stream = await aStream(phone);
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
    );
    const cursors = await register(nora, north, writer);
    await eventually(() => stream.told.get(`${north}:desk`)).toBe(cursors[`${north}:desk`]);
    expect(stream.ended).toBe(false);
  });

  it('shows signs of life, looks again with every other of them, and ends for one who does not read', async () => {
    const { authorization, deviceId } = await clinic.aDevice(north, 'nora');
    const opened = await live(database.pool, request(authorization), 20);
    if (!opened.ok) throw new Error('refused');
    const stream = follow(opened.value);
    await eventually(() => stream.told.size).toBeGreaterThan(0);
    const bytes = stream.bytes;
    await eventually(() => stream.bytes).toBeGreaterThan(bytes + 4);
    // Withdrawn without a word to anybody.
    await database.pool.query('update devices set revoked_at = now() where id = $1', [deviceId]);
    await eventually(() => stream.ended).toBe(true);

    const lazy = await clinic.aDevice(north, 'nora');
    const unread = await live(database.pool, request(lazy.authorization), 20);
    if (!unread.ok) throw new Error('refused');
    await eventually(async () => (await listeners()).length).toBe(0);
  });

  it('of many: they look one after another when rights move', async () => {
    const [soon, later] = [await clinic.aDevice(north, 'nora'), await clinic.aDevice(north, 'nora')];
    const [first, last] = [await aStream(soon), await aStream(later)];
    const others = Array.from({ length: 500 }, () => countStream(newId(), () => undefined));
    const draws = [0, 0.99];
    const random = vi.spyOn(Math, 'random').mockImplementation(() => draws.shift() ?? 0);
    try {
      const before = last.told.get('org')!;
      await clinic.aClinic('East');
      await eventually(() => first.told.get('org')).toBeGreaterThan(before);
      expect(last.told.get('org')).toBe(before);
      await eventually(() => last.told.get('org')).toBeGreaterThan(before);
    } finally {
      random.mockRestore();
      for (const end of others) end();
    }
  });

  it('of one device: the newest two stay', async () => {
    const phone = await clinic.aDevice(north, 'nora');
    const first = await aStream(phone);
    const second = await aStream(phone);
    const third = await aStream(phone);
    await eventually(() => first.ended).toBe(true);
    expect([second.ended, third.ended]).toEqual([false, false]);
  });

  it('whose reader went away leaves nothing behind', async () => {
    const phone = await clinic.aDevice(north, 'nora');
    const stream = await aStream(phone);
    expect(await listeners()).toHaveLength(1);
    aborts.pop()!.abort();
    await eventually(() => stream.ended).toBe(true);
    const cancelled = await GET(request(phone.authorization));
    await cancelled.body!.cancel();
    await eventually(async () => (await listeners()).length).toBe(0);
  });
});

async function listeners() {
  const text = `select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'`;
  return (await database.pool.query(text)).rows;
}
