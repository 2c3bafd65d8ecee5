import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../db/postgres/connect.ts';
import { migrateUp } from '../../db/postgres/migrate.ts';
import { sealText } from '../../db/postgres/seals/chain.ts';
import { type Finding, type FindingKind, sentenceOf } from '../../db/postgres/seals/finding.ts';
import { readSealedHeads } from '../../db/postgres/seals/read-sealed-heads.ts';
import { newSealKey } from '../../db/postgres/seals/seal-key.ts';
import { sealLog } from '../../db/postgres/seals/seal-log.ts';
import { type Verification, verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { type RememberedHead, verifyHeads } from '../../db/postgres/seals/verify-heads.ts';
import { aDayAtTwoClinics, type Day, pushMore } from '../scenario/sealed-clinic.ts';
import { anEmptyDatabase, type TestDatabase } from '../scenario/test-database.ts';

const key = newSealKey();
let filled: TestDatabase;
let day: Day;
let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  filled = await anEmptyDatabase();
  // A connection of its own: a database that somebody is connected to cannot be copied.
  const filling = connectDatabase(filled.url);
  await migrateUp(filling.pool);
  day = await aDayAtTwoClinics(filling.pool);
  await sealLog(filling.pool, key, undefined, 7);
  await filling.close();
});
afterAll(() => filled.drop());
beforeEach(async () => {
  database = await anEmptyDatabase(`template ${new URL(filled.url).pathname.slice(1)}`);
  pool = database.pool;
});
afterEach(() => database.drop());

async function verify(how: Partial<Verification> = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  const verified = await verifyDatabase(pool, { key, ...how }, (finding) => findings.push(finding));
  expect(verified.findings).toBe(findings.length);
  return findings;
}

const kinds = (findings: readonly Finding[]): FindingKind[] => [...new Set(findings.map((one) => one.kind))].sort();

/** Somebody at the database's own prompt. */
const byHand = (text: string, values: unknown[] = []) => pool.query(text, values);
const TRAIL = '(select number from scopes where id = $1)';

async function changeAt(pos: number): Promise<{ id: string; collection: string; record_id: string }> {
  const found = await byHand(`select id, collection, record_id from changes where scope = ${TRAIL} and pos = $2`, [
    day.trail,
    pos,
  ]);
  return found.rows[0];
}

async function lastPlace(): Promise<number> {
  return (await byHand('select pos from scopes where id = $1', [day.trail])).rows[0].pos;
}

async function remember(scopes: string[] = [day.trail, 'org']): Promise<RememberedHead[]> {
  const heads = await readSealedHeads(pool, scopes);
  return Object.entries(heads).map(([scope, head]) => ({ scope, ...head }));
}

