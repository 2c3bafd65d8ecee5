import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../app/server/run-command.ts';
import { acceptWithin, BEGIN_PUSH } from '../../db/postgres/accept-changes.ts';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { authorGesturesWithin } from '../../db/postgres/author-gestures.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { inTransaction, newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { ROLE_TEMPLATES } from '../../lib/access/actor.ts';
import { deleteRecord } from '../../lib/domain/delete-record.ts';
import type { Change } from '../../lib/replication/change.ts';
import { stampsSeenBelow } from '../../lib/replication/losers.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.drop());

const PUSHERS = 8;

describe('conflicts of edits that race', () => {
  it('all but the winner lose, once each, while the server numbers its own edits among them', async () => {
    const { pool } = database;
    const { founder, clinics, asDevice } = await aPostgresClinic(pool);
    const [clinic] = clinics as [(typeof clinics)[number]];
    const patientId = newId();
    await asDevice(clinic).accept([
      aWriter(clinic.userId, clinic.clinicId).author(registration(patientId, clinic.clinicId)),
    ]);
    const patient = { collection: 'patients', id: patientId };
    const held = await readByIds(pool, [patient]);
    const edits = Array.from({ length: PUSHERS }, (_, index) =>
      aWriter(clinic.userId, clinic.clinicId).author([put('patients', patientId, { phone: `0${index}` })], held),
    );
    const author = { userId: founder, clinicId: null };
    const own = edits.map((_, index) => {
      const decide = () => [put('clinics', clinic.clinicId, { name: `Clinic number ${index}` })];
      return authorEdits(pool, { author, needs: [{ collection: 'clinics', id: clinic.clinicId }], decide });
    });
    const pushed = await Promise.all(edits.map((edit) => asDevice(clinic).accept([edit])));
    expect(pushed.flat().map((outcome) => outcome.result)).toEqual(edits.map(() => 'applied'));
    for (const outcome of await Promise.all(own)) expect(outcome?.result).toBe('applied');

    const stamps = edits.map((edit) => edit.changes[0]!.stamp).sort();
    const winner = stamps.pop();
    const noted = await pool.query<{ kept: string; lost: string }>(
      `select kept->>'stamp' as kept, lost->>'stamp' as lost from conflicts
       where record_id = $1 and status = 'open' order by 2`,
      [patientId],
    );
    expect(noted.rows).toEqual(stamps.map((lost) => ({ kept: winner, lost })));

    const { replicaId } = await readIdentity(pool);
    const logged = await pool.query<{ origin_seq: number; received_from: string | null }>(
      'select origin_seq, received_from from changes where origin = $1 order by 1',
      [replicaId],
    );
    expect(logged.rows.map((row) => row.origin_seq)).toEqual(logged.rows.map((_, index) => index + 1));
    expect(logged.rows.every((row) => row.received_from === null)).toBe(true);
    const stored = await pool.query('select received_seq from origins where replica_id = $1', [replicaId]);
    expect(stored.rows).toEqual([{ received_seq: logged.rows.length }]);
  });
});

