import type pg from 'pg';
import { expect } from 'vitest';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import type { Change } from '../../lib/replication/change.ts';
import { mergeChange, refOf } from '../../lib/replication/merge.ts';
import { recordHash, refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { clinicsOfPatient, MEMBERSHIPS, patientOf, scopesOf } from '../../lib/replication/scopes.ts';
import { advanceWatermark, NOTHING_RECEIVED } from '../../lib/replication/watermark.ts';

interface LogRow {
  id: string;
  origin: string;
  origin_seq: number;
  result: string;
  body: string | null;
}

interface Logged {
  readonly log: readonly LogRow[];
  readonly records: readonly StoredRecord[];
}

/**
 * What a feed replica keeps agrees with itself, worked out anew from its rows and its log: every record is what its
 * applied changes make; each scope's feed, count, digest and seq follow from the records; places in the log have no
 * gap; each origin's watermark and chain are those of its stored changes.
 */
export async function expectExact(pool: pg.Pool): Promise<Logged> {
  const log = (await pool.query<LogRow>('select id, origin, origin_seq, result, body from changes')).rows;
  const records = (await Promise.all(COLLECTIONS.map(({ name }) => readRecords(pool, name, '', [])))).flat();
  expect(sorted(records), 'records are what the log makes').toEqual(sorted([...replayed(log).values()]));
  const inScopes = scopesFrom(records);
  expect(await scopeRows(pool), 'sums of the scopes').toEqual(sumsOf(inScopes));
  expect(await feedRows(pool), 'the feed').toEqual(
    [...inScopes].flatMap(([scope, held]) => held.map((record) => `${scope} ${refKey(record)}`)).sort(),
  );
  expect(await wrongPlaces(pool), 'scopes whose seq or pos is not that of their last line').toEqual([]);
  expect(await originRows(pool), 'watermarks and chains').toEqual(watermarks(log));
  return { log, records };
}

function sorted(records: readonly StoredRecord[]) {
  return new Map([...records].map((one) => [refKey(one), one] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function replayed(log: readonly LogRow[]): Map<string, StoredRecord> {
  const made = new Map<string, StoredRecord>();
  for (const { result, body } of log) {
    if (result !== 'applied' || body === null) continue;
    const change = JSON.parse(body) as Change;
    const key = refKey(refOf(change));
    made.set(key, mergeChange(made.get(key), change));
  }
  return made;
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

function scopesFrom(records: readonly StoredRecord[]): Map<string, StoredRecord[]> {
  const memberships = grouped(
    records.filter((record) => record.collection === MEMBERSHIPS),
    (record) => String(record.values.patientId),
  );
  const scopes = new Map<string, StoredRecord[]>();
  for (const record of records) {
    const collection = collectionNamed(record.collection)!;
    const patientId = patientOf(collection, record);
    for (const scope of scopesOf(collection, record, clinicsOfPatient(memberships.get(patientId ?? '') ?? [])))
      scopes.set(scope, [...(scopes.get(scope) ?? []), record]);
  }
  return scopes;
}

function sumsOf(scopes: ReadonlyMap<string, readonly StoredRecord[]>) {
  return Object.fromEntries(
    [...scopes].map(([scope, held]) => {
      const digest = held.reduce((sum, record) => sum ^ recordHash(record), 0n);
      return [scope, { count: held.length, digest: String(digest) }];
    }),
  );
}

/** Scopes that hold something: one that everything left, and one that is only a log's, sum up to nothing. */
async function scopeRows(pool: pg.Pool) {
  const { rows } = await pool.query<{ id: string; count: number; digest: string }>(
    'select id, count, digest::text as digest from scopes where count <> 0 or digest <> 0',
  );
  return Object.fromEntries(rows.map(({ id, count, digest }) => [id, { count, digest }]));
}

async function feedRows(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select s.id || ' ' || f.collection || '/' || f.record_id as line
     from feed f join scopes s on s.number = f.scope where f.left_stamp is null`,
  );
  return rows.map((row) => row.line).sort();
}

async function wrongPlaces(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select s.id from scopes s
     left join (select scope, max(seq) as seq from feed group by 1) f on f.scope = s.number
     left join (select scope, max(pos) as pos, count(*) as logged from changes group by 1) c on c.scope = s.number
     where s.seq <> coalesce(f.seq, 0) or s.pos <> coalesce(c.pos, 0) or s.pos <> coalesce(c.logged, 0)`,
  );
  return rows;
}

async function originRows(pool: pg.Pool) {
  const { rows } = await pool.query<{ replica_id: string; seq: number; chain: string; confirmed: boolean }>(
    `select replica_id, received_seq as seq, received_chain as chain,
       (confirmed_seq, confirmed_chain) = (received_seq, received_chain) as confirmed from origins`,
  );
  expect(
    rows.filter((row) => !row.confirmed),
    'at a root what is received is confirmed',
  ).toEqual([]);
  return Object.fromEntries(rows.map(({ replica_id, seq, chain }) => [replica_id, { seq, chain }]));
}

function watermarks(log: readonly LogRow[]) {
  const byOrigin = grouped(log, (row) => row.origin);
  return Object.fromEntries(
    [...byOrigin].map(([origin, rows]) => {
      const numbered = rows.map((row) => ({ id: row.id, originSeq: row.origin_seq }));
      return [origin, advanceWatermark(NOTHING_RECEIVED, numbered)];
    }),
  );
}