async function headFindings(remembered: readonly RememberedHead[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  await verifyHeads(pool, remembered, (finding) => findings.push(finding));
  return findings;
}

describe('what nobody touched', () => {
  it('has nothing that differs, and everything was read', async () => {
    const counted = await byHand('select (select count(*)::int from changes) as changes');
    const findings: Finding[] = [];
    const verified = await verifyDatabase(pool, { key, remembered: await remember() }, (one) => findings.push(one));
    expect(findings).toEqual([]);
    expect(verified.changes).toBe(counted.rows[0].changes);
    expect(verified.records).toBeGreaterThan(30);
  });

  it('is sealed to its last place, and the chain does not depend on how it was cut', async () => {
    const heads = await readSealedHeads(pool, [day.trail, 'org', 'unknown:trail']);
    expect(Object.keys(heads).sort()).toEqual([day.trail, 'org'].sort());
    expect(heads[day.trail]!.pos).toBe(await lastPlace());
    await byHand('delete from seals');
    await sealLog(pool, newSealKey());
    expect(await readSealedHeads(pool, [day.trail, 'org'])).toEqual(heads);
  });

  it('still verifies after an erasure has emptied its record in the log', async () => {
    const emptied = await byHand(
      `select body, salt from changes where record_id = $1 and collection = 'patients' and kind <> 'erase'`,
      [day.erased],
    );
    expect(emptied.rows).toEqual([{ body: null, salt: null }]);
    expect(await verify()).toEqual([]);
  });

  it('verifies while pushes and seals go on', async () => {
    let verifying = true;
    const writing = [day.north, day.south, day.north].map(async (clinic) => {
      while (verifying) await pushMore(pool, clinic, 3);
    });
    const sealing = (async () => {
      while (verifying) await sealLog(pool, key, undefined, 5);
    })();
    const all = [await verify(), await verify(), await verify()];
    verifying = false;
    await Promise.all([...writing, sealing]);
    expect(all.flat()).toEqual([]);
    await sealLog(pool, key);
    expect(await verify({ unsealedMinutes: 0 })).toEqual([]);
  });
});

describe('the log', () => {
  it('a changed text is named', async () => {
    const { id, collection, record_id } = await changeAt(13);
    await byHand(`update changes set body = replace(body, '0700', '0711') where id = $1`, [id]);
    const changed = await byHand(`select body like '%0711%' as yes from changes where id = $1`, [id]);
    expect(changed.rows[0].yes).toBe(true);
    const findings = await verify();
    expect(findings).toContainEqual({
      ...{ kind: 'body-changed', scope: day.trail, pos: 13 },
      ...{ changeId: id, collection, recordId: record_id },
    });
    expect(findings.map(sentenceOf).join()).not.toContain('0711');
  });

  it('a changed text that was hashed anew breaks the chain between its seals', async () => {
    const { id } = await changeAt(13);
    await byHand(`update changes set body = replace(body, '0700', '0711') where id = $1`, [id]);
    await byHand(`update changes set hash = sha256(uuid_send(salt) || convert_to(body, 'UTF8')) where id = $1`, [id]);
    expect(await verify()).toContainEqual({ kind: 'chain-broken', scope: day.trail, pos: 8, upTo: 14 });
  });

  it('a text that was emptied without an erasure is named', async () => {
    const { id } = await changeAt(9);
    await byHand('update changes set body = null, salt = null where id = $1', [id]);
    const found = (await verify()).find((one) => one.kind === 'body-missing');
    expect(found).toMatchObject({ changeId: id, pos: 9 });
  });

  it('a change filed under another record is named', async () => {
    const { id } = await changeAt(9);
    await byHand('update changes set author = $2 where id = $1', [id, day.founder]);
    expect(kinds(await verify())).toEqual(['chain-broken', 'change-misfiled']);
  });

  it('a refusal that was turned into an acceptance by hand does not fit the rows', async () => {
    const turned = await byHand(`update changes set result = 'applied', refusal = null where result = 'refused'`);
    expect(turned.rowCount).toBe(1);
    expect(kinds(await verify())).toEqual(['row-missing']);
  });

  it('a removed row is a gap, named by its place', async () => {
    await byHand(`delete from changes where scope = ${TRAIL} and pos = 11`, [day.trail]);
    const findings = await verify();
    expect(findings).toContainEqual({ kind: 'log-gap', scope: day.trail, pos: 11, upTo: 11 });
    expect(findings).toContainEqual({ kind: 'chain-broken', scope: day.trail, pos: 8, upTo: 14 });
  });

  it('a removed row at whose place a seal stands is a gap', async () => {
    await byHand(`delete from changes where scope = ${TRAIL} and pos = 14`, [day.trail]);
    const findings = (await verify()).filter((one) => one.scope === day.trail);
    expect(kinds(findings)).toEqual(['chain-broken', 'log-gap']);
    expect(findings).toHaveLength(2);
  });

  it('the last rows removed, with the places given back: the seal knows how far it went', async () => {
    const last = await lastPlace();
    await byHand(`delete from changes where scope = ${TRAIL} and pos > $2`, [day.trail, last - 2]);
    const cut = await verify();
    expect(cut).toContainEqual({ kind: 'log-cut', scope: day.trail, pos: last - 1, upTo: last });
    await byHand('update scopes set pos = pos - 2 where id = $1', [day.trail]);
    const hidden = await verify();
    expect(hidden).toContainEqual({ kind: 'seal-beyond', scope: day.trail, pos: last - 1, upTo: last });
  });

  it('two rows that changed places break the chain', async () => {
    await byHand(`update changes set pos = -pos where scope = ${TRAIL} and pos in (10, 11)`, [day.trail]);
    await byHand(`update changes set pos = 21 + pos where scope = ${TRAIL} and pos < 0`, [day.trail]);
    expect(await verify()).toEqual([{ kind: 'chain-broken', scope: day.trail, pos: 8, upTo: 14 }]);
  });

  it('a forged row in the middle breaks the chain', async () => {
    await byHand(`update changes set pos = -pos where scope = ${TRAIL} and pos >= 12`, [day.trail]);
    await byHand(`update changes set pos = 1 - pos where scope = ${TRAIL} and pos < 0`, [day.trail]);
    await forge(12);
    await byHand('update scopes set pos = pos + 1 where id = $1', [day.trail]);
    const findings = await verify();
    expect(findings).toContainEqual({ kind: 'chain-broken', scope: day.trail, pos: 8, upTo: 14 });
  });

  it('a forged row at the end does not fit the rows, nor the numbers of its replica', async () => {
    await forge((await lastPlace()) + 1);
    await byHand('update scopes set pos = pos + 1 where id = $1', [day.trail]);
    const findings = kinds(await verify());
    expect(findings).toEqual(['origin-differs', 'row-differs']);
  });

  it('a forged row beyond the last place that was given is named', async () => {
    await forge((await lastPlace()) + 1);
    expect(kinds(await verify())).toContain('scope-places');
  });

  /** A change of the edited patient with everything in order but its coming by an exchange. */
  async function forge(pos: number) {
    await byHand(
      `with model as (
         select * from changes where record_id = $2 and collection = 'patients' order by origin_seq desc limit 1
       ), made as (
         select gen_random_uuid() as id, gen_random_uuid() as salt, (select max(origin_seq) + 1 from changes
           where origin = (select origin from model)) as seq
       ), text as (
         select (body::jsonb || jsonb_build_object('id', made.id, 'originSeq', made.seq, 'fields', '{"village":"W"}'::jsonb,
           'stamp', '1999999999999.0000.' || right(made.id::text, 12)))::text as body from model, made
       )
       insert into changes (id, action_id, origin, origin_seq, scope, pos, collection, record_id, clinic_id, author, kind,
         result, judge, confirmed, received_from, body, salt, hash)
       select made.id, action_id, origin, made.seq, ${TRAIL}, $3, collection, record_id, clinic_id, author, kind,
         'applied', judge, confirmed, received_from, text.body, made.salt,
         sha256(uuid_send(made.salt) || convert_to(text.body, 'UTF8'))
       from model, made, text`,
      [day.trail, day.edited, pos],
    );
  }
});

describe('the rows', () => {
  const row = { kind: 'row-differs', collection: 'patients' };

  it('a value edited by hand is named by its column, never by what it says', async () => {
    await byHand(`update patients set family_name = 'Kowalski' where id = $1`, [day.edited]);
    const findings = await verify();
    expect(findings).toEqual([{ ...row, recordId: day.edited, key: 'familyName' }]);
    expect(sentenceOf(findings[0]!)).not.toContain('Kowalski');
  });

  it('a value written by hand where nothing was ever written is named', async () => {
    await byHand(`update patients set camp = 'C' where id = $1`, [day.edited]);
    expect(await verify()).toEqual([{ ...row, recordId: day.edited, key: 'camp' }]);
  });

  it('an answer inside a keyed column, edited by hand, is named', async () => {
    await byHand(`update patients set attributes = '{"height":99}' where id = $1`, [day.edited]);
    expect(await verify()).toEqual([{ ...row, recordId: day.edited, key: 'attributes' }]);
  });

  it('a deletion undone by hand is named', async () => {
    const undone = await byHand('update visits set deleted_at = null where deleted_at is not null');
    expect(undone.rowCount).toBe(1);
    expect(await verify()).toMatchObject([{ kind: 'row-differs', collection: 'visits', key: 'deletedAt' }]);
  });

  it('stamps edited by hand are named, and the sums of the scope differ', async () => {
    await byHand(`update patients set stamps = replace(stamps, '"village"', '"camp"') where id = $1`, [day.edited]);
    const findings = await verify();
    expect(kinds(findings)).toEqual(['row-differs', 'scope-digest']);
    expect(findings).toContainEqual({ ...row, recordId: day.edited, key: 'village' });
  });

  it('a row removed by hand is named by the change that made it', async () => {
    await byHand('delete from visits where id = $1', [day.visit]);
    const findings = await verify();
    expect(kinds(findings)).toEqual(['feed-orphan', 'row-missing', 'scope-digest']);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'row-missing', collection: 'visits', recordId: day.visit, scope: day.trail }),
    );
  });

  it('a row that no change made is named, unless recovery marked it as witnessed', async () => {
    await byHand(
      `insert into visits (id, stamps, patient_id) values ($1, '{"1700000000000.0000.aaaaaaaaaaaa":["patientId"]}', $2)`,
      ['01900000-0000-7000-8000-000000000001', day.edited],
    );
    expect(kinds(await verify())).toEqual(['row-unknown']);
    await byHand(`insert into witnessed (collection, record_id, device_id)
      values ('visits', '01900000-0000-7000-8000-000000000001', gen_random_uuid())`);
    expect(await verify()).toEqual([]);
  });

  it('at a relay, rows whose changes are in the log of its root only are no difference', async () => {
    await byHand(
      `insert into visits (id, stamps, patient_id) values ($1, '{"1700000000000.0000.aaaaaaaaaaaa":["patientId"]}', $2)`,
      ['01900000-0000-7000-8000-000000000001', day.edited],
    );
    expect(kinds(await verify())).toEqual(['row-unknown']);
    await byHand('update replica set root = false');
    expect(await verify()).toEqual([]);
  });

  it('a number that its column rounds is no difference', async () => {
    const vitals = await byHand('select weight_kg from vitals');
    expect(vitals.rows[0].weight_kg).toBe(60.5);
    await byHand('alter table vitals alter column weight_kg type numeric(10,0)');
    expect((await byHand('select weight_kg from vitals')).rows[0].weight_kg).toBe(61);
    expect(await verify()).toEqual([]);
  });
});

