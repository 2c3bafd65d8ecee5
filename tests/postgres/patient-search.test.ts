import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { listPatientIds } from '../../db/postgres/list-patients.ts';
import { fillPatientSearch } from '../../db/postgres/patient-search.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { searchPatients } from '../../db/postgres/search-patients.ts';
import type { Json } from '../../lib/replication/json.ts';
import { searchText } from '../../lib/search/search-text.ts';
import { put, registration } from '../scenario/edits.ts';
import { aPatientList } from '../scenario/generate-patients.ts';
import { summaryOf } from '../scenario/patient-summaries.ts';
import { aPostgresClinic } from '../scenario/postgres-clinic.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let founder: string;
let north: string;
let south: string;

beforeAll(async () => {
  database = await aDatabase();
  const world = await aPostgresClinic(database.pool, 2);
  founder = world.founder;
  [north, south] = world.clinics.map(({ clinicId }) => clinicId) as [string, string];
});
afterAll(() => database.drop());

async function register(fields: Record<string, Json>, clinicId = north): Promise<string> {
  const id = newId();
  const edits = registration(id, clinicId, { familyName: null, ...fields });
  const outcome = await authorEdits(database.pool, {
    author: { userId: founder, clinicId },
    needs: [],
    decide: () => edits,
  });
  expect(outcome?.result).toBe('applied');
  return id;
}

const find = async (query: string, more: { clinicIds?: string[]; limit?: number } = {}) =>
  (await searchPatients(database.pool, { query, clinicIds: null, after: null, limit: 50, ...more })).ids;

describe('a patient is found', () => {
  it('by the beginning of any of his names, in any order, and by every word of the query', async () => {
    const id = await register({ givenName: 'Zeynep', familyName: 'Karaduman', otherNames: 'Elif' });
    for (const query of ['z', 'zey', 'karad zeyn', 'ELIF kara', ' Zeynep  Karaduman ']) {
      expect(await find(query), query).toContain(id);
    }
    expect(await find('zeynep haddad')).not.toContain(id);
  });

  it('in Arabic without its marks, and across scripts by its sound', async () => {
    const id = await register({ givenName: 'مُحَمَّد', familyName: 'الحسيني' });
    for (const query of ['محمد', 'محمد الحسيني', 'حسيني', 'Mohammed', 'muhamad']) {
      expect(await find(query), query).toContain(id);
    }
  });

  it('by any three digits of a number, however they are grouped, and by his code', async () => {
    const id = await register({ givenName: 'Nadia', phone: '+961 70 123 987', governmentId: 'AB-55 1199' });
    for (const query of ['70123987', '70 123 987', '3987', '٣٩٨٧', 'ab551199', '1199']) {
      expect(await find(query), query).toContain(id);
    }
    const code = await database.pool.query(
      "select split_part(text, ' ', 1), text from patient_search where patient_id = $1",
      [id],
    );
    const digits = /\b\d{10}\b/.exec(code.rows[0].text)?.[0] ?? '';
    expect(await find(digits)).toContain(id);
  });

  it('by village and guardian', async () => {
    const guardian = { guardianName: 'Um Khalil', guardianPhone: null, guardianRelation: 'mother' };
    const id = await register({ givenName: 'Rima', village: 'Deir Hafer', guardian });
    expect(await find('rima deir')).toEqual([id]);
    expect(await find('khalil rima')).toEqual([id]);
  });

  it('with a typo when another word is right, and when the one word is nearly right', async () => {
    const id = await register({ givenName: 'Ibtissam', familyName: 'Qabbani' });
    expect(await find('Ibtisxam Qabbani')).toContain(id);
    expect(await find('Ibtissam Qabbnai')).toContain(id);
    expect(await find('ibtixsam')).toContain(id);
  });

  it('by what he is called now, not by what he was called', async () => {
    const id = await register({ givenName: 'Wrongname' });
    await authorEdits(database.pool, {
      author: { userId: founder, clinicId: north },
      needs: [{ collection: 'patients', id }],
      decide: () => [put('patients', id, { givenName: 'Rightname' })],
    });
    expect(await find('wrongname')).not.toContain(id);
    expect(await find('rightname')).toContain(id);
  });

  it('never once he is deleted', async () => {
    const id = await register({ givenName: 'Vanishing' });
    await authorEdits(database.pool, {
      author: { userId: founder, clinicId: north },
      needs: [{ collection: 'patients', id }],
      decide: () => [{ collection: 'patients', id, kind: 'delete', fields: {}, reason: 'twice' }],
    });
    expect(await find('vanishing')).toEqual([]);
  });

  it('only in the clinics asked for', async () => {
    const id = await register({ givenName: 'Southern' }, south);
    expect(await find('southern', { clinicIds: [south] })).toEqual([id]);
    expect(await find('southern', { clinicIds: [north] })).toEqual([]);
    expect(await find('suothern', { clinicIds: [north] })).toEqual([]);
  });
});

