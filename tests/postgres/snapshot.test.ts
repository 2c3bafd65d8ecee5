import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNextPatients } from '../../db/postgres/read-chart-page.ts';
import { readHeads, readSnapshotOf } from '../../db/postgres/read-feed.ts';
import { readSnapshotPage } from '../../db/postgres/read-snapshot.ts';
import { type Queryable, readByIds } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { readToken } from '../../db/postgres/snapshot-token.ts';
import { collectionNamed } from '../../lib/domain/collections.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { mergeRecords } from '../../lib/replication/merge.ts';
import { type SnapshotPage, snapshotPageSchema } from '../../lib/replication/protocol/snapshot.ts';
import { readPages } from '../../lib/replication/read-pages.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from '../scenario/edits.ts';
import { recordsOfText } from '../scenario/passed-on-rows.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

const TODAY = '2026-11-21';
let database: TestDatabase;
let world: Awaited<ReturnType<typeof aPostgresClinic>>;
let recent: string[];
let scopes: string[];
let registrars: string[];

beforeAll(async () => {
  database = await aDatabase();
  world = await aPostgresClinic(database.pool, 2);
  const [north, south] = world.clinics as [(typeof world.clinics)[0], (typeof world.clinics)[0]];
  scopes = ['org', `${north.clinicId}:desk`, `${north.clinicId}:record`, `${north.clinicId}:stock`];
  registrars = ['org', `${north.clinicId}:desk`, `${north.clinicId}:stock`];
  recent = [];
  for (const clinic of [north, south]) {
    const writer = aWriter(clinic.userId, clinic.clinicId);
    const actions = [];
    for (let number = 0; number < 60; number++) {
      const patientId = newId();
      const old = number % 5 !== 0;
      if (!old && clinic === north) recent.push(patientId);
      const day = { occurredAt: '2025-01-05T08:00:00.000Z', occurredOn: '2025-01-05' };
      const attributes = { 'attributes.note': `${'é'.repeat(number)} "quoted" \\ \n ${number}` };
      actions.push(writer.author(registration(patientId, clinic.clinicId, attributes)));
      actions.push(writer.author([aVisit(newId(), patientId, clinic.clinicId, old ? day : {})]));
      const measured = { weightKg: 50.25, bp: { systolicMmHg: 120, diastolicMmHg: 80, bpPosition: null } };
      actions.push(writer.author([someVitals(newId(), patientId, clinic.clinicId, clinic.userId, measured)]));
    }
    await world.asDevice(clinic).accept(actions);
  }
});
afterAll(() => database.drop());

async function nextPage(token: string | null, granted: string[], maxBytes: number): Promise<SnapshotPage> {
  const request = { token: token === null ? null : readToken(token), scopes: null, maxBytes };
  return pageOf(readSnapshotPage(database.pool, request, granted, TODAY));
}

async function pageOf(page: ReturnType<typeof readSnapshotPage>): Promise<SnapshotPage> {
  const parts: Buffer[] = [];
  await page((part) => parts.push(part));
  return snapshotPageSchema.parse(JSON.parse(Buffer.concat(parts).toString()));
}

async function walk(
  granted: string[],
  maxBytes: number,
  between: (page: SnapshotPage) => Promise<void> = () => Promise.resolve(),
) {
  const pages: SnapshotPage[] = [];
  let token: string | null = null;
  do {
    const page: SnapshotPage = await nextPage(token, granted, maxBytes);
    pages.push(page);
    await between(page);
    token = page.token;
  } while (token !== null);
  const records = new Map<string, StoredRecord>();
  merge(
    records,
    pages.flatMap((page) => recordsOf(page.tables)),
  );
  return { pages, records };
}

function merge(into: Map<string, StoredRecord>, records: StoredRecord[]) {
  for (const record of records) into.set(refKey(record), mergeRecords(into.get(refKey(record)), record));
}

/** What exchanges give from these cursors on. */
async function pull(granted: string[], cursors: Readonly<Record<string, number>>): Promise<StoredRecord[]> {
  const { pages } = await readSnapshotOf(database.pool, (reader) =>
    readPages(reader, collectionNamed, granted, cursors, 10_000_000),
  );
  return pages.flatMap((page) => recordsOfText(page.tables));
}

it('the text that a feed passes on says what is stored, key by key', async () => {
  const passedOn = await pull(scopes, {});
  const stored = new Map((await readByIds(database.pool, passedOn)).map((record) => [refKey(record), record]));
  expect(new Set(passedOn.map((record) => record.collection))).toEqual(
    new Set(['clinics', 'users', 'permissions', 'patients', 'patientClinics', 'visits', 'vitals']),
  );
  for (const record of passedOn) expect(record).toEqual(stored.get(refKey(record)));
});

