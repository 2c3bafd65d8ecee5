import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POST as sync } from '../../app/api/sync/route.ts';
import { database as served } from '../../app/server/database.ts';
import { endExpiredGrants } from '../../app/server/end-expired-grants.ts';
import { asOnlySweeper } from '../../db/postgres/expired-grants.ts';
import { readByIds } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { viewId } from '../../lib/domain/view/view.ts';
import { recordsOf } from '../../lib/replication/apply-reply.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeReplySchema, scopesOfReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { aWriter } from '../scenario/postgres-clinic.ts';
import { answerOf, aServedClinic, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let north: string;
let south: string;
/** Of North, and of South. */
let nora: Phone;
let sami: Phone;

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  const world = await aServedClinic(database);
  north = await world.aClinic('North');
  south = await world.aClinic('South');
  nora = await aPhone(world, north, 'nora');
  sami = await aPhone(world, south, 'sami');
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

/** A phone at the wire: pushes what its user does, and says what each reply brought and took. */
async function aPhone(world: Awaited<ReturnType<typeof aServedClinic>>, clinicId: string, name: string) {
  const userId = await world.aUser(name, clinicId);
  const { deviceId, authorization } = await world.aDevice(clinicId, name);
  const writer = aWriter(userId, clinicId, deviceId);
  let [epoch, cursors]: [string | null, Record<string, number>] = [null, {}];
  async function exchange(edits: Edit[] = [], held: StoredRecord[] = []) {
    const actions = edits.length === 0 ? [] : [writer.author(edits, held)];
    const own = { replicaId: deviceId, clock: Date.now(), origins: {}, actions, epoch, cursors };
    const body = { protocol: 1, schema: SCHEMA_VERSION, ...own, maxBytes: 1_000_000 };
    const answer = await answerOf(sync(post('/api/sync', body, { authorization })));
    expect(answer.status).toBe(200);
    const reply = exchangeReplySchema.parse(answer.body);
    ({ epoch, cursors } = reply);
    return {
      results: reply.outcomes.map(({ result, refusal }) => refusal?.code ?? result),
      came: reply.pages.flatMap((page) => recordsOf(page.tables)).map(({ collection, id }) => `${collection}/${id}`),
      left: reply.pages.flatMap((page) => page.left.map(({ collection, id }) => `${collection}/${id}`)),
      scopes: scopesOfReply(reply),
    };
  }
  return { userId, clinicId, exchange };
}
type Phone = Awaited<ReturnType<typeof aPhone>>;

async function aChartOfSouth() {
  const [patientId, visitId, vitalsId] = [newId(), newId(), newId()];
  const { results } = await sami.exchange([
    ...registration(patientId, south),
    aVisit(visitId, patientId, south),
    someVitals(vitalsId, patientId, south, sami.userId, { weightKg: 61 }),
  ]);
  expect(results).toEqual(['applied']);
  await nora.exchange();
  const chart = [`patients/${patientId}`, `visits/${visitId}`, `vitals/${vitalsId}`];
  return { patientId, chart };
}

function anOpening(patientId: string, hours = 12, fromMs = Date.now()): Edit {
  const times = { from: new Date(fromMs).toISOString(), until: new Date(fromMs + hours * HOUR_MS).toISOString() };
  const who = { patientId, clinicId: north, userId: nora.userId, reason: 'Unconscious' };
  return put('accessGrants', newId(), { ...who, ...times, endedAt: null });
}

async function grantOf(id: string): Promise<StoredRecord> {
  return (await readByIds(database.pool, [{ collection: 'accessGrants', id }]))[0]!;
}

describe('an emergency opening', () => {
  it('brings the chart of another clinic’s patient to the phones of its clinic; ended, it leaves them', async () => {
    const { patientId, chart } = await aChartOfSouth();
    const grant = anOpening(patientId);
    const opened = await nora.exchange([grant]);
    expect(opened.results).toEqual(['applied']);
    const came = [...opened.came, ...(await nora.exchange()).came];
    expect(came).toEqual(expect.arrayContaining([...chart, `accessGrants/${grant.id}`]));

    const end = put('accessGrants', grant.id, { endedAt: new Date().toISOString() });
    const ended = await nora.exchange([end], [await grantOf(grant.id)]);
    expect(ended.results).toEqual(['applied']);
    const left = [...ended.left, ...(await nora.exchange()).left];
    expect(left).toEqual(expect.arrayContaining(chart));
    expect(await recordsIn(north, patientId)).toBe(0);
    expect(await recordsIn(south, patientId)).toBeGreaterThan(0);
  });

  it('takes nothing from a clinic that the patient belongs to', async () => {
    const { patientId, chart } = await aChartOfSouth();
    await sami.exchange();
    const grant = anOpening(patientId);
    await nora.exchange([grant]);
    const end = put('accessGrants', grant.id, { endedAt: new Date().toISOString() });
    await nora.exchange([end], [await grantOf(grant.id)]);
    const { left } = await sami.exchange();
    expect(left.filter((one) => chart.includes(one))).toEqual([]);
  });

  it('is a right: a phone’s forged ones bring nothing', async () => {
    const { patientId, chart } = await aChartOfSouth();
    const forged = anOpening(patientId);
    const others = put('accessGrants', newId(), { ...forged.fields, userId: sami.userId });
    const endless = put('accessGrants', newId(), { ...forged.fields, until: '2099-01-01T00:00:00.000Z' });
    expect((await nora.exchange([others])).results).toEqual(['forbidden']);
    const { results, came } = await nora.exchange([endless]);
    expect(results).toEqual(['invalid']);
    expect(came.filter((one) => chart.includes(one))).toEqual([]);
  });

  /** Records of the patient that stand in a clinic's feed. */
  async function recordsIn(clinicId: string, patientId: string): Promise<number> {
    const found = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from feed f join scopes s on s.number = f.scope
       where s.id in ($1 || ':desk', $1 || ':record') and f.left_stamp is null
         and (f.record_id = $2 or f.record_id in (select id from visits where patient_id = $2
           union all select id from vitals where patient_id = $2))`,
      [clinicId, patientId],
    );
    return found.rows[0]!.n;
  }
});

describe('the sweep', () => {
  it('ends what has expired, at the time it expired, as the server’s own action, and nothing else', async () => {
    const { patientId } = await aChartOfSouth();
    const [short, long] = [anOpening(patientId, 1), anOpening(patientId, 12)];
    await nora.exchange([short, long]);
    const now = Date.now();
    expect(await endExpiredGrants(database.pool, now)).toBe(0);
    expect(await endExpiredGrants(database.pool, now + 2 * HOUR_MS)).toBe(1);
    expect((await grantOf(short.id)).values.endedAt).toBe(short.fields.until);
    expect((await grantOf(long.id)).values.endedAt).toBeNull();
    expect(await endExpiredGrants(database.pool, now + 2 * HOUR_MS)).toBe(0);
    const { rows } = await database.pool.query(
      `select c.result, c.received_from, c.author = r.replica_id as own from changes c, replica r
       where c.record_id = $1 order by c.received_at desc limit 1`,
      [short.id],
    );
    expect(rows).toEqual([{ result: 'applied', received_from: null, own: true }]);
    await endExpiredGrants(database.pool, now + 13 * HOUR_MS);
  });

  it('ends what a phone with a wild clock opened a day after it came, whatever it says', async () => {
    const { patientId } = await aChartOfSouth();
    const ahead = anOpening(patientId, 12, Date.now() + 300 * HOUR_MS);
    await nora.exchange([ahead]);
    const now = Date.now();
    expect(await endExpiredGrants(database.pool, now + 23 * HOUR_MS)).toBe(0);
    expect(await endExpiredGrants(database.pool, now + 25 * HOUR_MS)).toBe(1);
    expect((await grantOf(ahead.id)).values.endedAt).toBe(new Date(now + 25 * HOUR_MS).toISOString());
  });

  it('is the work of one process at a time', async () => {
    const { patientId } = await aChartOfSouth();
    const grant = anOpening(patientId, 1);
    await nora.exchange([grant]);
    const later = Date.now() + 2 * HOUR_MS;
    const inside = await asOnlySweeper(database.pool, () => endExpiredGrants(database.pool, later));
    expect(inside).toBe(0);
    expect(await endExpiredGrants(database.pool, later)).toBe(1);
  });
});

describe('a look at a chart', () => {
  it('is taken from a phone, stands once however many phones tell of it, and never goes to one', async () => {
    const { patientId } = await aChartOfSouth();
    const at = new Date().toISOString();
    const view = { patientId, clinicId: south, userId: sami.userId, screen: 'chart', at, grantId: null };
    const id = viewId(view)!;
    expect((await sami.exchange([put('views', id, view)])).results).toEqual(['applied']);
    expect((await sami.exchange([put('views', id, view)])).results).toEqual(['applied']);
    const { rows } = await database.pool.query('select count(*)::int as n from views where patient_id = $1', [
      patientId,
    ]);
    expect(rows[0].n).toBe(1);
    const after = await sami.exchange();
    expect([...after.came, ...(await nora.exchange()).came].filter((one) => one.startsWith('views/'))).toEqual([]);
    expect(after.scopes.filter((scope) => scope.endsWith(':trail'))).toEqual([]);
  });

  it('in another’s name is refused', async () => {
    const { patientId } = await aChartOfSouth();
    const at = new Date().toISOString();
    const view = { patientId, clinicId: south, userId: nora.userId, screen: 'chart', at, grantId: null };
    expect((await sami.exchange([put('views', viewId(view)!, view)])).results).toEqual(['forbidden']);
  });
});
