import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptPushes } from '../../db/postgres/accept-changes.ts';
import { readHeads, readSnapshotOf } from '../../db/postgres/read-feed.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Action } from '../../lib/replication/change.ts';
import { recordHash, type StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from '../scenario/edits.ts';
import { recordsOfLines } from '../scenario/passed-on-rows.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let world: Awaited<ReturnType<typeof aPostgresClinic>>;
beforeAll(async () => {
  database = await aDatabase();
  world = await aPostgresClinic(database.pool, 3);
});
afterAll(() => database.drop());

const linesAfter = (scope: string, seq: number) =>
  readSnapshotOf(database.pool, async (reader) => ({
    head: (await reader.heads([scope]))[0]?.seq ?? 0,
    lines: await reader.readFeed(scope, seq, 500),
  }));

async function headOf(scope: string) {
  return (await readHeads(database.pool, [scope]))[0]!;
}

/** Sums of a scope from the rows its feed names. */
async function recompute(scope: string) {
  let cursor = 0;
  let digest = 0n;
  let count = 0;
  for (;;) {
    const { lines } = await linesAfter(scope, cursor);
    if (lines.length === 0) return { count, digest: String(digest) };
    cursor = lines.at(-1)!.seq;
    const records = await recordsOfLines(database.pool, lines);
    count += records.length;
    digest ^= records.reduce((sum, record) => sum ^ recordHash(record), 0n);
  }
}

async function expectConsistent(clinicId: string) {
  for (const word of ['desk', 'record']) {
    const head = await headOf(`${clinicId}:${word}`);
    if (head === undefined) continue;
    expect(await recompute(`${clinicId}:${word}`)).toEqual({ count: head.count, digest: head.digest });
  }
  const places = await database.pool.query(
    `select count(*)::int as rows, coalesce(max(c.pos), 0)::int as last, s.pos::int as pos
     from changes c join scopes s on s.number = c.scope where s.id = $1 group by s.pos`,
    [`${clinicId}:trail`],
  );
  for (const { rows, last, pos } of places.rows) expect([rows, last]).toEqual([pos, pos]);
}

describe('order', () => {
  it('a reader never passes a row that is not yet visible', async () => {
    const { clinicId, userId } = world.clinics[0]!;
    const scope = `${clinicId}:desk`;
    const replica = world.asDevice(world.clinics[0]!);
    await replica.accept([aWriter(userId, clinicId).author(registration(newId(), clinicId))]);
    const start = (await headOf(scope)).seq;

    // A transaction that has taken its place in the scope and stands still before its commit.
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from scopes where id = $1 for no key update', [scope]);
    const waiting = replica.accept([aWriter(userId, clinicId).author(registration(newId(), clinicId))]);
    await until(async () => (await blockedBy(holder)) > 0);
    expect((await linesAfter(scope, start)).lines).toEqual([]);

    const other = world.clinics[1]!;
    const passing = world.asDevice(other);
    await passing.accept([aWriter(other.userId, other.clinicId).author(registration(newId(), other.clinicId))]);

    await holder.query('update scopes set seq = seq + 1 where id = $1', [scope]);
    await holder.query(
      `insert into feed (scope, seq, collection, record_id, left_stamp)
       select number, seq, 'visits', $2::uuid, 'x' from scopes where id = $1`,
      [scope, newId()],
    );
    await holder.query('commit');
    await holder.end();
    await waiting;
    const { lines, head } = await linesAfter(scope, start);
    expect(lines.map((line) => line.seq)).toEqual([start + 1, start + 2, start + 3]);
    expect(head).toBe(start + 3);
  });

  it('twelve writers and a reader that polls: nothing is missed, sums and places are exact', async () => {
    const clinic = world.clinics[2]!;
    const { clinicId, userId } = clinic;
    const scope = `${clinicId}:desk`;
    const seen = new Set<string>();
    let cursor = 0;
    let writing = true;
    const read = async () => {
      const { lines } = await linesAfter(scope, cursor);
      for (const line of lines) seen.add(line.entry.recordId);
      cursor = lines.at(-1)?.seq ?? cursor;
      return lines.length;
    };
    const reader = (async () => {
      let polls = 0;
      while (writing) {
        await read();
        polls += 1;
      }
      return polls;
    })();
    const made: string[] = [];
    const sharedPatient = newId();
    await world.asDevice(clinic).accept([aWriter(userId, clinicId).author(registration(sharedPatient, clinicId))]);
    made.push(sharedPatient);
    const write = async () => {
      const writer = aWriter(userId, clinicId);
      for (let round = 0; round < 20; round++) {
        const patientId = newId();
        const visitId = newId();
        made.push(patientId, visitId);
        const actions = [
          writer.author(registration(patientId, clinicId)),
          writer.author([aVisit(visitId, patientId, clinicId)]),
          writer.author([put('patients', sharedPatient, { phone: `${round}` })], [held(sharedPatient)]),
        ];
        // Not through the queue: transactions really run beside one another.
        const [outcomes] = await acceptPushes(database.pool, [pushOf(clinic, actions)]);
        expect(outcomes!.map((one) => one.result)).toEqual(['applied', 'applied', 'applied']);
      }
    };
    await Promise.all(Array.from({ length: 12 }, write));
    writing = false;
    const polls = await reader;
    while ((await read()) > 0);
    expect(made.filter((id) => !seen.has(id))).toEqual([]);
    expect(polls).toBeGreaterThan(10);
    await expectConsistent(clinicId);
  });
});

describe('races', () => {
  it('two pushers that make the same record at once: both values arrive', async () => {
    const clinic = world.clinics[0]!;
    const { clinicId, userId } = clinic;
    for (let round = 0; round < 20; round++) {
      const patientId = newId();
      const make = (fields: Record<string, string>) =>
        pushOf(clinic, [aWriter(userId, clinicId).author(registration(patientId, clinicId, fields))]);
      await Promise.all([
        acceptPushes(database.pool, [make({ phone: '1' })]),
        acceptPushes(database.pool, [make({ village: 'V' })]),
      ]);
      const [stored] = await readRecords(database.pool, 'patients', 'where id = any($1)', [[patientId]]);
      expect(stored?.values).toMatchObject({ phone: '1', village: 'V' });
    }
    await expectConsistent(clinicId);
  });

  it('two pushers that make the same visit at once, with nothing else to hold them apart: both values arrive', async () => {
    const clinic = world.clinics[0]!;
    const { clinicId, userId } = clinic;
    const patientId = newId();
    await world.asDevice(clinic).accept([aWriter(userId, clinicId).author(registration(patientId, clinicId))]);
    for (let round = 0; round < 40; round++) {
      const visitId = newId();
      const make = (fields: Record<string, string>) =>
        pushOf(clinic, [aWriter(userId, clinicId).author([aVisit(visitId, patientId, clinicId, fields)])]);
      await Promise.all([
        acceptPushes(database.pool, [make({ reason: 'cough' })]),
        acceptPushes(database.pool, [make({ providerName: 'Sami' })]),
      ]);
      const [stored] = await readRecords(database.pool, 'visits', 'where id = any($1)', [[visitId]]);
      expect(stored?.values).toMatchObject({ reason: 'cough', providerName: 'Sami' });
    }
    await expectConsistent(clinicId);
  });

  it('pushers with the same records in opposite orders never deadlock for good', async () => {
    const clinic = world.clinics[1]!;
    const { clinicId, userId } = clinic;
    const ids = Array.from({ length: 20 }, () => newId());
    const replica = world.asDevice(clinic);
    await replica.accept(ids.map((id) => aWriter(userId, clinicId).author(registration(id, clinicId))));
    const edit = (order: string[], field: string, round: number) => {
      const writer = aWriter(userId, clinicId);
      const actions = order.map((id) => writer.author([put('patients', id, { [field]: `${round}` })], [held(id)]));
      return acceptPushes(database.pool, [pushOf(clinic, actions)]);
    };
    const reversed = [...ids].reverse();
    for (let round = 0; round < 10; round++) {
      await Promise.all([edit(ids, 'phone', round), edit(reversed, 'village', round), edit(ids, 'camp', round)]);
    }
    await expectConsistent(clinicId);
  });

  it('a chart that moves while it is written into ends in its new clinic whole', async () => {
    const [from, to] = [world.clinics[0]!, world.clinics[1]!];
    for (let round = 0; round < 15; round++) {
      const patientId = newId();
      await world
        .asDevice(from)
        .accept([aWriter(from.userId, from.clinicId).author(registration(patientId, from.clinicId))]);
      const nurse = aWriter(from.userId, from.clinicId);
      const visits = Array.from({ length: 6 }, () => nurse.author([aVisit(newId(), patientId, from.clinicId)]));
      const admin = aWriter(world.founder, null);
      const moving = admin.author([
        membership(patientId, to.clinicId),
        membership(patientId, from.clinicId, '2026-11-21T09:00:00.000Z'),
      ]);
      await Promise.all([
        ...visits.map((visit) => acceptPushes(database.pool, [pushOf(from, [visit])])),
        acceptPushes(database.pool, [{ sender: { kind: 'server' }, receivedFrom: null, actions: [moving] }]),
      ]);
    }
    await expectConsistent(from.clinicId);
    await expectConsistent(to.clinicId);
  });

  it('the same batch three times at once is judged once', async () => {
    const clinic = world.clinics[0]!;
    const { clinicId, userId } = clinic;
    const writer = aWriter(userId, clinicId);
    const patientId = newId();
    await world.asDevice(clinic).accept([writer.author(registration(patientId, clinicId))]);
    const actions = Array.from({ length: 30 }, () => writer.author([aVisit(newId(), patientId, clinicId)]));
    const all = await Promise.all([1, 2, 3].map(() => acceptPushes(database.pool, [pushOf(clinic, actions)])));
    const duplicates = all.map(([outcomes]) => outcomes!.filter((one) => one.duplicate).length).sort();
    expect(duplicates).toEqual([0, 30, 30]);
    const rows = await database.pool.query('select count(*)::int as n from changes where origin = $1', [
      writer.replicaId,
    ]);
    expect(rows.rows[0].n).toBe(32);
    await expectConsistent(clinicId);
  });

  it('pushes that wait share a transaction, and a bad one takes nobody with it', async () => {
    const clinic = world.clinics[0]!;
    const { clinicId, userId } = clinic;
    const replica = world.asDevice(clinic);
    const before = (await database.pool.query('select count(distinct xmin::text)::int as n from changes')).rows[0].n;
    const pushes = Array.from({ length: 24 }, (_, index) => {
      const attributes = index === 7 ? { 'attributes.note': 'nul \0 byte' } : {};
      return replica.accept([aWriter(userId, clinicId).author(registration(newId(), clinicId, attributes))]);
    });
    const results = (await Promise.all(pushes)).map(([outcome]) => outcome?.result);
    expect(results.filter((result) => result === 'applied')).toHaveLength(23);
    expect(results[7]).toBe('refused');
    const after = (await database.pool.query('select count(distinct xmin::text)::int as n from changes')).rows[0].n;
    expect(after - before).toBeLessThan(24);
    await expectConsistent(clinicId);
  });
});

describe('what PostgreSQL refuses', () => {
  it('one bad action among a hundred is refused as invalid, its content kept; the others are stored', async () => {
    const clinic = world.clinics[1]!;
    const { clinicId, userId } = clinic;
    const writer = aWriter(userId, clinicId);
    const patientId = newId();
    const actions = Array.from({ length: 99 }, () => writer.author(registration(newId(), clinicId)));
    // The schema takes any JSON in an attribute; PostgreSQL's jsonb has no NUL.
    actions.splice(40, 0, writer.author(registration(patientId, clinicId, { 'attributes.a': '\0' })));
    const [outcomes] = await acceptPushes(database.pool, [pushOf(clinic, actions)]);
    expect(outcomes!.map((one) => one.result).filter((one) => one === 'applied')).toHaveLength(99);
    expect(outcomes![40]).toMatchObject({ result: 'refused', refusal: { code: 'invalid' } });
    const log = await database.pool.query('select body, result from changes where record_id = $1', [patientId]);
    expect(log.rows).toHaveLength(1);
    expect(JSON.parse(log.rows[0].body).fields['attributes.a']).toBe('\0');
    const [again] = await acceptPushes(database.pool, [pushOf(clinic, [actions[40]!])]);
    expect(again![0]).toEqual({ ...outcomes![40], duplicate: true });
    await expectConsistent(clinicId);
  });

  it('a condition of the table names its key', async () => {
    const clinic = world.clinics[1]!;
    const { clinicId, userId } = clinic;
    await database.pool.query('alter table vitals add constraint vitals_pain_score_check1 check (pain_score <> 9)');
    const patientId = newId();
    const writer = aWriter(userId, clinicId);
    const push = [
      writer.author(registration(patientId, clinicId)),
      writer.author([someVitals(newId(), patientId, clinicId, userId, { painScore: 9 })]),
    ];
    const [outcomes] = await acceptPushes(database.pool, [pushOf(clinic, push)]);
    expect(outcomes!.map((one) => one.refusal?.key)).toEqual([undefined, 'painScore']);
    await database.pool.query('alter table vitals drop constraint vitals_pain_score_check1');
  });

  it('a log that is hashed can be checked against its text', async () => {
    const wrong = await database.pool.query(
      `select count(*)::int as n from changes where hash <> sha256(uuid_send(salt) || convert_to(body, 'UTF8'))`,
    );
    expect(wrong.rows[0].n).toBe(0);
  });
});

function pushOf(clinic: { clinicId: string; userId: string }, actions: Action[]) {
  const sender = { kind: 'device' as const, clinicIds: [clinic.clinicId], signedIn: [clinic.userId] };
  return { sender, receivedFrom: null, actions };
}

/** A record as an editor saw it: enough that a change to it is not a creation. */
function held(id: string): StoredRecord {
  const stamps = { deleted: '0000000000001.0000.000000000000', created: '0000000000001.0000.000000000000' };
  return { collection: 'patients', id, values: {}, stamps };
}

async function blockedBy(client: pg.Client): Promise<number> {
  const pid = (client as unknown as { processID: number }).processID;
  const rows = await database.pool.query(
    'select count(*)::int as n from pg_stat_activity where $1 = any(pg_blocking_pids(pid))',
    [pid],
  );
  return rows.rows[0].n;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen');
  }
}