describe('a deletion that races with what is recorded below it', () => {
  it.each(['the deletion comes among them', 'the server deletes'])('%s: each is a conflict, once', async (which) => {
    const { pool } = database;
    const { clinics, asDevice, founder } = await aPostgresClinic(pool, 1, [
      ...ROLE_TEMPLATES.provider,
      'delete-visits',
    ]);
    const [clinic] = clinics as [(typeof clinics)[number]];
    const [patientId, visitId] = [newId(), newId()];
    const visit = { collection: 'visits', id: visitId };
    await asDevice(clinic).accept([
      aWriter(clinic.userId, clinic.clinicId).author([
        ...registration(patientId, clinic.clinicId),
        aVisit(visitId, patientId, clinic.clinicId),
      ]),
    ]);
    const held = await readByIds(pool, [visit]);
    const measured = Array.from({ length: PUSHERS }, (_, index) =>
      aWriter(clinic.userId, clinic.clinicId).author([
        someVitals(newId(), patientId, clinic.clinicId, clinic.userId, { visitId, pulsePerMin: 60 + index }),
      ]),
    );
    const early = measured.slice(0, PUSHERS / 2).map((action) => asDevice(clinic).accept([action]));
    const removal = { ...visit, kind: 'delete' as const, fields: {}, reason: 'twice' };
    const deletion =
      which === 'the server deletes'
        ? runCommand(pool, deleteRecord, { ...visit, reason: 'twice' }, { userId: founder, clinicId: null })
        : asDevice(clinic).accept([aWriter(clinic.userId, clinic.clinicId).author([removal], held)]);
    const late = measured.slice(PUSHERS / 2).map((action) => asDevice(clinic).accept([action]));
    await Promise.all([...early, ...late, deletion]);

    const { rows } = await pool.query<{ body: string }>(
      "select body from changes where record_id = $1 and kind = 'delete' and result = 'applied'",
      [visitId],
    );
    expect(rows).toHaveLength(1);
    const seen = stampsSeenBelow([JSON.parse(rows[0]!.body) as Change]);
    const stamps = measured.map((action) => action.changes[0]!.stamp).filter((stamp) => !seen.has(stamp));
    const noted = await pool.query<{ stamp: string }>(
      `select lost->>'stamp' as stamp from conflicts where record_id = $1 and status = 'open' order by 1`,
      [visitId],
    );
    expect(noted.rows.map(({ stamp }) => stamp)).toEqual(stamps.sort());
    if (which !== 'the server deletes') expect(stamps).toHaveLength(PUSHERS);
  });

  it.each(['the vitals', 'the deletion'])('%s still being written, the other waits, and sees it', async (slow) => {
    const { pool } = database;
    const { clinics, asDevice } = await aPostgresClinic(pool, 1, [...ROLE_TEMPLATES.provider, 'delete-visits']);
    const [clinic] = clinics as [(typeof clinics)[number]];
    const [patientId, visitId] = [newId(), newId()];
    const visit = { collection: 'visits', id: visitId };
    const writer = () => aWriter(clinic.userId, clinic.clinicId);
    const made = [...registration(patientId, clinic.clinicId), aVisit(visitId, patientId, clinic.clinicId)];
    await asDevice(clinic).accept([writer().author(made)]);
    const removal = { ...visit, kind: 'delete' as const, fields: {}, reason: 'twice' };
    const gone = writer().author([removal], await readByIds(pool, [visit]));
    const measured = someVitals(newId(), patientId, clinic.clinicId, clinic.userId, { visitId, pulsePerMin: 60 });
    const vitals = writer().author([measured]);
    const [first, second] = slow === 'the vitals' ? [vitals, gone] : [gone, vitals];
    const sender = { kind: 'device' as const, clinicIds: [clinic.clinicId], signedIn: [clinic.userId] };
    const client = await pool.connect();
    try {
      await client.query(BEGIN_PUSH);
      await acceptWithin(client, [{ sender, receivedFrom: null, actions: [first] }]);
      const waiting = asDevice(clinic).accept([second]);
      const blocked = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      while ((await pool.query(blocked)).rowCount === 0);
      await client.query('commit');
      expect(await waiting).toMatchObject([{ result: 'applied' }]);
    } finally {
      client.release();
    }
    const noted = await pool.query<{ stamp: string }>(
      `select lost->>'stamp' as stamp from conflicts where record_id = $1 and status = 'open'`,
      [visitId],
    );
    expect(noted.rows).toEqual([{ stamp: vitals.changes[0]!.stamp }]);
  });

  it('names what the server holds below the record that it deletes', async () => {
    const { pool } = database;
    const { clinics, asDevice, founder } = await aPostgresClinic(pool);
    const [clinic] = clinics as [(typeof clinics)[number]];
    const [patientId, visitId] = [newId(), newId()];
    const about = { visitId, pulsePerMin: 60 };
    await asDevice(clinic).accept([
      aWriter(clinic.userId, clinic.clinicId).author([
        ...registration(patientId, clinic.clinicId),
        aVisit(visitId, patientId, clinic.clinicId),
        someVitals(newId(), patientId, clinic.clinicId, clinic.userId, about),
      ]),
    ]);
    const runner = { userId: founder, clinicId: null };
    for (const ref of [
      { collection: 'visits', id: visitId },
      { collection: 'patients', id: patientId },
    ]) {
      expect(await runCommand(pool, deleteRecord, { ...ref, reason: 'twice' }, runner)).toEqual({ ok: true });
    }
    const noted = await pool.query('select from conflicts where patient_id = $1', [patientId]);
    expect(noted.rows).toEqual([]);
  });
  it('names what stood below it when it was made, of gestures that are written down later', async () => {
    const { pool } = database;
    const { clinics, asDevice, founder } = await aPostgresClinic(pool);
    const [clinic] = clinics as [(typeof clinics)[number]];
    const [patientId, visitId] = [newId(), newId()];
    const measured = () => someVitals(newId(), patientId, clinic.clinicId, clinic.userId, { visitId, pulsePerMin: 60 });
    const made = [...registration(patientId, clinic.clinicId), aVisit(visitId, patientId, clinic.clinicId), measured()];
    await asDevice(clinic).accept([aWriter(clinic.userId, clinic.clinicId).author(made)]);
    const removal = { collection: 'visits', id: visitId, kind: 'delete' as const, fields: {}, reason: 'twice' };
    const author = { userId: founder, clinicId: null };
    const gestures = [[measured()], [removal], [measured()]].map((edits, index) => ({ author, atMs: index, edits }));
    const outcomes = await inTransaction(pool, BEGIN_PUSH, (client) => authorGesturesWithin(client, gestures));
    expect(outcomes.map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
    const noted = await pool.query<{ key: string }>('select key from conflicts where patient_id = $1', [patientId]);
    expect(noted.rows).toEqual([{ key: `vitals.${gestures[2]!.edits[0]!.id}` }]);
  });
});