describe('first sync', () => {
  it.each([2048, 20_000, 1_000_000])(
    'gives in pages of %i bytes what reading the whole feed gives',
    async (maxBytes) => {
      const { records } = await walk(scopes, maxBytes);
      const whole = new Map<string, StoredRecord>();
      merge(whole, await pull(scopes, {}));
      expect([...records.keys()].sort()).toEqual([...whole.keys()].sort());
      for (const [key, record] of whole) expect(records.get(key)).toEqual(record);
    },
  );

  it('comes in its stages: organisation, patients, recent charts, all charts', async () => {
    const { pages } = await walk(scopes, 8000);
    const stages = pages.map((page) => page.stage);
    expect([...new Set(stages)]).toEqual(['org', 'patients', 'recent', 'charts']);
    const patientsIn = (stage: string) =>
      pages
        .filter((page) => page.stage === stage)
        .flatMap((page) => recordsOf(page.tables))
        .filter((record) => record.collection === 'patients')
        .map((record) => record.id);
    expect(patientsIn('recent')).toEqual([...recent].sort());
    expect(patientsIn('patients')).toHaveLength(60);
    expect(patientsIn('charts')).toEqual([...patientsIn('patients')].sort());
    const second = pages.filter((page) => page.stage === 'patients').flatMap((page) => recordsOf(page.tables));
    expect(new Set(second.map((record) => record.collection))).toEqual(new Set(['patients', 'patientClinics']));
  });

  it('keeps a chart on one page, and pages near the size asked for', async () => {
    const { pages } = await walk(scopes, 20_000);
    const charts = pages.filter((page) => page.stage === 'charts');
    const places = charts.flatMap((page, index) =>
      recordsOf(page.tables).map((record) => [record.values.patientId ?? record.id, index] as const),
    );
    for (const [patientId, index] of places) {
      expect(new Set(places.filter(([id]) => id === patientId).map(([, place]) => place))).toEqual(new Set([index]));
    }
    for (const page of charts) expect(JSON.stringify(page.tables).length).toBeLessThan(30_000);
  });

  it('delivers as much as it announced', async () => {
    const { pages } = await walk(scopes, 8000);
    const sum = (pick: (page: SnapshotPage) => number) => pages.reduce((total, page) => total + pick(page), 0);
    expect(sum((page) => page.delivered.patients)).toBe(60);
    expect({ patients: 60, records: sum((page) => page.delivered.records) }).toEqual(pages[0]!.totals);
  });

  it('gives no clinical record to a device that may not hold them', async () => {
    const { records } = await walk(registrars, 20_000);
    const names = new Set([...records.values()].map((record) => record.collection));
    expect(names.has('vitals')).toBe(false);
    expect(names.has('visits')).toBe(true);
    expect(names.has('credentials')).toBe(false);
    const other = world.clinics[1]!.clinicId;
    expect(
      [...records.values()].filter((record) => record.collection === 'patients' && record.values.clinicId === other),
    ).toEqual([]);
  });

  it('judges rights on each page: what was taken away meanwhile stops at once', async () => {
    let granted = scopes;
    let token: string | null = null;
    const after: StoredRecord[] = [];
    do {
      const page: SnapshotPage = await nextPage(token, granted, 20_000);
      if (granted === registrars) after.push(...recordsOf(page.tables));
      if (page.stage === 'recent') granted = registrars;
      token = page.token;
    } while (token !== null);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((record) => collectionNamed(record.collection)?.scope === 'record')).toEqual([]);
  });

  it('is complete with the exchanges after it, whatever was written meanwhile', async () => {
    const north = world.clinics[0]!;
    const writer = aWriter(north.userId, north.clinicId);
    const replica = world.asDevice(north);
    const known = [...(await walk(scopes, 1_000_000)).records.values()].filter((one) => one.collection === 'patients');
    let turn = 0;
    const { pages, records } = await walk(scopes, 8000, async () => {
      turn += 1;
      const held = known[(turn * 7) % known.length]!;
      const made = newId();
      await replica.accept([
        writer.author([put('patients', held.id, { phone: `${turn}` })], [held]),
        writer.author([aVisit(newId(), held.id, north.clinicId)]),
        writer.author(registration(made, north.clinicId)),
      ]);
      if (turn % 9 === 0) await world.atServer([membership(held.id, world.clinics[1]!.clinicId)]);
    });
    merge(records, await pull(scopes, pages[0]!.cursors));
    for (const word of ['desk', 'record']) {
      const scope = `${north.clinicId}:${word}`;
      const own = [...records.values()].filter((record) => collectionNamed(record.collection)?.scope === word);
      const digest = own.reduce((total, record) => total ^ recordHash(record), 0n);
      const [head] = await readHeads(database.pool, [scope]);
      expect({ count: own.length, digest: String(digest) }).toEqual({ count: head!.count, digest: head!.digest });
    }
  });

  describe('with charts of another clinic opened in an emergency', () => {
    const HOUR_MS = 3_600_000;
    const opening = (patientId: string, clinic: (typeof world.clinics)[0]) => {
      const times = { from: new Date().toISOString(), until: new Date(Date.now() + 12 * HOUR_MS).toISOString() };
      const fields = { ...clinic, ...times, patientId, reason: 'Unconscious', endedAt: null };
      return put('accessGrants', newId(), fields);
    };

    it.each([2048, 1_000_000])('gives them as the feed does, in pages of %i bytes', async (maxBytes) => {
      const own = await aPostgresClinic(database.pool, 2);
      const [north, south] = own.clinics as [(typeof own.clinics)[0], (typeof own.clinics)[0]];
      const writer = aWriter(south.userId, south.clinicId);
      const patients = Array.from({ length: 8 }, () => newId());
      for (const id of patients) {
        const vitals = someVitals(newId(), id, south.clinicId, south.userId, { weightKg: 61 });
        await own.asDevice(south).accept([writer.author([...registration(id, south.clinicId), vitals])]);
      }
      const northern = aWriter(north.userId, north.clinicId);
      const atNorth = async (edits: Edit[], held: StoredRecord[] = []) => {
        const outcomes = await own.asDevice(north).accept([northern.author(edits, held)]);
        expect(outcomes.map((one) => one.result)).toEqual(['applied']);
      };
      // One chart is opened again and again: those openings must not stand in for the patients after it.
      const opened = [...Array.from({ length: 20 }, () => 0), 3, 5, 7];
      await atNorth(opened.map((index) => opening(patients[index]!, north)));
      const found = await database.pool.query('select id from access_grants where patient_id = $1', [patients[5]]);
      const ended = await readByIds(database.pool, [{ collection: 'accessGrants', id: found.rows[0].id }]);
      await atNorth([put('accessGrants', found.rows[0].id, { endedAt: new Date().toISOString() })], ended);
      await own.atServer([membership(patients[7]!, north.clinicId)]);
      const granted = ['org', `${north.clinicId}:desk`, `${north.clinicId}:record`];
      const { pages, records } = await walk(granted, maxBytes);
      const whole = await pull(granted, {});
      expect([...records.keys()].sort()).toEqual(whole.map(refKey).sort());
      const seen = [...records.values()].filter((one) => one.collection === 'patients').map((one) => one.id);
      expect(seen.sort()).toEqual([patients[0], patients[3], patients[7]].sort());
      const delivered = pages.reduce((sum, page) => sum + page.delivered.patients, 0);
      expect([delivered, pages[0]!.totals.patients]).toEqual([3, 3]);
    });

    it('finds them by an index, not by reading all openings', async () => {
      const north = world.clinics[0]!;
      const many = `insert into access_grants (id, stamps, patient_id, clinic_id, ended_at)
        select gen_random_uuid(), '', gen_random_uuid(), case when n % 500 = 0 then $1::uuid else gen_random_uuid() end, null
        from generate_series(1, 20000) n`;
      const plans: string[] = [];
      const client = await database.pool.connect();
      try {
        await client.query('begin');
        await client.query(many, [north.clinicId]);
        await client.query('analyze access_grants');
        await client.query('analyze patient_clinics');
        const explaining = {
          query: async (asked: { text: string; values: unknown[] }) => {
            const plan = await client.query(`explain ${asked.text}`, asked.values);
            plans.push(plan.rows.map((row) => row['QUERY PLAN']).join('\n'));
            return client.query(asked.text, asked.values);
          },
        } as unknown as Queryable;
        const place = { ...readToken((await nextPage(null, scopes, 2048)).token!)!, after: '' };
        for (const stage of ['patients', 'recent', 'charts'] as const)
          await readNextPatients(explaining, { ...place, stage }, scopes);
      } finally {
        await client.query('rollback');
        client.release();
      }
      expect(plans).toHaveLength(3);
      for (const plan of plans) {
        expect(plan).toContain('access_grants_of_clinic');
        expect(plan).not.toContain('Seq Scan on access_grants p');
      }
    });
  });

  it('starts again with a token of another life of the feed, and reads no token that is not its own', async () => {
    const first = await nextPage(null, scopes, 2048);
    const token = readToken(first.token!)!;
    const elsewhere = { token: { ...token, epoch: newId() }, scopes: null, maxBytes: 2048 };
    const again = await pageOf(readSnapshotPage(database.pool, elsewhere, scopes, TODAY));
    expect(again.tables).toEqual(first.tables);
    for (const bad of ['', 'AAAA', 'not a token', first.token!.slice(4)]) expect(readToken(bad)).toBeNull();
  });
});
