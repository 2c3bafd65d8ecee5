import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { ensureOrganisation } from '../../app/server/default-organisation.ts';
import { demoAnnouncement } from '../../app/server/demo/announce-demo.ts';
import { seedDemoClinic } from '../../app/server/demo/seed-demo-clinic.ts';
import { createFirstAdministrator, firstAdministratorLink } from '../../app/server/first-administrator.ts';
import { isPassword } from '../../app/server/passwords.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { COLLECTIONS } from '../../lib/domain/collections.ts';
import { recordHash } from '../../lib/replication/record.ts';
import { foundServer } from '../scenario/found-server.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

const NOW = Date.UTC(2026, 10, 21, 14);
let database: TestDatabase;
let dataDir: string;

beforeEach(async () => {
  database = await aDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'hikma-demo-'));
});
afterEach(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true });
});

async function figures(pool: pg.Pool) {
  const count = async (table: string) =>
    (await pool.query(`select count(*)::int as n from ${table}`)).rows[0].n as number;
  const names = [
    'patients',
    'visits',
    'events',
    'appointments',
    'medicines',
    'users',
    'forms',
    'form_versions',
    'clinics',
  ];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await count(name)] as const)));
}

/** Everything that phones could be sent, and how often anything was written. */
async function standing(pool: pg.Pool) {
  const hashes = [];
  for (const { name } of COLLECTIONS) {
    const held = await readRecords(pool, name, 'where true', []);
    hashes.push([name, held.reduce((sum, record) => sum ^ recordHash(record), 0n)]);
  }
  const log = await pool.query('select count(*)::int as changes from changes');
  const feed = await pool.query('select s::text as line from scopes s order by line');
  return { hashes, log: log.rows, feed: feed.rows };
}

describe('seeding the demo clinic', () => {
  it('has the promised figures, within ten seconds; a second time changes nothing', async () => {
    const started = performance.now();
    expect(await seedDemoClinic(database.pool, dataDir, NOW)).toMatchObject({ made: true });
    expect(performance.now() - started).toBeLessThan(10_000);
    await ensureOrganisation(database.pool);
    await ensureBuiltInForms(database.pool);
    expect(await figures(database.pool)).toEqual({
      ...{ patients: 200, visits: 420, events: 600, appointments: 40, medicines: 25 },
      ...{ users: 4, forms: 4, form_versions: 8, clinics: 2 },
    });
    const before = await standing(database.pool);
    const again = await seedDemoClinic(database.pool, dataDir, NOW + 86_400_000);
    await ensureOrganisation(database.pool);
    await ensureBuiltInForms(database.pool);
    expect(again.made).toBe(false);
    expect(await standing(database.pool)).toEqual(before);
  });

  it('prints sign-ins that sign in, and keeps them for the owner of the folder only', async () => {
    const { signIns } = await seedDemoClinic(database.pool, dataDir, NOW);
    const kept = join(dataDir, 'demo-signins.txt');
    expect(await readFile(kept, 'utf8')).toBe(signIns);
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    expect((await seedDemoClinic(database.pool, dataDir, NOW)).signIns).toBe(signIns);
    const held = await database.pool.query('select username, password_hash from credentials');
    const hashes = new Map(held.rows.map((row) => [row.username, row.password_hash]));
    const rows = signIns!
      .trim()
      .split('\n')
      .map((line) => line.split(/\s{2,}/));
    expect(rows.map(([name, , role, clinic]) => [name, role, clinic])).toEqual([
      ['admin', 'admin', 'all clinics'],
      ['nurse', 'provider', 'Camp North'],
      ['registrar', 'registrar', 'Camp North'],
      ['mobile', 'provider', 'Mobile Team'],
    ]);
    for (const [name, password] of rows) expect(await isPassword(hashes.get(name), password!)).toBe(true);
  });

  it('numbers its changes without a gap, so that phones can prove they have them all', async () => {
    await seedDemoClinic(database.pool, dataDir, NOW);
    const found = await database.pool.query(
      `select count(*)::int as changes, max(origin_seq)::int as last, max(own_seq)::int as own from changes, replica`,
    );
    const { changes, last, own } = found.rows[0];
    expect([last, own]).toEqual([changes, changes]);
  });

  it('offers a phone for each clinic', async () => {
    const seeded = await seedDemoClinic(database.pool, dataDir, NOW);
    const text = await demoAnnouncement(database.pool, 'http://localhost:3000', seeded);
    expect(text).toContain(seeded.signIns);
    expect(text.match(/^Phone for (.+): http:\/\/localhost:3000\/join\/[0-9A-Z]{8} /gm)).toHaveLength(2);
  });

  it('takes over the forms and the organisation of a server that nobody has used yet', async () => {
    await ensureOrganisation(database.pool);
    await ensureBuiltInForms(database.pool);
    await seedDemoClinic(database.pool, dataDir, NOW);
    expect(await figures(database.pool)).toMatchObject({ events: 600, forms: 4, form_versions: 8 });
    const found = await database.pool.query('select name from organisation');
    expect(found.rows).toEqual([{ name: 'Sunrise Clinics' }]);
  });

  it('refuses a database that somebody uses, and leaves it as it is', async () => {
    await foundServer(database.pool);
    const before = await standing(database.pool);
    await expect(seedDemoClinic(database.pool, dataDir, NOW)).rejects.toThrow('empty database only');
    expect(await standing(database.pool)).toEqual(before);
  });
});

