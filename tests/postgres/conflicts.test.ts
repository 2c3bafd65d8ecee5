import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { put, registration } from '../scenario/edits.ts';
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
