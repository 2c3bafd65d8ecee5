import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addErasures, erasureFile, readErasureFile } from '../../app/server/erasure-list.ts';
import { readErasures, reapplyErasures } from '../../db/postgres/erasures.ts';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { endRecovery, markRestored } from '../../db/postgres/restored.ts';
import type { Finding } from '../../db/postgres/seals/finding.ts';
import { verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { put, registration } from '../scenario/edits.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aCopyOf, aDatabase, type TestDatabase } from '../scenario/test-database.ts';

const SECRET = '0799123';

let database: TestDatabase;
let backup: TestDatabase;
let world: Awaited<ReturnType<typeof aPostgresClinic>>;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hikma-erasures-'));
  database = await aDatabase();
  world = await aPostgresClinic(database.pool);
});
afterAll(async () => {
  await database.drop();
  await backup?.drop();
  await rm(dataDir, { recursive: true });
});

const inClinic = () => world.clinics[0]!;
const asPhone = ({ pool }: TestDatabase) => {
  const { clinicId, userId } = inClinic();
  return postgresFeedReplica(pool, { kind: 'device', clinicIds: [clinicId], signedIn: [userId] }, newId());
};
const patient = async ({ pool }: TestDatabase, id: string) =>
  (await readByIds(pool, [{ collection: 'patients', id }]))[0];
const erase = async (id: string) =>
  world.atServer(
    [{ collection: 'patients', id, kind: 'erase', fields: {}, reason: null }],
    [(await patient(database, id))!],
  );

async function logged({ pool }: TestDatabase): Promise<string> {
  const { rows } = await pool.query<{ body: string }>('select body from changes where body is not null');
  return rows.map(({ body }) => body).join('\n');
}

async function findings({ pool }: TestDatabase): Promise<Finding[]> {
  const found: Finding[] = [];
  await verifyDatabase(pool, { key: null }, (finding) => found.push(finding));
  return found;
}

it('what was erased after a backup is erased again when that is restored, whoever sends it', async () => {
  const { clinicId, userId } = inClinic();
  const writer = aWriter(userId, clinicId);
  const [kept, lost] = [newId(), newId()];
  const made = [kept, lost].map((id) => writer.author(registration(id, clinicId, { phone: SECRET })));
  const refused = writer.author([put('patients', kept, { sex: SECRET })], []);
  await asPhone(database).accept([made[0]!, refused]);
  backup = await aCopyOf(database);
  await asPhone(database).accept([made[1]!]);
  for (const id of [kept, lost]) await erase(id);
  expect(await logged(database)).not.toContain(SECRET);

  const file = erasureFile(dataDir);
  expect(await readErasureFile(file)).toBeNull();
  expect(await addErasures(file, await readErasures(database.pool))).toBe(2);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).not.toContain(SECRET);

  expect(await logged(backup)).toContain(SECRET);
  expect(await reapplyErasures(backup.pool, (await readErasureFile(file))!)).toBe(2);
  expect(await logged(backup)).not.toContain(SECRET);
  await markRestored(backup.pool);
  await endRecovery(backup.pool);
  const [outcome] = await asPhone(backup).accept([made[1]!]);
  expect(outcome?.result).toBe('applied');
  for (const id of [kept, lost]) expect(await patient(backup, id)).toEqual(await patient(database, id));
  expect(await logged(backup)).not.toContain(SECRET);
  expect(await findings(backup)).toEqual([]);
  expect(await reapplyErasures(backup.pool, (await readErasureFile(file))!)).toBe(0);
});

it('the list names each once, though several write it and one is cut', async () => {
  const file = join(dataDir, 'list', 'erasures.jsonl');
  const tombstones = await readErasures(database.pool);
  expect(await addErasures(file, tombstones.slice(0, 1))).toBe(1);
  await appendFile(file, '{"collection":"patients","id":"0');
  expect(await addErasures(file, tombstones)).toBe(1);
  expect(await addErasures(file, tombstones)).toBe(0);
  expect((await readErasureFile(file))?.map(({ id }) => id).sort()).toEqual(tombstones.map(({ id }) => id).sort());
});
