import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POST as deviceSignIn } from '../../app/api/device/sign-in/route.ts';
import { placeCredentials } from '../../app/server/place-credentials.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { newSecret, tokenHashOf } from '../../app/server/secrets.ts';
import { authorEdits } from '../../db/postgres/author-edits.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Finding } from '../../db/postgres/seals/finding.ts';
import { verifyDatabase } from '../../db/postgres/seals/verify.ts';
import type { Actor } from '../../lib/access/actor.ts';
import { signInOnDevice } from '../../lib/domain/device/sign-in-on-device.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { setPassword } from '../../lib/domain/user/edit-user.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { put } from '../scenario/edits.ts';
import {
  aRelayPairWithPhone,
  expectEqualFor,
  lineInto,
  type PairPhone,
  type RelayPair,
} from '../scenario/relay-pair.ts';
import { answerOf, PASSWORD, post } from '../scenario/routes.ts';

let pair: RelayPair;
let phone: PairPhone;
let north: string;
let south: string;
/** Administers the hub's clinic, and one of another clinic who administers that. */
let cara: string;
let sara: string;
beforeAll(async () => {
  ({ pair, phone, north, south } = await aRelayPairWithPhone());
  [cara, sara] = await Promise.all([pair.clinic.aUser('cara', north), pair.clinic.aUser('sara', south)]);
  await pair.editAtRoot([right(cara, north, 'clinic-admin')], await rightsAt(cara, north));
  await pair.editAtRoot([right(sara, south, 'clinic-admin')], await rightsAt(sara, south));
  await placeCredentials(pair.root.database.pool);
  await pair.relay();
});
afterAll(() => pair.dispose());

const right = (userId: string, clinicId: string, flag = 'register-patients') =>
  put('permissions', deterministicId('permissions', userId, clinicId), { userId, clinicId, [`flags.${flag}`]: true });
const at = (where: 'root' | 'hub') => pair[where].database.pool;
const read = (where: 'root' | 'hub', collection: string, id: string) =>
  readRecords(at(where), collection, 'where id = $1', [id]);
const rightsAt = (userId: string, clinicId: string) =>
  read('root', 'permissions', deterministicId('permissions', userId, clinicId));
const hashAt = async (userId: string) => (await read('hub', 'credentials', userId))[0]?.values.passwordHash;
const namesAt = async (where: 'root' | 'hub') =>
  (await at(where).query<{ username: string }>('select username from credentials order by 1')).rows.map(
    ({ username }) => username,
  );
const refusedAtRoot = async () =>
  (await at('root').query("select action_id from changes where result = 'refused' and received_from is not null"))
    .rowCount;

/** An edit made at the hub itself, in whose name it likes: a stolen one asks nobody whether he may. */
async function atHub(userId: string, edits: readonly Edit[]): Promise<void> {
  const needs = edits.map(({ collection, id }) => ({ collection, id }));
  const edit = { author: { userId, clinicId: null }, needs, decide: () => edits };
  const founder: Actor = { userId, role: 'super_admin', active: true, flags: {} };
  expect(await authorEdits(at('hub'), { ...edit, founder })).toMatchObject({ result: 'applied' });
}

/** What the root makes of an edit that a phone hands in itself. */
async function fromPhone(by: PairPhone, userId: string, edit: Edit): Promise<string | undefined> {
  const actionId = by.phone.commit([edit], { userId, clinicId: null });
  await by.syncWith(pair.root);
  return by.state(actionId!);
}

async function signInAtRoot({ bearer }: PairPhone, username: string): Promise<void> {
  const asked = post('/api/device/sign-in', { username, password: PASSWORD }, { authorization: `Bearer ${bearer}` });
  expect((await answerOf(deviceSignIn(asked))).status).toBe(200);
}

async function signInAtHub({ deviceId }: PairPhone, userId: string): Promise<void> {
  const done = await runCommand(at('hub'), signInOnDevice, { deviceId }, { userId, clinicId: null });
  expect(done).toEqual({ ok: true });
}

