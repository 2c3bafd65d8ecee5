import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../db/postgres/replica-identity.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import { put, registration } from '../../scenario/edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { aHttpPhone, type HttpPhone } from '../../scenario/http-phone.ts';
import { aPushingClinic, type PushingClinic } from '../../scenario/pushing-clinic.ts';
import { aRandom } from '../../scenario/random.ts';

const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);
const random = aRandom(SEED);
let clinic: PushingClinic;
let clinicId: string;
let phone: HttpPhone;
beforeAll(async () => {
  clinic = await aPushingClinic(['North', 'South']);
  const { clinicId: id, userId } = clinic.clinics[0]!;
  clinicId = id;
  phone = aHttpPhone(await clinic.aDevice(), userId, clinicId);
  await clinic.database.pool.query(
    `alter table patients add constraint patients_village_check9 check (village <> 'Nowhere')`,
  );
});
afterAll(() => clinic.dispose());

interface Bad {
  readonly edits: (id: string) => Edit[];
  readonly code: string;
  readonly key: string | null;
}

const registered = (fields: Record<string, never | string | object>): Bad['edits'] => {
  return (id) => registration(id, clinicId, fields as Record<string, string>);
};
const broken = (key: string, value: string): Bad => ({ edits: registered({ [key]: value }), code: 'invalid', key });
const WAYS: Readonly<Record<string, Bad>> = {
  'the judge refuses a value': { edits: registered({ sex: 'unsure' }), code: 'invalid', key: 'sex' },
  'the judge refuses a day that does not exist': {
    edits: registered({ birth: { birthDate: '2023-02-30', birthDateEstimated: false } }),
    code: 'invalid',
    key: 'birth',
  },
  'the judge refuses the clinic': {
    edits: (id) => registration(id, clinic.clinics[1]!.clinicId),
    code: 'not-in-your-clinic',
    key: null,
  },
  'the judge refuses an edit of what is not there': {
    edits: (id) => [put('patients', id, { phone: '1' })],
    code: 'invalid',
    key: 'clinicId',
  },
  "PostgreSQL's CHECK refuses a value": { edits: registered({ village: 'Nowhere' }), code: 'invalid', key: 'village' },
  // PostgreSQL would refuse these two inside JSON without saying where.
  'a NUL character': broken('attributes.note', 'a \0 b'),
  'half a letter': broken('attributes.note', 'a \ud83d b'),
  'too large': { edits: registered({ 'attributes.note': 'x'.repeat(70_000) }), code: 'too-large', key: null },
};

/** A hundred actions, the bad ones at drawn places. */
function saveAHundred(bad: readonly Bad[]) {
  const places = new Map<number, Bad>();
  for (const one of bad) {
    let place = random.below(100);
    while (places.has(place)) place = random.below(100);
    places.set(place, one);
  }
  return Array.from({ length: 100 }, (_, place) => {
    const way = places.get(place);
    const id = newId();
    const edits = way === undefined ? registration(id, clinicId, { phone: `${place}` }) : way.edits(id);
    return { id, way, edits, actionId: phone.save(edits) };
  });
}

async function expectOnlyTheBadRefused(saved: ReturnType<typeof saveAHundred>) {
  const outcome = ({ actionId }: { actionId: string }) => phone.entry(actionId)!;
  const good = saved.filter((one) => one.way === undefined);
  expect(good.filter((one) => outcome(one).state !== 'confirmed')).toEqual([]);
  for (const one of saved) {
    if (one.way === undefined) continue;
    const { state, refusal, action } = outcome(one);
    const { code, key } = one.way;
    expect({ state, code: refusal?.code, key: refusal?.key }).toEqual({ state: 'refused', code, key });
    // On the phone and in the log: a person can still read what was refused.
    expect(action.changes[0]?.fields).toEqual(one.edits[0]?.fields);
    const log = await clinic.database.pool.query<{ body: string }>(
      "select body from changes where action_id = $1 and result = 'refused' order by origin_seq",
      [one.actionId],
    );
    expect(log.rows.map(({ body }) => JSON.parse(body).fields)).toEqual(one.edits.map((edit) => edit.fields));
  }
  const rows = await clinic.database.pool.query('select id from patients where id = any($1)', [
    saved.map((one) => one.id),
  ]);
  expect(rows.rows.map((row) => row.id).sort()).toEqual(good.map((one) => one.id).sort());
}

it.each(Object.entries(WAYS))(`one bad record among a hundred: %s (seed ${SEED})`, async (_, way) => {
  const saved = saveAHundred([way]);
  const { sent } = await phone.exchange();
  expect(sent).toBe(100);
  await expectOnlyTheBadRefused(saved);
});

it('every kind of bad record in one hundred, sent again after the reply was lost', async () => {
  const saved = saveAHundred(Object.values(WAYS));
  await phone.loseTheReply();
  await phone.sync();
  await expectOnlyTheBadRefused(saved);
  const { log } = await expectExact(clinic.database.pool);
  const bad = Object.keys(WAYS).length;
  expect(new Set(log.filter((row) => row.result === 'refused').map((row) => row.id)).size).toBeGreaterThan(2 * bad);
  console.log(`bad records ${2 * bad}, good ones beside them ${(bad + 1) * 100 - 2 * bad}`);
});
