import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeCredentials } from '../../app/server/place-credentials.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { witness } from '../../app/server/witness.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { postgresRelay } from '../../db/postgres/relay-store.ts';
import { newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { endRecovery } from '../../db/postgres/restored.ts';
import type { Finding } from '../../db/postgres/seals/finding.ts';
import { verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { becomeRelay } from '../../db/postgres/upstream.ts';
import { ROLE_TEMPLATES } from '../../lib/access/actor.ts';
import { collectionNamed, SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { resolveConflict } from '../../lib/domain/conflict/resolve-conflict.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { viewId } from '../../lib/domain/view/view.ts';
import { exchangeUntilQuiet, type Transport } from '../../lib/replication/exchange.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { tablesOf } from '../../lib/replication/read-pages.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { makeStamp } from '../../lib/replication/stamp.ts';
import { drawEdits } from '../scenario/clinic-edits.ts';
import { aVisit, membership, put, registration } from '../scenario/edits.ts';
import { aPostgresClinic, aWriter } from '../scenario/postgres-clinic.ts';
import { aRandom } from '../scenario/random.ts';
import {
  aRelayPairWithPhone,
  expectEqualFor,
  lineInto,
  type PairPhone,
  type RelayPair,
  scopeAt,
} from '../scenario/relay-pair.ts';
import { aCopyOf, aDatabase } from '../scenario/test-database.ts';

const STORY = 60;
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000);

let pair: RelayPair;
let phone: PairPhone;
let north: string;
let south: string;
beforeAll(async () => {
  ({ pair, phone, north, south } = await aRelayPairWithPhone());
});
afterAll(async () => {
  expect([...pair.refusedRows, ...pair.replacedRows]).toEqual([]);
  await pair.dispose();
});

function mayEdit(may: boolean): Promise<void> {
  const rights = { 'flags.register-patients': may, 'flags.edit-records': may };
  return pair.editAtRoot([put('permissions', deterministicId('permissions', phone.userId, north), rights)]);
}

const equal = (clinicIds = [north]) => expectEqualFor(pair.root.database, pair.hub.database, clinicIds);

async function logged(at: 'root' | 'hub', actionId: string) {
  const { rows } = await pair[at].database.pool.query(
    'select id, result, refusal, confirmed, revised, body, origin_seq from changes where action_id = $1 order by number',
    [actionId],
  );
  return rows;
}

async function deviceOf({ deviceId }: PairPhone): Promise<StoredRecord> {
  return (await readRecords(pair.root.database.pool, 'devices', 'where id = $1', [deviceId]))[0]!;
}

/** A patient whom both know. */
async function aPatient(): Promise<string> {
  const id = newId();
  phone.save(registration(id, north));
  await phone.syncWith(pair.hub);
  await pair.relay();
  return id;
}

describe('a relay on PostgreSQL', () => {
  it('holds from its first exchanges what its clinics are, and nothing of others', async () => {
    await pair.editAtRoot(registration(newId(), south));
    await pair.editAtRoot(registration(newId(), north));
    await pair.relay();
    expect(await equal()).toBeGreaterThan(5);
    expect(Object.keys(await scopeAt(pair.hub.database, `${north}:desk`)).length).toBe(2);
    expect(Object.keys(await scopeAt(pair.hub.database, `${south}:desk`))).toEqual([]);
    expect(await readRecords(pair.hub.database.pool, 'patients', 'where clinic_id = $1', [south])).toEqual([]);
  });

  it('judges once, hands on unchanged, and passes the confirmation down to the phone', async () => {
    const id = newId();
    const made = phone.save([...registration(id, north), aVisit(newId(), id, north)]);
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('received');
    await pair.relay();
    const [atRoot, atHub] = [await logged('root', made), await logged('hub', made)];
    expect(atRoot.map((row) => row.body)).toEqual(atHub.map((row) => row.body));
    expect(atRoot.map((row) => row.result)).toEqual(['applied', 'applied', 'applied']);
    expect(atHub.every((row) => row.confirmed && !row.revised)).toBe(true);
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('confirmed');
    await phone.syncWith(pair.root);
    expect(await logged('root', made)).toHaveLength(3);
    await equal();
  });

  it('hands on a refusal in full', async () => {
    const id = await aPatient();
    const made = phone.save([put('patients', id, { sex: 'nonsense' })]);
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('refused');
    expect(phone.entry(made)?.confirmedAtMs).toBeNull();
    await pair.relay();
    const [row] = await logged('root', made);
    expect(row).toMatchObject({ result: 'refused', confirmed: true, refusal: { key: 'sex', code: 'invalid' } });
    expect(JSON.parse(row.body).fields).toEqual({ sex: 'nonsense' });
    await equal();
  });

  it('passes on unjudged an edit of what has not come down to it, and the outcome comes back', async () => {
    const id = newId();
    phone.save(registration(id, north));
    await phone.syncWith(pair.root);
    const [good, bad] = [{ village: 'Kfar' }, { sex: 'nonsense' }].map((fields) =>
      phone.save([put('patients', id, fields)]),
    ) as [string, string];
    await phone.syncWith(pair.hub);
    expect([good, bad].map(phone.state)).toEqual(['received', 'received']);
    expect((await logged('hub', good))[0]).toMatchObject({ result: 'held', confirmed: false });
    await pair.relay();
    expect((await logged('hub', good))[0]).toMatchObject({ result: 'applied', confirmed: true, revised: true });
    await phone.syncWith(pair.hub);
    expect([good, bad].map(phone.state)).toEqual(['confirmed', 'refused']);
    await equal();
  });

  it('tells a phone what became of all that it passed on unjudged, however much that is', async () => {
    const [other, id] = [await pair.aPhone(), newId()];
    await pair.relay();
    other.save(registration(id, north));
    await other.syncWith(pair.root);
    const made = Array.from({ length: 210 }, (_, n) => other.save([put('patients', id, { phone: String(n) })]));
    await other.syncWith(pair.hub);
    expect(await logged('hub', made[0]!)).toMatchObject([{ result: 'held' }]);
    await pair.relay();
    const waiting = () => made.filter((actionId) => other.state(actionId) !== 'confirmed');
    for (let asked = 0; waiting().length > 0 && asked < 40; asked++) await other.syncWith(pair.hub);
    expect(waiting()).toEqual([]);
    await equal();
  });

  it('tells a phone that its root has what neither can judge', async () => {
    const made = phone.save([put('patients', newId(), { phone: '1' })]);
    const toHub = phone.lineTo(pair.hub);
    const asOfANewerVersion: Transport = (request) => {
      const unknown = { collection: 'spaceships', schema: 99 };
      const actions = request.actions.map(({ id, changes }) => ({
        id,
        changes: changes.map((one) => ({ ...one, ...unknown })),
      }));
      return toHub({ ...request, actions });
    };
    await exchangeUntilQuiet(phone.phone, asOfANewerVersion, Date.now);
    await pair.relay();
    expect(await logged('root', made)).toMatchObject([{ result: 'held', confirmed: true }]);
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('confirmed');
  });

  it('loses nothing when a reply is lost, and hands on nothing twice', async () => {
    const id = await aPatient();
    const made = phone.save([put('patients', id, { phone: '1' })]);
    await phone.syncWith(pair.hub);
    const line = losingReplies();
    await expect(pair.relay(line)).rejects.toThrow('cut');
    expect(await logged('root', made)).toHaveLength(1);
    expect((await logged('hub', made))[0].confirmed).toBe(false);
    await pair.relay();
    expect(await logged('root', made)).toHaveLength(1);
    expect((await logged('hub', made))[0].confirmed).toBe(true);
    await equal();
  });

  it.each([
    ['kept', 'Zahle'],
    ['lost', null],
  ] as const)(
    'applies what its hub applied though the root would refuse it, and opens a review: %s',
    async (keep, village) => {
      const id = await aPatient();
      await mayEdit(false);
      const made = phone.save([put('patients', id, { village: 'Zahle' })]);
      await phone.syncWith(pair.hub);
      expect(phone.state(made)).toBe('received');
      await pair.relay();
      expect((await logged('root', made))[0]).toMatchObject({ result: 'applied' });
      const reviews = () => readRecords(pair.root.database.pool, 'conflicts', 'where record_id = $1', [id]);
      const [review] = await reviews();
      expect(review?.values).toMatchObject({ kind: 'review', status: 'open' });
      await pair.relay();
      await equal();
      await mayEdit(true);
      await pair.relay();
      const input = { conflictId: review!.id, collection: 'patients', recordId: id, decision: { keep }, reason: null };
      const by = { userId: pair.clinic.founder, clinicId: north };
      expect(await runCommand(pair.root.database.pool, resolveConflict, input, by)).toEqual({ ok: true });
      expect((await reviews()).map(({ values }) => [values.status, values.resolution])).toEqual([['resolved', keep]]);
      await pair.relay();
      await equal();
      await phone.syncWith(pair.hub);
      for (const { database } of [pair.root, pair.hub])
        expect((await readRecords(database.pool, 'patients', 'where id = $1', [id]))[0]?.values.village ?? null).toBe(
          village,
        );
      expect(phone.phone.shown({ collection: 'patients', id })?.values.village ?? null).toBe(village);
    },
  );

  it('applies to a record it holds what its hub applied, though it refused it when the phone brought it first', async () => {
    const id = await aPatient();
    await mayEdit(false);
    const made = phone.save([put('patients', id, { village: 'Zahle' })]);
    await phone.syncWith(pair.hub);
    await phone.syncWith(pair.root);
    expect(phone.state(made)).toBe('refused');
    await pair.relay();
    expect((await logged('root', made))[0]).toMatchObject({ result: 'applied', revised: true });
    const [patient] = await readRecords(pair.root.database.pool, 'patients', 'where id = $1', [id]);
    expect(patient?.values).toMatchObject({ givenName: 'Amina', village: 'Zahle' });
    await mayEdit(true);
    await pair.relay();
    await phone.syncWith(pair.root);
    expect(phone.state(made)).toBe('confirmed');
    await equal();
  });

  it('applies such work also when some of it was erased meanwhile and nothing of that is in the log', async () => {
    const [id, erased] = [await aPatient(), await aPatient()];
    await mayEdit(false);
    const made = phone.save([put('patients', id, { village: 'Zahle' }), put('patients', erased, { village: 'Kfar' })]);
    await phone.syncWith(pair.hub);
    await phone.syncWith(pair.root);
    expect(phone.state(made)).toBe('refused');
    await pair.editAtRoot([{ collection: 'patients', id: erased, kind: 'erase', fields: {}, reason: null }]);
    await pair.relay();
    expect((await logged('root', made))[0]).toMatchObject({ result: 'applied', revised: true });
    const [patient] = await readRecords(pair.root.database.pool, 'patients', 'where id = $1', [id]);
    expect(patient?.values).toMatchObject({ givenName: 'Amina', village: 'Zahle' });
    await mayEdit(true);
    await pair.relay();
    await phone.syncWith(pair.root);
    await equal();
  });

  it('takes nothing of another clinic: its work waits on the phone, and the root refuses it from a hub', async () => {
    const stranger = await pair.aPhone(1);
    await pair.editAtRoot(
      [put('devices', stranger.deviceId, { clinicIds: [north, south] })],
      [await deviceOf(stranger)],
    );
    await pair.relay();
    await stranger.syncWith(pair.root);
    const id = newId();
    const made = stranger.save(registration(id, south));
    await stranger.syncWith(pair.hub);
    expect(stranger.state(made)).toBe('pending');
    expect(await logged('hub', made)).toEqual([]);
    const action = stranger.entry(made)!.action;
    const reply = (await pair.lineOfHub()({
      ...{ protocol: 1, schema: 1, replicaId: pair.hubKey.deviceId, clock: Date.now(), origins: {}, actions: [action] },
      ...{ judged: [{ actionId: action.id, result: 'applied', refusal: null }], epoch: null, cursors: {} },
      maxBytes: 32_768,
    })) as { outcomes: Outcome[] };
    expect(reply.outcomes.map((one) => one.refusal?.code)).toEqual(['not-in-your-clinic']);
    expect(await readRecords(pair.root.database.pool, 'patients', 'where id = $1', [id])).toEqual([]);
    await equal();
  });

  it('lets go of a patient who went to a clinic of others, once the root has what was made of him', async () => {
    const id = await aPatient();
    await phone.syncWith(pair.hub);
    const made = phone.save([aVisit(newId(), id, north)]);
    await phone.syncWith(pair.hub);
    await pair.editAtRoot([membership(id, south)]);
    const [old] = await readRecords(
      pair.root.database.pool,
      'patientClinics',
      'where patient_id = $1 and clinic_id = $2',
      [id, north],
    );
    await pair.editAtRoot([membership(id, north, '2026-11-21T09:00:00.000Z')], [old!]);
    await pair.relay();
    expect((await logged('root', made))[0]).toMatchObject({ result: 'applied' });
    for (const [name, key] of [
      ['patients', 'id'],
      ['visits', 'patient_id'],
      ['patientClinics', 'patient_id'],
    ] as const)
      expect(await readRecords(pair.hub.database.pool, name, `where ${key} = $1`, [id]), name).toEqual([]);
    await equal();
    await phone.syncWith(pair.hub);
    expect(phone.phone.shown({ collection: 'patients', id })).toBeUndefined();
  });

  it('fills scopes that it is given, and empties those that are taken away', async () => {
    const both = await aPatient();
    await pair.editAtRoot([membership(both, south)]);
    // A patient of the one clinic, looked at in the other.
    const at = { clinicId: south, userId: pair.clinic.founder, at: '2026-11-21T08:00:00.000Z' };
    const look = { patientId: await aPatient(), ...at, screen: 'chart', grantId: null };
    await pair.editAtRoot([put('views', viewId(look)!, look)]);
    await pair.relay();
    const [hub] = await readRecords(pair.root.database.pool, 'devices', 'where id = $1', [pair.hubKey.deviceId]);
    const clinicsOf = (clinicIds: string[]) => pair.editAtRoot([put('devices', hub!.id, { clinicIds })], [hub!]);
    await clinicsOf([north, south]);
    await pair.relay();
    await equal([north, south]);
    expect(Object.keys(await scopeAt(pair.hub.database, `${south}:trail`))).toEqual([`views/${viewId(look)}`]);
    const { rows: before } = await pair.hub.database.pool.query('select id, seq from scopes');
    await clinicsOf([south]);
    await pair.relay();
    await equal([south]);
    expect(await scopeAt(pair.hub.database, `${north}:desk`)).toEqual({});
    const others = await readRecords(
      pair.hub.database.pool,
      'patients',
      `where not exists (select from patient_clinics m where m.patient_id = patients.id and m.clinic_id = $1)`,
      [south],
    );
    expect(others).toEqual([]);
    await clinicsOf([north]);
    await pair.relay();
    await equal([north]);
    const { rows: after } = await pair.hub.database.pool.query('select id, seq from scopes');
    for (const { id, seq } of before) expect(after.find((row) => row.id === id).seq).toBeGreaterThanOrEqual(seq);
  });

  it('holds how the users and devices of its clinics sign in, and nobody else', async () => {
    const signIns = async () => {
      const { pool } = pair.hub.database;
      const users = await pool.query<{ username: string }>('select username from credentials order by 1');
      const phones = await pool.query<{ id: string }>('select id from devices where kind = $1', ['phone']);
      return { users: users.rows.map(({ username }) => username), phones: phones.rows.map(({ id }) => id) };
    };
    const [roamer, stranger] = [await pair.aPhone(1), await pair.aPhone(1)];
    const userId = stranger.userId;
    const id = deterministicId('permissions', userId, north);
    const may = async (registers: boolean) => {
      const [held] = await readRecords(pair.root.database.pool, 'permissions', 'where id = $1', [id]);
      const rights = { userId, clinicId: north, 'flags.register-patients': registers };
      await pair.editAtRoot([put('permissions', id, rights)], held === undefined ? [] : [held]);
    };
    const moves = async (clinicIds: string[]) =>
      pair.editAtRoot([put('devices', roamer.deviceId, { clinicIds })], [await deviceOf(roamer)]);

    await placeCredentials(pair.root.database.pool);
    await pair.relay();
    expect((await signIns()).users).toEqual(['north']);
    expect((await signIns()).phones).not.toContain(roamer.deviceId);

    await may(true);
    await moves([north, south]);
    expect(await placeCredentials(pair.root.database.pool)).toBe(1);
    expect(await placeCredentials(pair.root.database.pool)).toBe(0);
    await pair.relay();
    expect((await signIns()).users).toEqual(['north', 'south']);
    expect((await signIns()).phones).toContain(roamer.deviceId);
    expect((await signIns()).phones).not.toContain(stranger.deviceId);

    await may(false);
    await moves([south]);
    await placeCredentials(pair.root.database.pool);
    await pair.relay();
    expect((await signIns()).users).toEqual(['north']);
    expect((await signIns()).phones).not.toContain(roamer.deviceId);
    await equal();
  });

  it('tells phones of what it does not carry that it is elsewhere', async () => {
    const reply = (await phone.lineTo(pair.hub)({
      ...{ protocol: 1, schema: 1, replicaId: phone.deviceId, clock: Date.now(), origins: {}, actions: [] },
      ...{ epoch: null, cursors: {}, maxBytes: 32_768 },
    })) as { cursors: object; elsewhere?: string[]; grants: number };
    expect(Object.keys(reply.cursors)).toContain(`${north}:desk`);
    expect(reply.elsewhere).toBeUndefined();
    const atRoot = (await phone.lineTo(pair.root)({
      ...{ protocol: 1, schema: 1, replicaId: phone.deviceId, clock: Date.now(), origins: {}, actions: [] },
      ...{ epoch: null, cursors: {}, maxBytes: 32_768 },
    })) as { grants: number };
    expect(reply.grants).toBe(atRoot.grants);
  });

  it('a hub that is replaced lacks what it had not handed on: the phone offers it again', async () => {
    const id = await aPatient();
    await phone.syncWith(pair.hub);
    const made = phone.save([put('patients', id, { camp: 'lost with the hub' })]);
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('received');
    await pair.replaceHub();
    await pair.relay();
    await phone.syncWith(pair.hub);
    await pair.relay();
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('confirmed');
    expect((await logged('root', made))[0]).toMatchObject({ result: 'applied' });
    await equal();
  });

  it(`both end equal whatever phones do at either, and whatever is lost on the way (seed ${SEED})`, async () => {
    const random = aRandom(SEED);
    const everything = [...ROLE_TEMPLATES.provider, 'delete-records', 'delete-visits', 'delete-patients'];
    const rights = Object.fromEntries(everything.map((flag) => [`flags.${flag}`, true]));
    for (const clinicId of [north, south]) {
      const id = deterministicId('permissions', phone.userId, clinicId);
      await pair.editAtRoot([put('permissions', id, { userId: phone.userId, clinicId, ...rights })]);
    }
    const phones = await Promise.all([pair.aPhone(), pair.aPhone(), pair.aPhone()]);
    const made: { who: PairPhone; actionId: string }[] = [];
    const drawing = { random, newId, clinics: [north, south], medicineId: newId() };
    await pair.relay();
    for (let turn = 0; turn < STORY; turn++) {
      const who = random.pick(phones);
      const shown = [...who.phone.state.records.values()].map((held) => held.shown);
      const edits = drawEdits(drawing, shown, north, who.userId, SCHEMA_VERSION);
      const actionId = edits === null ? null : who.phone.commit(edits, who);
      if (actionId !== null) made.push({ who, actionId });
      // Two of them are at the hub, the third is with either.
      const at = who === phones[2] && random.chance(0.5) ? pair.root : pair.hub;
      if (random.chance(0.6)) await who.syncWith(at);
      if (random.chance(0.3)) await pair.relay(losingReplies(random.chance(0.5))).catch(() => undefined);
    }
    for (let times = 0; times < 3; times++) {
      for (const who of phones) await who.syncWith(pair.hub);
      await pair.relay();
    }
    for (const who of phones) await who.syncWith(pair.root);
    await equal();
    const states = new Set(made.map(({ who, actionId }) => who.state(actionId)));
    expect([...states].filter((state) => state !== 'confirmed' && state !== 'refused')).toEqual([]);
    for (const { who, actionId } of made) {
      const result = who.state(actionId) === 'refused' ? 'refused' : 'applied';
      for (const row of await logged('root', actionId)) expect(row.result).toBe(result);
    }
  }, 240_000);

  it('a root that is restored gets back what is retained, and by witnesses what nobody retained', async () => {
    const { root } = pair;
    const old = await aPatient();
    const backup = await aCopyOf(root.database);
    const own = newId();
    const made = phone.save(registration(own, north));
    await phone.syncWith(pair.hub);
    const portals = newId();
    await pair.editAtRoot(registration(portals, north));
    await pair.editAtRoot([put('patients', old, { camp: 'East' })]);
    await pair.relay();
    await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('confirmed');
    const before = await readIdentity(root.database.pool);
    const rows = await readRecords(root.database.pool, 'patients', 'where id = any($1)', [[old, own, portals]]);

    await pair.restoreRoot(backup);
    const after = await readIdentity(root.database.pool);
    expect([after.recovering, after.rootEpoch > before.rootEpoch]).toEqual([true, true]);
    expect(await readRecords(root.database.pool, 'patients', 'where id = $1', [own])).toEqual([]);
    await pair.relay();
    expect(await logged('root', made)).toHaveLength(2);
    expect(await readRecords(root.database.pool, 'patients', 'where id = $1', [portals])).toEqual([]);
    expect(await pair.bearWitness()).toBe(true);
    const back = await readRecords(root.database.pool, 'patients', 'where id = any($1)', [[old, own, portals]]);
    expect(byId(back)).toEqual(byId(rows));
    await pair.relay();
    await equal();
    const noted = await root.database.pool.query('select record_id, device_id from witnessed where collection = $1', [
      'patients',
    ]);
    expect(noted.rows.map((row) => row.record_id).sort()).toEqual([old, portals].sort());
    expect(noted.rows.every((row) => row.device_id === pair.hubKey.deviceId)).toBe(true);
    const findings: Finding[] = [];
    await verifyDatabase(root.database.pool, { key: null }, (finding) => findings.push(finding));
    expect(findings.filter(({ kind }) => kind.startsWith('row-'))).toEqual([]);
    // Told of the new life it forgets; asked again, its hub says that the root has it.
    for (let times = 0; times < 2; times++) await phone.syncWith(pair.hub);
    expect(phone.state(made)).toBe('confirmed');

    expect(await endRecovery(root.database.pool)).toBe(true);
    expect(await pair.bearWitness()).toBe(false);
    // Not even read: it may be megabytes.
    expect(await lineInto(() => root.database, phone.bearer, witness)('no message at all')).toMatchObject({
      recovering: false,
    });
  });

  it('a phone is believed neither of rights nor beyond its clinics', async () => {
    await pair.restoreRoot(await aCopyOf(pair.root.database));
    const line = lineInto(() => pair.root.database, phone.bearer, witness);
    const stranger = newId();
    const given = (fields: Record<string, Json>, collection: string, id = newId()) => {
      const stamp = makeStamp({ ms: Date.now(), counter: 0 }, newId());
      const stamps = Object.fromEntries(Object.keys(fields).map((key) => [key, stamp]));
      return { collection, id, values: fields, stamps };
    };
    const right = given({ userId: phone.userId, clinicId: south, 'flags.clinic-admin': true }, 'permissions');
    const theirs = given({ clinicId: south, homeClinicId: south, givenName: 'X' }, 'patients', stranger);
    const tables = tablesOf(collectionNamed, [right, theirs]);
    await line({ protocol: 1, replicaId: phone.deviceId, hashes: [], tables });
    const { rows } = await pair.root.database.pool.query('select 1 from witnessed where record_id = any($1)', [
      [right.id, theirs.id],
    ]);
    expect(rows).toEqual([]);
    expect(await readRecords(pair.root.database.pool, 'patients', 'where id = $1', [stranger])).toEqual([]);
    const many = Array.from({ length: 201 }, () => ({ ...theirs, id: newId() }));
    const tooMany = { protocol: 1, replicaId: phone.deviceId, hashes: [], tables: tablesOf(collectionNamed, many) };
    await expect(line(tooMany)).rejects.toThrow('too-large tables');
    await endRecovery(pair.root.database.pool);
  });

  it('a hub that was a root hands on all it decided, and its feeds stay as they are', async () => {
    const alone = await aDatabase();
    const { clinics, asDevice } = await aPostgresClinic(alone.pool);
    const { clinicId, userId } = clinics[0]!;
    const writer = aWriter(userId, clinicId);
    await asDevice(clinics[0]!).accept([writer.author(registration(newId(), clinicId))]);
    const held = await scopeAt(alone, `${clinicId}:desk`);
    expect(await becomeRelay(alone.pool)).toBe(true);
    expect(await becomeRelay(alone.pool)).toBe(false);
    expect(await scopeAt(alone, `${clinicId}:desk`)).toEqual(held);
    const store = postgresRelay(alone.pool, { refused: noop, replaced: noop, repairs: noop });
    const { actions, judged } = await store.readOutgoing({ maxChanges: 200, maxBytes: 256 * 1024 });
    const all = await alone.pool.query('select count(distinct action_id)::int as n from changes');
    expect(actions).toHaveLength(all.rows[0].n);
    expect(judged?.every(({ result }) => result === 'applied')).toBe(true);
    await alone.drop();
  });
});

function noop(): void {
  // Nobody watches.
}

const byId = (rows: readonly StoredRecord[]) =>
  new Map(rows.map((row) => [row.id, row]).sort() as [string, StoredRecord][]);

/** The root has it and answers, and the answer never comes. */
function losingReplies(always = true) {
  const line = pair.lineOfHub();
  let asked = 0;
  return async (request: unknown) => {
    const answer = await line(request);
    asked += 1;
    if (always || asked > 1) throw new TypeError('cut');
    return answer;
  };
}