describe('a stolen hub', () => {
  it("gets nobody's hash by giving him rights in its clinic, whoever he is", async () => {
    const before = await namesAt('hub');
    await atHub(cara, [right(pair.clinic.founder, north)]);
    await atHub(cara, [right(sara, north)]);
    await pair.relay();
    expect(await placeCredentials(at('root'))).toBe(0);
    await pair.relay();
    expect(await namesAt('hub')).toEqual(before);
    expect(await rightsAt(sara, north)).toEqual([]);
    await expectEqualFor(pair.root.database, pair.hub.database, [north]);
  });

  it("does not speak by such rights as those of another clinic on that one's", async () => {
    await atHub(sara, [right(pair.clinics[1]!.userId, south, 'dispense')]);
    await pair.relay();
    const [held] = await rightsAt(pair.clinics[1]!.userId, south);
    expect(held?.values['flags.dispense']).toBe(false);
  });

  it('gives rights to those of its clinic', async () => {
    await atHub(cara, [right(phone.userId, north, 'dispense')]);
    await pair.relay();
    expect((await rightsAt(phone.userId, north))[0]?.values['flags.dispense']).toBe(true);
  });

  it('speaks at the root as nobody who administers, through a phone of whose sign-ins it tells', async () => {
    const own = await pair.aPhone();
    await pair.relay();
    await signInAtHub(own, cara);
    await pair.relay();
    expect(await fromPhone(own, cara, right(sara, north))).toBe('refused');
    await signInAtRoot(own, 'cara');
    expect(await fromPhone(own, cara, right(phone.userId, north, 'manage-stock'))).toBe('confirmed');
  });

  it('takes no phone over on which an administrator signed in', async () => {
    const hers = await pair.aPhone();
    await signInAtRoot(hers, 'ada');
    await pair.relay();
    const grab = (values: Edit['fields']) => atHub(cara, [put('devices', hers.deviceId, values)]);
    const asAda = { userId: pair.clinic.founder, clinicId: null };
    const { action } = hers.entry(hers.phone.commit([right(sara, north)], asAda)!)!;
    const message = { protocol: 1, schema: 1, replicaId: hers.deviceId, clock: Date.now(), origins: {} };
    const speaks = (bearer: string) =>
      lineInto(
        () => pair.root.database,
        bearer,
      )({ ...message, actions: [action], epoch: null, cursors: {}, maxBytes: 32_768 });
    const [mine, another] = [newSecret(), newSecret()];
    await grab({ tokenHash: tokenHashOf(mine) });
    await pair.relay();
    await expect(speaks(mine)).rejects.toThrow('unauthenticated');
    await grab({ tokenHash: tokenHashOf(another), enrolledAt: new Date().toISOString() });
    await pair.relay();
    expect(await speaks(another)).toMatchObject({ outcomes: [{ result: 'refused' }] });
    expect(await rightsAt(sara, north)).toEqual([]);
  });
});

it('a phone that was withdrawn does not administer again because a hub takes it back', async () => {
  const [hers, alma] = [await pair.aPhone(), await pair.clinic.aUser('alma', north, 'admin')];
  const administers = async () => (await fromPhone(hers, alma, right(newId(), north))) === 'confirmed';
  const device = async () => (await read('root', 'devices', hers.deviceId))[0]!;
  await signInAtRoot(hers, 'alma');
  expect(await administers()).toBe(true);
  await pair.editAtRoot([put('devices', hers.deviceId, { revokedAt: new Date().toISOString() })], [await device()]);
  await pair.relay();
  await expect(administers()).rejects.toThrow('gone');
  await atHub(cara, [put('devices', hers.deviceId, { revokedAt: null, enrolledAt: new Date().toISOString() })]);
  await signInAtHub(hers, alma);
  await pair.relay();
  const { values } = await device();
  expect(values).toMatchObject({ revokedAt: null, [`signedIn.${alma}`]: values.enrolledAt });
  expect(await administers()).toBe(false);
});

