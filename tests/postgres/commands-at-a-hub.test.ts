import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asked } from '../../app/server/asked.ts';
import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { enrolDevice } from '../../app/server/enrol-device.ts';
import { issueEnrolmentCode } from '../../app/server/enrolment-codes.ts';
import { whoIs } from '../../app/server/me.ts';
import { editByApi } from '../../app/server/patients.ts';
import { placeCredentials } from '../../app/server/place-credentials.ts';
import { notePortalView } from '../../app/server/portal-view.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { createByApi } from '../../app/server/users.ts';
import { readActors } from '../../db/postgres/accept-changes.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { createClinic, editClinic } from '../../lib/domain/clinic/create-clinic.ts';
import { createDepartment } from '../../lib/domain/department/create-department.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { grantPermissions } from '../../lib/domain/permission/grant-permissions.ts';
import { editUser, setPassword } from '../../lib/domain/user/edit-user.ts';
import { membership, put, registration } from '../scenario/edits.ts';
import { aRelayPairWithPhone, expectEqualFor, type PairPhone, type RelayPair } from '../scenario/relay-pair.ts';
import { post } from '../scenario/routes.ts';

let pair: RelayPair;
let phone: PairPhone;
let north: string;
let south: string;
/** Administers the hub's clinic; administers everything, at home there. */
let cara: string;
let ayla: string;
beforeAll(async () => {
  ({ pair, phone, north, south } = await aRelayPairWithPhone());
  [cara, ayla] = [await pair.clinic.aUser('cara', north), await pair.clinic.aUser('ayla', north, 'admin')];
  const id = deterministicId('permissions', cara, north);
  const [held] = await readRecords(at('root'), 'permissions', 'where id = $1', [id]);
  await pair.editAtRoot([put('permissions', id, { 'flags.clinic-admin': true })], [held!]);
  await placeCredentials(at('root'));
  await ensureBuiltInForms(at('root'));
  await pair.relay();
});
afterAll(() => pair.dispose());

const at = (where: 'root' | 'hub') => pair[where].database.pool;
const by = (userId: string, clinicId: string | null = null) => ({ userId, clinicId });
const elsewhere = { ok: false, refusal: { kind: 'main-server-only', field: null, problems: [] } };
const logged = async (where: 'root' | 'hub') =>
  (await at(where).query<{ n: number }>('select count(*)::int as n from changes')).rows[0]!.n;
const valuesAt = async (where: 'root' | 'hub', collection: string, id: string) =>
  (await readRecords(at(where), collection, 'where id = $1', [id]))[0]?.values;

async function asked(userId: string, path: string, body: unknown): Promise<Asked> {
  const actor = (await readActors(at('hub'), [userId])).get(userId)!;
  return { pool: at('hub'), request: post(path, body), actor, secret: '' };
}

const aClinic = () => ({ clinicId: newId(), name: 'Camp East', code: 'CE', timeZone: 'Asia/Beirut' });
const abilities = { canDispense: false, canTest: false, canImage: false };
const newUser = (clinicId: string, username: string) => ({
  ...{ name: username, role: 'provider', clinicId, username },
  grants: [{ clinicId, flags: ['register-patients'] }],
});