describe('a query', () => {
  it.each(['', '   ', '%', '_', "'", '\0', '~', '\\', '💉'])('of %j finds nobody and breaks nothing', async (query) => {
    expect(await find(query)).toEqual([]);
  });

  it('of any length is answered', async () => {
    expect(await find('x'.repeat(5000))).toEqual([]);
    expect(await find('a b c d e f g h i j k l m n o p '.repeat(50))).toEqual([]);
  });
});

describe('many patients', () => {
  const COUNT = 4000;

  beforeAll(async () => {
    const made = aPatientList(5, COUNT);
    const ids = made.map(() => newId());
    const rows = made.map((one, index) => ({
      patient_id: ids[index],
      text: searchText({ ...summaryOf(one), id: ids[index]! }),
    }));
    await database.pool.query(
      `insert into patients (id, stamps, given_name, clinic_id)
       select patient_id, '{}', 'x', $2 from json_to_recordset($1::json) x(patient_id uuid)`,
      [JSON.stringify(rows), north],
    );
    await database.pool.query(
      `insert into patient_search (patient_id, format, text) select patient_id, 1, text
       from json_to_recordset($1::json) x(patient_id uuid, text text)`,
      [JSON.stringify(rows)],
    );
    await database.pool.query(
      `insert into patient_clinics (id, stamps, patient_id, clinic_id)
       select gen_random_uuid(), '{}', patient_id, $2 from json_to_recordset($1::json) x(patient_id uuid)`,
      [JSON.stringify(rows), north],
    );
    await database.pool.query('analyze');
  });

  it('are paged without a gap or a repeat, in search and in the list', async () => {
    const whole = await searchPatients(database.pool, { query: 'a', clinicIds: [north], after: null, limit: 2000 });
    expect(whole.ids.length).toBeGreaterThan(150);
    const paged: string[] = [];
    let after: Awaited<ReturnType<typeof searchPatients>>['next'] = null;
    do {
      const page = await searchPatients(database.pool, { query: 'a', clinicIds: [north], after, limit: 70 });
      paged.push(...page.ids);
      after = page.next;
    } while (after !== null);
    expect(paged).toEqual(whole.ids);

    for (const clinicIds of [null, [north], [north, south]]) {
      const seen: string[] = [];
      let from: string | null = null;
      do {
        const page: { ids: string[]; next: string | null } = await listPatientIds(database.pool, {
          clinicIds,
          after: from,
          limit: 333,
        });
        seen.push(...page.ids);
        from = page.next;
      } while (from !== null);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThanOrEqual(COUNT);
      expect([...seen].sort().reverse()).toEqual(seen);
    }
  });

  it('are searched by index: no statement of a search reads a table from end to end', async () => {
    const plans: string[] = [];
    const explaining = explainedPool(plans);
    for (const query of ['fat kh', 'm', '398', 'xqfatima khalil', 'zzqqyy']) {
      await searchPatients(explaining, { query, clinicIds: [north], after: null, limit: 50 });
    }
    expect(plans.length).toBeGreaterThan(6);
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan/);
  });
});

/** The pool, writing down the plan of every statement that reads. */
function explainedPool(plans: string[]): pg.Pool {
  const connect = async () => {
    const client = await database.pool.connect();
    const query = async (text: string, values: unknown[]) => {
      if (/^(with|select)/.test(text)) {
        const plan = await client.query(`explain ${text}`, values);
        plans.push(plan.rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'));
      }
      return client.query(text, values);
    };
    return { query, release: (fault?: Error) => client.release(fault) };
  };
  return { connect } as unknown as pg.Pool;
}

it('patients that an older program left without a row are found once it was filled', async () => {
  const id = await register({ givenName: 'Forgotten' });
  await database.pool.query('delete from patient_search where patient_id = $1', [id]);
  await database.pool.query(
    "update patient_search set format = 0, text = ' x ' where patient_id in (select patient_id from patient_search limit 3)",
  );
  expect(await find('forgotten')).toEqual([]);
  expect(await fillPatientSearch(database.pool)).toBe(4);
  expect(await find('forgotten')).toEqual([id]);
  expect(await fillPatientSearch(database.pool)).toBe(0);
});
