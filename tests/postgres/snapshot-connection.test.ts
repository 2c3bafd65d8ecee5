import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POST as snapshot } from '../../app/api/sync/snapshot/route.ts';
import { database as served } from '../../app/server/database.ts';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { type SnapshotPage, snapshotPageSchema } from '../../lib/replication/protocol/snapshot.ts';
import { registration } from '../scenario/edits.ts';
import { aWriter } from '../scenario/postgres-clinic.ts';
import { answerOf, aServedClinic, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

const PATIENTS = 40;
let database: TestDatabase;
let authorization: string;

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  const clinic = await aServedClinic(database);
  const clinicId = await clinic.aClinic('North');
  const userId = await clinic.aUser('nora', clinicId);
  authorization = (await clinic.aDevice(clinicId, 'nora')).authorization;
  const writer = aWriter(userId, clinicId);
  const actions = Array.from({ length: PATIENTS }, () => writer.author(registration(newId(), clinicId)));
  await postgresFeedReplica(database.pool, { kind: 'device', clinicIds: [clinicId], signedIn: [userId] }).accept(
    actions,
  );
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

const ask = (token: string | null) =>
  answerOf(
    snapshot(
      post(
        '/api/sync/snapshot',
        { protocol: 1, replicaId: newId(), scopes: null, token, maxBytes: 16_384 },
        { authorization, 'accept-encoding': 'identity' },
      ),
    ),
  );

async function aPage(token: string | null): Promise<SnapshotPage> {
  const answer = await ask(token);
  expect(answer.status).toBe(200);
  return snapshotPageSchema.parse(answer.body);
}

/** Ends the connection that waits for a lock, as a restart of PostgreSQL would. */
async function cutWhoWaits(): Promise<void> {
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`;
  while ((await database.pool.query(cut)).rows.length === 0);
}

describe('a connection to the database that is lost in the middle of a page', () => {
  it.each(['patients', 'charts'] as const)('in the stage %s: busy, and the same token goes on', async (stage) => {
    let before: string | null = null;
    let page = await aPage(null);
    while (page.stage !== stage) {
      before = page.token;
      page = await aPage(before);
    }
    const holder = await database.pool.connect();
    try {
      await holder.query('begin; lock table patients in access exclusive mode');
      const lost = ask(before);
      await cutWhoWaits();
      const answer = await lost;
      expect(answer.status).toBe(503);
      expect(answer.body.code).toBe('busy');
      expect(answer.headers.get('retry-after')).toBe('5');
      await holder.query('rollback');
    } finally {
      holder.release();
    }
    expect(await aPage(before)).toEqual(page);
  });

  it('cut at every page, it still ends complete', async () => {
    const patients = new Set<string>();
    let token: string | null = null;
    do {
      const holder = await database.pool.connect();
      try {
        await holder.query('begin; lock table patient_clinics in access exclusive mode');
        const lost = ask(token);
        await cutWhoWaits();
        expect((await lost).status).toBe(503);
        await holder.query('rollback');
      } finally {
        holder.release();
      }
      const page: SnapshotPage = await aPage(token);
      for (const table of page.tables.filter(({ collection }) => collection === 'patients'))
        for (const row of table.records) patients.add(String(row[0]));
      token = page.token;
    } while (token !== null);
    expect(patients.size).toBe(PATIENTS);
  });
});