describe('what the root would refuse is refused at its hub at once, and nothing is stored', () => {
  const password = { passwordHash: '$argon2id$x', mustChange: false };
  it.each<[string, () => ReturnType<typeof runCommand>]>([
    ['a new clinic', () => runCommand(at('hub'), createClinic, aClinic(), by(ayla))],
    ['a clinic of another hub', () => runCommand(at('hub'), editClinic, { clinicId: south, name: 'S' }, by(ayla))],
    ["an administrator's edit of a user", () => runCommand(at('hub'), editUser, { userId: cara, name: 'C' }, by(ayla))],
    ["an administrator's password", () => runCommand(at('hub'), setPassword, { userId: ayla, ...password }, by(ayla))],
    [
      'rights for somebody of another clinic',
      () => {
        const grant = { userId: pair.clinics[1]!.userId, clinicId: north, flags: ['dispense'] };
        return runCommand(at('hub'), grantPermissions, grant, by(cara, north));
      },
    ],
  ])('%s', async (_, command) => {
    const before = await logged('hub');
    expect(await command()).toEqual(elsewhere);
    expect(await logged('hub')).toBe(before);
    await pair.relay();
    await expectEqualFor(pair.root.database, pair.hub.database, [north]);
  });

  it('a new user, in words of its own', async () => {
    const made = await createByApi(await asked(ayla, '/api/users', newUser(north, 'nadia')));
    expect(made).toEqual({ ok: false, problem: { code: 'main-server-only' } });
    expect(await readRecords(at('hub'), 'credentials', 'where username = $1', ['nadia'])).toEqual([]);
  });

  it('a code for a phone that could never be enrolled with it here', async () => {
    const problem = { code: 'main-server-only' };
    expect(await issueEnrolmentCode(at('hub'), { userId: ayla, clinicId: north })).toEqual({ ok: false, problem });
    expect((await at('hub').query('select 1 from enrolment_codes')).rowCount).toBe(0);
  });

  it('whoever lacks the right himself is told so', async () => {
    const lacking = await runCommand(at('hub'), createClinic, aClinic(), by(phone.userId));
    expect(lacking).toMatchObject({ ok: false, refusal: { kind: 'forbidden' } });
  });
});

describe('what the root takes from its hub is done there', () => {
  it('by who administers the clinic: its people, departments, rights, passwords and phones', async () => {
    const made = await createByApi(await asked(cara, '/api/users', newUser(north, 'omar')));
    if (!made.ok) throw new Error(made.problem.code);
    const { id: omar } = (await made.value.json()) as { id: string };
    const department = { departmentId: newId(), clinicId: north, name: { en: 'Triage' }, order: 0, ...abilities };
    const done = [
      await runCommand(at('hub'), createDepartment, department, by(cara, north)),
      await runCommand(at('hub'), editUser, { userId: omar, name: 'Omar' }, by(cara)),
      await runCommand(at('hub'), grantPermissions, { userId: omar, clinicId: north, flags: [] }, by(cara, north)),
      await runCommand(
        at('hub'),
        setPassword,
        { userId: cara, passwordHash: '$argon2id$new', mustChange: false },
        by(cara),
      ),
    ];
    expect(done).toEqual(done.map(() => ({ ok: true })));
    const issued = await issueEnrolmentCode(at('hub'), { userId: cara, clinicId: north });
    if (!issued.ok) throw new Error(issued.problem.code);
    const enrolling = { code: issued.value.code, deviceId: newId(), deviceName: 'Phone' };
    expect(await enrolDevice(at('hub'), post('/api/enrol', enrolling))).toMatchObject({ ok: true });
    await pair.relay();
    expect(await valuesAt('root', 'users', omar)).toMatchObject({ name: 'Omar', clinicId: north });
    expect(await valuesAt('root', 'devices', enrolling.deviceId)).toMatchObject({ clinicIds: [north] });
    await placeCredentials(at('root'));
    await pair.relay();
    await expectEqualFor(pair.root.database, pair.hub.database, [north]);
  });

  it("a patient who is with another clinic too is edited, and looked at, in the name of the hub's", async () => {
    const id = newId();
    await pair.editAtRoot([...registration(id, south), membership(id, north)]);
    await pair.relay();
    const edited = await editByApi(await asked(ayla, `/api/patients/${id}`, { answers: { phone: '7' } }), id);
    expect(edited).toMatchObject({ ok: true });
    await notePortalView(await asked(ayla, '/', {}), id, [south, north]);
    await pair.relay();
    expect(await valuesAt('root', 'patients', id)).toMatchObject({ phone: '7' });
    const views = await readRecords(at('root'), 'views', 'where patient_id = $1', [id]);
    expect(views.map(({ values }) => values.clinicId)).toEqual([north]);
  });
});

it("a portal knows that it is a hub's", async () => {
  const actor = (await readActors(at('hub'), [ayla])).get(ayla)!;
  expect([await whoIs(at('hub'), actor), await whoIs(at('root'), actor)]).toMatchObject([
    { hub: true },
    { hub: false },
  ]);
});
