import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../db/postgres/replica-identity.ts';
import { put, registration } from '../../scenario/edits.ts';
import { expectExact } from '../../scenario/exact-sums.ts';
import { aHttpPhone, type HttpPhone } from '../../scenario/http-phone.ts';
import { memoryDigests } from '../../scenario/phone-stores.ts';
import { aPushingClinic, type PushingClinic } from '../../scenario/pushing-clinic.ts';

let clinic: PushingClinic;
let clinicId: string;
let phone: HttpPhone;
let colleague: HttpPhone;
beforeAll(async () => {
  clinic = await aPushingClinic();
  const { clinicId: id, userId } = clinic.clinics[0]!;
  clinicId = id;
  phone = aHttpPhone(await clinic.aDevice(), userId, clinicId);
  colleague = aHttpPhone(await clinic.aDevice(), userId, clinicId);
});
afterAll(() => clinic.dispose());

const patient = (id: string) => ({ collection: 'patients', id });
const shown = (who: HttpPhone, id: string) => who.phone.shown(patient(id))?.values;

async function stored(id: string) {
  const { rows } = await clinic.database.pool.query('select phone, village from patients where id = $1', [id]);
  return rows;
}

async function conflictsOf(id: string) {
  const { rows } = await clinic.database.pool.query<{ key: string; kept: string; lost: string }>(
    "select key, kept->>'value' as kept, lost->>'value' as lost from conflicts where record_id = $1 and status = 'open'",
    [id],
  );
  return rows;
}

/** Each change of these actions stands in the log once; both phones hold what the server says they do. */
async function expectOnce(...actionIds: string[]) {
  const { rows } = await clinic.database.pool.query<{ action_id: string; numbers: number; changes: number }>(
    `select action_id, count(distinct origin_seq)::int as numbers, count(*)::int as changes
     from changes where action_id = any($1) group by 1`,
    [actionIds],
  );
  expect(rows.map((row) => row.action_id).sort()).toEqual([...actionIds].sort());
  expect(rows.filter((row) => row.numbers !== row.changes)).toEqual([]);
  await expectExact(clinic.database.pool);
  for (const one of [phone, colleague]) {
    await one.sync();
    const own = memoryDigests(one.phone, one.phone.state.reading.scopes);
    let told: unknown;
    await one.exchange(async (request) => {
      const reply = await one.line(request);
      told = (reply as { digests: unknown }).digests;
      return reply;
    });
    expect(own).toEqual(told);
  }
}

it('a lost reply, then an edit of the same record, then the batch again: both stand once, and nothing conflicts', async () => {
  const id = newId();
  const first = phone.save(registration(id, clinicId, { phone: '1' }));
  await phone.loseTheReply();
  const second = phone.save([put('patients', id, { phone: '2' })]);
  await phone.exchange();
  expect([first, second].map((one) => phone.entry(one)?.state)).toEqual(['confirmed', 'confirmed']);
  expect(await stored(id)).toEqual([{ phone: '2', village: null }]);
  expect(shown(phone, id)).toMatchObject({ phone: '2' });
  expect(await conflictsOf(id)).toEqual([]);
  await expectOnce(first, second);
});

it('reply after reply lost between edits: the last one stands, and every edit is there once', async () => {
  const id = newId();
  const saved = [phone.save(registration(id, clinicId, { phone: '0' }))];
  for (let round = 1; round <= 6; round++) {
    await phone.loseTheReply();
    saved.push(phone.save([put('patients', id, round % 2 === 0 ? { phone: `${round}` } : { village: `${round}` })]));
  }
  await phone.loseTheReply();
  await phone.exchange();
  expect(saved.map((one) => phone.entry(one)?.state)).toEqual(saved.map(() => 'confirmed'));
  expect(await stored(id)).toEqual([{ phone: '6', village: '5' }]);
  expect(await conflictsOf(id)).toEqual([]);
  await expectOnce(...saved);
});

it('a colleague who saw what arrived corrects it meanwhile: the unknowing edit is noted once, whoever wins', async () => {
  const id = newId();
  const first = phone.save(registration(id, clinicId, { phone: '1' }));
  await phone.loseTheReply();
  await colleague.sync();
  const theirs = colleague.save([put('patients', id, { phone: 'theirs' })]);
  await colleague.exchange();
  const own = phone.save([put('patients', id, { phone: 'own' })]);
  await phone.loseTheReply();
  await phone.loseTheReply();
  await phone.sync();
  await colleague.sync();
  expect(await conflictsOf(id)).toEqual([{ key: 'phone', kept: 'own', lost: 'theirs' }]);
  expect([shown(phone, id)?.phone, shown(colleague, id)?.phone]).toEqual(['own', 'own']);
  await expectOnce(first, theirs, own);
});

it('the lost reply was a refusal: the edit of what was never made is refused as well, and both keep their content', async () => {
  const id = newId();
  const first = phone.save(registration(id, clinicId, { sex: 'unsure' }));
  await phone.loseTheReply();
  const second = phone.save([put('patients', id, { phone: '2' })]);
  await phone.exchange();
  const [one, two] = [first, second].map((action) => phone.entry(action));
  expect([one?.state, two?.state]).toEqual(['refused', 'refused']);
  expect(one?.action.changes[0]?.fields).toMatchObject({ sex: 'unsure' });
  expect(two?.action.changes[0]?.fields).toEqual({ phone: '2' });
  expect(shown(phone, id)).toBeUndefined();
  expect(await stored(id)).toEqual([]);
  await expectOnce(first, second);
});