describe('sums and replicas', () => {
  it('a record taken out of a feed by hand shows in count and digest', async () => {
    await byHand(`delete from feed where record_id = $1 and collection = 'visits'`, [day.visit]);
    const scope = `${day.north.clinicId}:desk`;
    expect(await verify()).toEqual([
      { kind: 'scope-count', scope },
      { kind: 'scope-digest', scope },
    ]);
  });

  it('a watermark moved by hand is named by its replica', async () => {
    const [moved, chained] = (await byHand('select replica_id from origins order by received_seq desc limit 2')).rows;
    await byHand('update origins set received_seq = received_seq + 1 where replica_id = $1', [moved.replica_id]);
    await byHand(`update origins set received_chain = repeat('0', 32) where replica_id = $1`, [chained.replica_id]);
    const findings = await verify();
    expect(kinds(findings)).toEqual(['origin-differs']);
    expect(findings.map((one) => one.origin).sort()).toEqual([moved.replica_id, chained.replica_id].sort());
  });

  it('numbers that never came are a gap of their replica', async () => {
    const { id } = await changeAt(6);
    const origin = (await byHand('select origin, origin_seq from changes where id = $1', [id])).rows[0];
    await byHand('delete from changes where id = $1', [id]);
    const findings = await verify();
    expect(findings).toContainEqual({ kind: 'origin-gap', origin: origin.origin, originSeq: origin.origin_seq });
  });

  it('changes of a replica that nobody counts are named', async () => {
    const { origin } = (await byHand('select origin from changes limit 1')).rows[0];
    await byHand('delete from origins where replica_id = $1', [origin]);
    expect(await verify()).toEqual([{ kind: 'origin-differs', origin, originSeq: 1 }]);
  });

  it('a restored phone that numbered again is no difference', async () => {
    const [first, again] = [await changeAt(3), await changeAt(5)];
    const seq = (await byHand('select origin_seq, body from changes where id = $1', [again.id])).rows[0];
    expect(first.id).not.toBe(again.id);
    // The same number, later, under a smaller id: it must not pass for the one that was counted.
    await byHand(
      `insert into changes (id, action_id, origin, origin_seq, scope, pos, collection, record_id, clinic_id, author, kind,
         result, judge, confirmed, received_from, received_at, body, salt, hash)
       select i, action_id, origin, origin_seq, scope, $2, collection, record_id, clinic_id, author, kind, 'refused', judge,
         confirmed, received_from, now() + interval '1 second', b, salt, sha256(uuid_send(salt) || convert_to(b, 'UTF8'))
       from changes, lateral (select '01000000-0000-7000-8000-000000000001'::uuid as i) n,
         lateral (select replace(body, changes.id::text, i::text) as b) t where id = $1`,
      [again.id, (await lastPlace()) + 1],
    );
    await byHand('update scopes set pos = pos + 1 where id = $1', [day.trail]);
    expect(seq.origin_seq).toBeGreaterThan(0);
    expect(await verify()).toEqual([]);
  });
});

