import { afterAll, beforeAll, expect, it } from 'vitest';
import { POST as sync } from '../../app/api/sync/route.ts';
import { database as served } from '../../app/server/database.ts';
import { listDeviceLines } from '../../db/postgres/list-devices.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { answerOf, aServedClinic, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

it('what a phone says of itself stands in the list of devices, the last word only', async () => {
  const clinic = await aServedClinic(database);
  const clinicId = await clinic.aClinic('North');
  await clinic.aUser('nora', clinicId);
  const { deviceId, authorization } = await clinic.aDevice(clinicId, 'nora');
  const silent = await clinic.aDevice(clinicId, 'nora');
  const report = { appVersion: '1.2', unsent: 3, refused: 1, storageBytes: 5_000_000_000, clockOffsetMs: -7_200_000 };
  const say = async (more: object) => {
    const body = { protocol: 1, schema: SCHEMA_VERSION, replicaId: deviceId, clock: Date.now(), origins: {} };
    const request = { ...body, actions: [], epoch: null, cursors: {}, maxBytes: 100_000, ...more };
    expect((await answerOf(sync(post('/api/sync', request, { authorization })))).status).toBe(200);
  };
  await say({ report: { ...report, unsent: 9 } });
  await say({ report });
  await say({});
  const { devices } = await listDeviceLines(database.pool, { clinicIds: [clinicId], after: null, limit: 10 });
  const said = devices.map(({ id, appVersion, unsentCount, storageBytes, clockOffsetMs }) => ({
    ...{ id, appVersion, unsentCount, storageBytes, clockOffsetMs },
  }));
  const nothing = { appVersion: null, unsentCount: null, storageBytes: null, clockOffsetMs: null };
  expect(said).toContainEqual({ id: silent.deviceId, ...nothing });
  const { unsent: unsentCount, storageBytes, clockOffsetMs } = report;
  expect(said).toContainEqual({ id: deviceId, appVersion: '1.2', unsentCount, storageBytes, clockOffsetMs });
});
