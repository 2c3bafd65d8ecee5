import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../app/server/run-command.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { createClinic, editClinic } from '../../lib/domain/clinic/create-clinic.ts';
import { aPostgresClinic } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let founder: string;
let provider: { clinicId: string; userId: string };

beforeAll(async () => {
  database = await aDatabase();
  const clinic = await aPostgresClinic(database.pool);
  founder = clinic.founder;
  provider = clinic.clinics[0]!;
});
afterAll(() => database.drop());

const aClinic = (clinicId: string) => ({ clinicId, name: 'Camp North', code: 'CN', timeZone: 'Asia/Beirut' });
const asFounder = () => ({ userId: founder, clinicId: null });

describe('a command at the server', () => {
  it('saves what it decided, numbered without a gap', async () => {
    const [first, second] = [newId(), newId()];
    expect(await runCommand(database.pool, createClinic, aClinic(first), asFounder())).toEqual({ ok: true });
    expect(await runCommand(database.pool, createClinic, aClinic(second), asFounder())).toEqual({ ok: true });
    const [record] = await readByIds(database.pool, [{ collection: 'clinics', id: first }]);
    expect(record?.values).toMatchObject({ name: 'Camp North', timeZone: 'Asia/Beirut' });
    const numbers = await database.pool.query(
      'select origin_seq from changes c join replica r on r.replica_id = c.origin order by origin_seq',
    );
    expect(numbers.rows.map((row: { origin_seq: number }) => row.origin_seq)).toEqual([1, 2]);
  });

  it('names the field of bad input, and saves nothing', async () => {
    const id = newId();
    const bad = { ...aClinic(id), timeZone: 'Mars/Base' };
    const result = await runCommand(database.pool, createClinic, bad, asFounder());
    expect(result).toMatchObject({ ok: false, refusal: { kind: 'invalid', field: 'timeZone' } });
    expect(await readByIds(database.pool, [{ collection: 'clinics', id }])).toEqual([]);
  });

  it('is refused to whoever has no right, and to whoever is unknown', async () => {
    const byProvider = { userId: provider.userId, clinicId: null };
    const forbidden = { ok: false, refusal: { kind: 'forbidden' } };
    expect(await runCommand(database.pool, createClinic, aClinic(newId()), byProvider)).toMatchObject(forbidden);
    const byNobody = { userId: newId(), clinicId: null };
    expect(await runCommand(database.pool, createClinic, aClinic(newId()), byNobody)).toMatchObject(forbidden);
  });

  it('keeps both of two edits of one record made at once', async () => {
    const edits = [{ name: 'New name' }, { code: 'NEW' }].map((change) =>
      runCommand(database.pool, editClinic, { clinicId: provider.clinicId, ...change }, asFounder()),
    );
    expect(await Promise.all(edits)).toEqual([{ ok: true }, { ok: true }]);
    const [record] = await readByIds(database.pool, [{ collection: 'clinics', id: provider.clinicId }]);
    expect(record?.values).toMatchObject({ name: 'New name', code: 'NEW' });
  });
});