it('no hash is left at a hub of whom it does not sign in any more, in its log neither', async () => {
  const [roamer, late] = [await pair.clinic.aUser('roamer', north), await pair.clinic.aUser('late', north)];
  await pair.relay();
  const setsAtHub = async (userId: string, passwordHash: string) => {
    const input = { userId, passwordHash, mustChange: false };
    expect(await runCommand(at('hub'), setPassword, input, { userId, clinicId: null })).toEqual({ ok: true });
  };
  const goesSouth = async (userId: string) => {
    const [user, rights] = [(await read('root', 'users', userId))[0]!, (await rightsAt(userId, north))[0]!];
    const gone = { ...put('permissions', rights.id, {}), kind: 'delete' as const, reason: 'left' };
    await pair.editAtRoot([put('users', userId, { clinicId: south }), gone], [user, rights]);
    await placeCredentials(at('root'));
  };
  const logged = async (hash: string) =>
    (await at('hub').query('select from changes where position($1 in body) > 0', [hash])).rowCount;
  await setsAtHub(roamer, '$argon2id$roamers');
  await pair.relay();
  expect(await logged('$argon2id$roamers')).toBe(1);
  await goesSouth(roamer);
  await goesSouth(late);
  await setsAtHub(late, '$argon2id$lates');
  await pair.relay();
  expect([await hashAt(roamer), await hashAt(late)]).toEqual([undefined, undefined]);
  expect([await logged('$argon2id$roamers'), await logged('$argon2id$lates')]).toEqual([0, 0]);
  const findings: Finding[] = [];
  await verifyDatabase(at('hub'), { key: null }, (finding) => findings.push(finding));
  expect(findings.filter(({ kind }) => kind.startsWith('body-'))).toEqual([]);
});

describe('at a hub', () => {
  it('whoever is at home in its clinic without any right there signs in and sets his password', async () => {
    const homer = await pair.clinic.aUser('homer', north);
    const [held] = await rightsAt(homer, north);
    await pair.editAtRoot([{ ...put('permissions', held!.id, {}), kind: 'delete' as const, reason: 'left' }], [held!]);
    await pair.relay();
    const before = await refusedAtRoot();
    await signInAtHub(phone, homer);
    const passwordHash = '$argon2id$another';
    const input = { userId: homer, passwordHash, mustChange: false };
    expect(await runCommand(at('hub'), setPassword, input, { userId: homer, clinicId: null })).toEqual({ ok: true });
    await pair.relay();
    expect(await refusedAtRoot()).toBe(before);
    expect((await read('root', 'credentials', homer))[0]?.values.passwordHash).toBe(passwordHash);
    const [device] = await read('root', 'devices', phone.deviceId);
    expect(device?.values[`signedIn.${homer}`]).toBe(device?.values.enrolledAt);
  });

  it('an administrator at home in its clinic signs in on a phone, and nothing is left for anybody to look at', async () => {
    const ayla = await pair.clinic.aUser('ayla', north, 'admin');
    const hers = await pair.aPhone();
    await pair.relay();
    const before = await refusedAtRoot();
    await signInAtHub(hers, ayla);
    await pair.relay();
    expect(await refusedAtRoot()).toBe(before);
    await expectEqualFor(pair.root.database, pair.hub.database, [north]);
    expect(await fromPhone(hers, ayla, right(phone.userId, north, 'manage-stock'))).toBe('refused');
  });

  it('flags bring the hash of an administrator to no hub', async () => {
    const chief = await pair.clinic.aUser('chief', south, 'admin');
    await pair.editAtRoot([right(chief, north)]);
    await placeCredentials(at('root'));
    await pair.relay();
    expect(await hashAt(chief)).toBeUndefined();
  });
});