describe('the seals', () => {
  it('a signature by another key is named', async () => {
    const found = await byHand(`select s.pos, s.head from seals s where scope = ${TRAIL} order by pos`, [day.trail]);
    const { pos, head } = found.rows[1];
    const forged = newSealKey().sign(sealText(day.trail, pos, head));
    await byHand(`update seals set signature = $3 where scope = ${TRAIL} and pos = $2`, [day.trail, pos, forged]);
    expect(await verify()).toEqual([{ kind: 'seal-forged', scope: day.trail, pos }]);
    expect(kinds(await verify({ key: newSealKey() }))).toEqual(['seal-forged']);
  });

  it('a seal of another scope does not pass', async () => {
    await byHand(
      `update seals t set head = o.head, signature = o.signature from seals o
       where t.scope = ${TRAIL} and t.pos = 7 and o.pos = 7 and o.scope = (select number from scopes where id = 'org')`,
      [day.trail],
    );
    expect(await verify()).toEqual([{ kind: 'seal-forged', scope: day.trail, pos: 7 }]);
  });

  it('without a key nothing can be said of signatures, and that is said', async () => {
    expect(await verify({ key: null })).toEqual([{ kind: 'seal-key-missing' }]);
    await byHand('delete from seals');
    expect(await verify({ key: null })).toEqual([]);
  });

  it('a removed seal is named by whoever remembers it', async () => {
    const remembered = await remember();
    await byHand(`delete from seals where scope = ${TRAIL} and pos = $2`, [day.trail, await lastPlace()]);
    expect(await headFindings(remembered)).toEqual([
      { kind: 'seal-removed', scope: day.trail, pos: await lastPlace() },
    ]);
    expect(kinds(await verify({ remembered }))).toEqual(['seal-removed']);
  });

  it('a log rewritten and sealed anew with the very key is found by a device that remembers its head', async () => {
    const remembered = await remember();
    const { id } = await changeAt(13);
    await byHand('delete from seals');
    await byHand(`update changes set body = replace(body, '0700', '0711') where id = $1`, [id]);
    await byHand(`update changes set hash = sha256(uuid_send(salt) || convert_to(body, 'UTF8')) where id = $1`, [id]);
    await byHand(`update patients set phone = '0711' where id = (select record_id from changes where id = $1)`, [id]);
    await sealLog(pool, key);
    expect(await verify()).toEqual([]);
    expect(await headFindings(remembered)).toEqual([
      { kind: 'head-differs', scope: day.trail, pos: await lastPlace() },
    ]);
  });

  it('a log cut short with its seals is found by a device that remembers more', async () => {
    const remembered = await remember();
    const last = await lastPlace();
    await byHand(`delete from seals where scope = ${TRAIL} and pos > $2`, [day.trail, 7]);
    await byHand(`delete from changes where scope = ${TRAIL} and pos > $2`, [day.trail, 7]);
    expect(await headFindings(remembered)).toEqual([{ kind: 'head-beyond', scope: day.trail, pos: 8, upTo: last }]);
  });

  it('changes that wait too long for a seal are named', async () => {
    const last = await lastPlace();
    await pushMore(pool, day.north);
    expect(await verify()).toEqual([]);
    await byHand(
      `update changes set received_at = received_at - interval '20 minutes' where scope = ${TRAIL} and pos > $2`,
      [day.trail, last],
    );
    expect(await verify()).toEqual([{ kind: 'unsealed-tail', scope: day.trail, pos: last + 1, upTo: last + 2 }]);
  });
});