describe('a server on its first start', () => {
  it('has an organisation and forms to register and see patients with, and keeps what was changed', async () => {
    const start = async () => {
      await ensureOrganisation(database.pool);
      await ensureBuiltInForms(database.pool);
    };
    await start();
    const forms = await database.pool.query(
      'select id, kind, status, current_version_id is not null as current from forms order by kind',
    );
    expect(forms.rows).toEqual([
      { id: '2f8f5350-ddee-5cc5-99d7-a8153b979a1b', kind: 'event', status: 'published', current: true },
      { id: expect.any(String), kind: 'registration', status: 'published', current: true },
    ]);
    const settings = await database.pool.query(
      'select name, languages, idle_lock_minutes, pin_length from organisation',
    );
    expect(settings.rows).toEqual([
      { name: 'My clinics', languages: ['en', 'ar', 'es', 'fr'], idle_lock_minutes: 5, pin_length: 6 },
    ]);
    const before = await standing(database.pool);
    await start();
    expect(await standing(database.pool)).toEqual(before);
  });

  it('is named by its first administrator, who replaces what the server made', async () => {
    await ensureOrganisation(database.pool);
    const link = await firstAdministratorLink(database.pool, 'http://localhost');
    const founding = { name: 'Founder', username: 'founder', password: 'a long password', language: 'ar' };
    const token = link!.split('#')[1]!;
    const made = await createFirstAdministrator(database.pool, { ...founding, token, organisation: 'Island Care' });
    expect(made.ok).toBe(true);
    const found = await database.pool.query(
      `select o.name, c.body like '%"replaced":{%"name":["%' as seen from organisation o, changes c
       where c.record_id = o.id order by c.origin_seq desc limit 1`,
    );
    expect(found.rows).toEqual([{ name: 'Island Care', seen: true }]);
  });

  it('started twice at once makes one of each', async () => {
    await Promise.all([1, 2].map(() => ensureOrganisation(database.pool)));
    await Promise.all([1, 2].map(() => ensureBuiltInForms(database.pool)));
    expect(await figures(database.pool)).toMatchObject({ forms: 2, form_versions: 2 });
  });

  it('leaves it to its server when it is a relay', async () => {
    await ensureOrganisation(database.pool);
    await database.pool.query('delete from organisation');
    await database.pool.query('update replica set root = false');
    await ensureOrganisation(database.pool);
    await ensureBuiltInForms(database.pool);
    expect(await figures(database.pool)).toMatchObject({ forms: 0 });
  });
});
