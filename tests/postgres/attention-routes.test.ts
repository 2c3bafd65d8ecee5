import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { POST as sync } from '../../app/api/sync/route.ts';
import type { ConflictLine, ConflictPage } from '../../app/server/attention-conflicts.ts';
import type { RefusedLine, RefusedPage } from '../../app/server/attention-refused.ts';
import { ensureBuiltInForms } from '../../app/server/built-in-forms.ts';
import { database as served } from '../../app/server/database.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { sessionsOn } from '../../app/server/session/sessions.ts';
import { postgresFeedReplica } from '../../db/postgres/feed-replica.ts';
import { GAPS, listGaps } from '../../db/postgres/list-gaps.ts';
import { readByIds, readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { FLAGS, type Flag } from '../../lib/access/actor.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { grantPermissions } from '../../lib/domain/permission/grant-permissions.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { isDeleted, type StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, put, registration, someVitals } from '../scenario/edits.ts';
import { ask, type Method } from '../scenario/portal-routes.ts';
import { aWriter, type Writer } from '../scenario/postgres-clinic.ts';
import { answerOf, aServedClinic, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

/** Everything that waits is made as it comes about: by phones that push through the sync route. */
let database: TestDatabase;
let world: Awaited<ReturnType<typeof aServedClinic>>;
let north: string;
let south: string;
const bearers = new Map<string, string>();
const users = { nora: '', vera: '', cara: '' };

interface Phone {
  readonly deviceId: string;
  readonly authorization: string;
  readonly writer: Writer;
}
let one: Phone;
let other: Phone;

const sessionOf = async (userId: string) => (await sessionsOn(served().pool).createSession(userId, { kind: 'api' })).id;
const asking = (method: Method, path: string, body?: unknown, who = 'ada') =>
  ask(method, path, { body, headers: { authorization: `Bearer ${bearers.get(who)}` } });

async function grant(userId: string, clinicId: string, flags: Flag[]): Promise<void> {
  const by = { userId: world.founder, clinicId: null };
  const done = await runCommand(database.pool, grantPermissions, { userId, clinicId, flags }, by);
  expect(done).toEqual({ ok: true });
}

async function aPhone(clinicId: string, userId: string, ...usernames: string[]): Promise<Phone> {
  const { deviceId, authorization } = await world.aDevice(clinicId, ...usernames);
  return { deviceId, authorization, writer: aWriter(userId, clinicId, deviceId) };
}

async function push(phone: Phone, ...actions: Action[]) {
  const body = {
    ...{ protocol: 1, schema: SCHEMA_VERSION, replicaId: phone.deviceId, clock: Date.now(), origins: {} },
    ...{ actions, epoch: null, cursors: {}, maxBytes: 1_000_000 },
  };
  const answer = await answerOf(sync(post('/api/sync', body, { authorization: phone.authorization })));
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.outcomes.map((outcome: { result: string }) => outcome.result) as string[];
}

/** What follows has a later stamp than what came before. */
function theClockMoves(): void {
  const before = Date.now();
  while (Date.now() === before);
}

const read = async (collection: string, id: string) => (await readByIds(database.pool, [{ collection, id }]))[0]!;

/** A patient whom both phones hold as he was registered. */
async function aPatient(clinicId = north, phone = one): Promise<StoredRecord> {
  const id = newId();
  expect(await push(phone, phone.writer.author(registration(id, clinicId, { phone: '0' })))).toEqual(['applied']);
  return read('patients', id);
}

/** Both phones edit what they hold, then one after the other finds a network. */
async function parallel(held: StoredRecord, first: Edit, second: Edit): Promise<void> {
  const [here, there] = [one.writer.author([first], [held]), other.writer.author([second], [held])];
  expect(await push(one, here)).toEqual(['applied']);
  expect(await push(other, there)).toEqual(['applied']);
}

async function conflicts(query = '', who = 'ada'): Promise<ConflictPage> {
  const answer = await asking('GET', `/api/attention/conflicts${query}`, undefined, who);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

async function conflictAbout(recordId: string, query = ''): Promise<ConflictLine> {
  return (await conflicts(query)).conflicts.find((conflict) => conflict.recordId === recordId)!;
}

async function refusedPage(query = '', who = 'ada'): Promise<RefusedPage> {
  const answer = await asking('GET', `/api/attention/refused${query}`, undefined, who);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

async function refusedLine(actionId: string, who = 'ada'): Promise<RefusedLine | undefined> {
  return (await refusedPage('', who)).actions.find((action) => action.actionId === actionId);
}

async function changesStored(): Promise<number> {
  return (await database.pool.query('select count(*)::int as n from changes')).rows[0].n;
}

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  world = await aServedClinic(database);
  [north, south] = [await world.aClinic('North'), await world.aClinic('South')];
  for (const name of ['nora', 'cara'] as const) users[name] = await world.aUser(name, north);
  users.vera = await world.aUser('vera', north, 'viewer');
  await grant(users.cara, north, ['clinic-admin']);
  await grant(
    users.nora,
    north,
    FLAGS.filter((flag) => flag !== 'clinic-admin'),
  );
  bearers.set('ada', await sessionOf(world.founder));
  for (const name of ['nora', 'cara'] as const) bearers.set(name, await sessionOf(users[name]));
  one = await aPhone(north, users.nora, 'nora', 'vera', 'ada');
  other = await aPhone(north, users.nora, 'nora');
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

describe('conflicts', () => {
  it('both values are told with who, when and where; the one chosen stands and the conflict is gone', async () => {
    const patient = await aPatient();
    await parallel(patient, put('patients', patient.id, { phone: '1' }), put('patients', patient.id, { phone: '2' }));
    const line = await conflictAbout(patient.id);
    expect(line).toMatchObject({ kind: 'parallel-edit', key: 'phone', clinicId: north, needsReason: false });
    expect(line.patient).toEqual({ id: patient.id, givenName: 'Amina', familyName: 'Haddad' });
    expect([line.kept.value, line.lost.value].sort()).toEqual(['1', '2']);
    const { names, origins } = await conflicts();
    expect(names[line.kept.author]?.text).toBe('nora');
    expect(origins[line.kept.origin]).toEqual({ deviceName: 'Phone', here: false });
    const body = { keep: 'lost', keptStamp: line.kept.stamp };
    const path = `/api/attention/${line.id}/resolve`;
    expect(await asking('POST', path, { ...body, keptStamp: line.lost.stamp })).toMatchObject({ status: 409 });
    expect(await asking('POST', path, body)).toMatchObject({ status: 200 });
    expect((await read('patients', patient.id)).values.phone).toBe(line.lost.value);
    expect(await conflictAbout(patient.id)).toBeUndefined();
    expect(await asking('POST', path, body)).toMatchObject({ status: 404 });
  });

  it('of two who decide at once one is told that somebody else did', async () => {
    const patient = await aPatient();
    await parallel(patient, put('patients', patient.id, { phone: '5' }), put('patients', patient.id, { phone: '6' }));
    const line = await conflictAbout(patient.id);
    const decide = (value: string) => {
      const body = { keep: 'edited', value, keptStamp: line.kept.stamp };
      return asking('POST', `/api/attention/${line.id}/resolve`, body);
    };
    // Both have read it as open before either writes: whoever writes here needs this row.
    const holder = await database.pool.connect();
    await holder.query('begin; select from replica for update');
    const both = [decide('7'), decide('8')];
    const waiting = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await database.pool.query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(2);
    await holder.query('commit');
    holder.release();
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'conflict' });
    const written = ['7', '8'][answers.findIndex(({ status }) => status === 200)];
    expect((await read('patients', patient.id)).values.phone).toBe(written);
  });

  it('another value is written, when it may stand there', async () => {
    const patient = await aPatient();
    await parallel(
      patient,
      put('patients', patient.id, { sex: 'male' }),
      put('patients', patient.id, { sex: 'other' }),
    );
    const { id, kept } = await conflictAbout(patient.id);
    const edited = (value?: string) =>
      asking('POST', `/api/attention/${id}/resolve`, { keep: 'edited', value, keptStamp: kept.stamp });
    expect(await edited('nonsense')).toMatchObject({ status: 422, body: { field: 'decision' } });
    expect(await edited()).toMatchObject({ status: 422, body: { field: 'value' } });
    expect(await edited('unknown')).toMatchObject({ status: 200 });
    expect((await read('patients', patient.id)).values.sex).toBe('unknown');
  });

  it('a measure is decided with a reason', async () => {
    const patient = await aPatient();
    const id = newId();
    await push(one, one.writer.author([someVitals(id, patient.id, north, users.nora, { pulsePerMin: 60 })]));
    const edit = (pulsePerMin: number) => put('vitals', id, { pulsePerMin }, 'measured again');
    await parallel(await read('vitals', id), edit(70), edit(80));
    const line = await conflictAbout(id);
    expect(line).toMatchObject({ needsReason: true, patient: { givenName: 'Amina' } });
    const body = { keep: 'lost', keptStamp: line.kept.stamp };
    const path = `/api/attention/${line.id}/resolve`;
    expect(await asking('POST', path, body)).toMatchObject({ status: 422, body: { field: 'reason' } });
    expect(await asking('POST', path, { ...body, reason: 'asked her' })).toMatchObject({ status: 200 });
    expect((await read('vitals', id)).values.pulsePerMin).toBe(line.lost.value);
  });

  it.each([
    ['lost', false],
    ['kept', true],
  ] as const)('a deletion that had not seen an edit: %s', async (keep, deleted) => {
    const id = newId();
    await push(one, one.writer.author([aVisit(id, (await aPatient()).id, north)]));
    const removal: Edit = { collection: 'visits', id, kind: 'delete', fields: {}, reason: 'twice' };
    await parallel(await read('visits', id), removal, put('visits', id, { reason: 'fever' }));
    const line = await conflictAbout(id, '?kind=edit-and-delete');
    expect(line).toMatchObject({ kind: 'edit-and-delete', lost: { value: { reason: 'fever' } } });
    const body = { keep, keptStamp: line.kept.stamp, reason: 'looked at it' };
    expect(await asking('POST', `/api/attention/${line.id}/resolve`, body)).toMatchObject({ status: 200 });
    expect(isDeleted(await read('visits', id))).toBe(deleted);
    expect(await conflictAbout(id)).toBeUndefined();
  });

  it('an event below what was deleted comes with the questions of its form', async () => {
    const [patient, visitId, eventId] = [await aPatient(), newId(), newId()];
    await ensureBuiltInForms(database.pool);
    const [version] = await readRecords(database.pool, 'formVersions', 'where true order by id limit 1', []);
    await push(one, one.writer.author([aVisit(visitId, patient.id, north)]));
    const times = { occurredAt: '2026-11-21T08:00:00.000Z', occurredOn: '2026-11-21', status: 'completed' };
    const place = { patientId: patient.id, clinicId: north, visitId, providerId: users.nora };
    const asked = { formId: version!.values.formId!, formVersionId: version!.id };
    const event = put('events', eventId, { ...place, ...times, ...asked, 'answers.temp': 38 });
    const removal: Edit = { collection: 'visits', id: visitId, kind: 'delete', fields: {}, reason: 'twice' };
    await parallel(await read('visits', visitId), event, removal);
    const page = await conflicts('?kind=edit-and-delete');
    const line = page.conflicts.find(({ recordId }) => recordId === visitId)!;
    expect(line).toMatchObject({ collection: 'visits', key: `events.${eventId}`, versionId: version!.id });
    expect(page.definitions[version!.id]).toEqual(version!.values.definition);
    const body = { keep: 'kept', keptStamp: line.kept.stamp };
    expect(await asking('POST', `/api/attention/${line.id}/resolve`, body)).toMatchObject({ status: 200 });
  });

  it("the organisation's are decided here: an administrator's all, a clinic's by who administers it", async () => {
    const phone = await aPhone(north, world.founder, 'ada');
    const form = newId();
    const fields = { kind: 'event', name: { en: 'Fever' }, status: 'draft', editable: true };
    await push(phone, phone.writer.author([put('forms', form, fields)]));
    for (const [collection, id, first, second] of [
      ['clinics', north, { address: 'Road 1' }, { address: 'Road 2' }],
      ['forms', form, { name: { en: 'A' } }, { name: { en: 'B' } }],
    ] as const) {
      const held = [await read(collection, id)];
      const here = phone.writer.author([put(collection, id, first)], held);
      const there = aWriter(world.founder, null, phone.deviceId).author([put(collection, id, second)], held);
      const [change] = there.changes as [Action['changes'][number]];
      await push(phone, here, { ...there, changes: [{ ...change, originSeq: here.changes[0]!.originSeq + 1 }] });
      phone.writer.author([put(collection, id, second)], held);
    }
    const all = await conflicts();
    const about = (page: ConflictPage) => page.conflicts.map(({ recordId }) => recordId).filter((id) => id !== '');
    expect(about(all)).toEqual(expect.arrayContaining([north, form]));
    expect(all.names[form]?.labels).toBeTruthy();
    const hers = about(await conflicts('', 'cara'));
    expect([hers.includes(north), hers.includes(form)]).toEqual([true, false]);
    const ofForm = await conflictAbout(form);
    const body = { keep: 'lost', keptStamp: ofForm.kept.stamp };
    expect(await asking('POST', `/api/attention/${ofForm.id}/resolve`, body, 'cara')).toMatchObject({ status: 404 });
    expect(await asking('POST', `/api/attention/${ofForm.id}/resolve`, body)).toMatchObject({ status: 200 });
    const ofClinic = await conflictAbout(north);
    const choice = { keep: 'lost', keptStamp: ofClinic.kept.stamp };
    expect(await asking('POST', `/api/attention/${ofClinic.id}/resolve`, choice, 'cara')).toMatchObject({
      status: 200,
    });
    expect((await read('clinics', north)).values.address).toBe(ofClinic.lost.value);
    expect(await conflictAbout(north)).toBeUndefined();
  });

  /** A hub of the clinic hands in what it applied, of somebody who may only look here: the reviews of its changes. */
  async function aReview(edits: Edit[], held: StoredRecord[]): Promise<ConflictLine[]> {
    const action = aWriter(users.vera, north).author(edits, held);
    const hub = postgresFeedReplica(database.pool, { kind: 'hub', clinicIds: [north] });
    const [outcome] = await hub.accept([action], [{ actionId: action.id, result: 'applied', refusal: null }]);
    expect(outcome?.result).toBe('applied');
    const stamps = action.changes.map(({ stamp }) => stamp);
    const { conflicts: open } = await conflicts('?kind=review');
    return stamps.map((stamp) => open.find(({ kept }) => kept.stamp === stamp)!);
  }
  const review = (line: ConflictLine, keep: string, reason: string | null = null, who = 'cara') =>
    asking('POST', `/api/attention/${line.id}/resolve`, { keep, reason, keptStamp: line.kept.stamp }, who);

  it('a review of what a hub decided stands apart, with what was applied and what stood before; it is left', async () => {
    const patient = await aPatient();
    const [line] = await aReview([put('patients', patient.id, { phone: '1' })], [patient]);
    expect(line).toMatchObject({
      kind: 'review',
      kept: { value: { phone: '1' }, kind: 'put', code: 'forbidden' },
      lost: { value: { phone: '0' } },
      undo: { possible: true, left: [], needsReason: false },
    });
    expect((await asking('GET', '/api/attention')).body.reviews).toBe(1);
    expect((await conflicts()).conflicts.map(({ id }) => id)).not.toContain(line!.id);
    expect((await conflicts('?kind=review', 'cara')).conflicts).toHaveLength(1);
    expect(await review(line!, 'edited')).toMatchObject({ status: 422, body: { field: 'value' } });
    expect(await review(line!, 'kept', null, 'nora')).toMatchObject({ status: 403 });
    expect(await review(line!, 'kept')).toMatchObject({ status: 200 });
    expect((await read('patients', patient.id)).values.phone).toBe('1');
    expect((await asking('GET', '/api/attention')).body.reviews).toBe(0);
  });

  it('a review is undone; what was written since stays, and the page says so before', async () => {
    const patient = await aPatient();
    const [line] = await aReview([put('patients', patient.id, { phone: '1', village: 'Saida' })], [patient]);
    theClockMoves();
    await push(
      one,
      one.writer.author([put('patients', patient.id, { phone: '2' })], [await read('patients', patient.id)]),
    );
    expect((await conflictAbout(patient.id, '?kind=review')).undo).toMatchObject({ possible: true, left: ['phone'] });
    expect(await review(line!, 'lost')).toMatchObject({ status: 200 });
    expect((await read('patients', patient.id)).values).toMatchObject({ phone: '2', village: null });
    const [second] = await aReview([put('patients', patient.id, { phone: '3' })], [await read('patients', patient.id)]);
    theClockMoves();
    await push(
      one,
      one.writer.author([put('patients', patient.id, { phone: '4' })], [await read('patients', patient.id)]),
    );
    expect((await conflictAbout(patient.id, '?kind=review')).undo).toMatchObject({ possible: false, left: ['phone'] });
    expect(await review(second!, 'lost')).toMatchObject({ status: 422, body: { field: 'decision' } });
    expect(await review(second!, 'kept')).toMatchObject({ status: 200 });
  });

  it('what a reviewed change made is deleted with a reason; an emergency opening never is', async () => {
    const patient = await aPatient();
    const [id, grantId] = [newId(), newId()];
    const times = { from: '2026-11-21T08:00:00.000Z', until: '2026-11-21T20:00:00.000Z', endedAt: null };
    const opened = { patientId: patient.id, clinicId: north, userId: users.nora, reason: 'Unconscious', ...times };
    const [line, grant] = await aReview(
      [aVisit(id, patient.id, north), put('accessGrants', grantId, opened)],
      [patient],
    );
    expect([line!.undo, grant!.undo]).toMatchObject([{ possible: true, needsReason: true }, { possible: false }]);
    expect(await review(line!, 'lost')).toMatchObject({ status: 422, body: { field: 'reason' } });
    expect(await review(line!, 'lost', 'never happened')).toMatchObject({ status: 200 });
    expect(isDeleted(await read('visits', id))).toBe(true);
    expect(await review(grant!, 'lost', 'never')).toMatchObject({ status: 403 });
    expect(await review(grant!, 'kept')).toMatchObject({ status: 200 });
  });

  it('are paged without a gap or a repetition, and filtered by kind and clinic', async () => {
    const patient = await aPatient();
    const visits = Array.from({ length: 30 }, () => newId());
    await push(one, ...visits.map((id) => one.writer.author([aVisit(id, patient.id, north)])));
    const held = await readByIds(
      database.pool,
      visits.map((id) => ({ collection: 'visits', id })),
    );
    const edits = (phone: Phone, reason: string) =>
      visits.map((id) => phone.writer.author([put('visits', id, { reason })], held));
    await push(one, ...edits(one, 'fever'));
    await push(other, ...edits(other, 'cough'));
    const seen: string[] = [];
    let after = '';
    do {
      const page: ConflictPage = await conflicts(`?clinicId=${north}${after}`);
      seen.push(...page.conflicts.map(({ id }) => id));
      expect(page.conflicts.length).toBeLessThanOrEqual(25);
      after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
    } while (after !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(30);
    expect((await asking('GET', '/api/attention')).body.conflicts).toBe(seen.length);
    expect((await conflicts(`?clinicId=${south}`)).conflicts).toEqual([]);
    expect((await conflicts('?kind=edit-and-delete')).conflicts).toEqual([]);
    expect((await conflicts('?kind=review')).conflicts).toEqual([]);
  });
});

describe('refused changes', () => {
  let patient: StoredRecord;
  beforeEach(async () => {
    patient = await aPatient();
  });

  /** Vera may only look; the phone she signed in on hands in what she writes all the same. */
  async function aRefusal(edits: Edit[], held: StoredRecord[] = [patient]): Promise<Action> {
    const made = aWriter(users.vera, north).author(edits, held);
    expect(await push(one, made)).toEqual(['refused']);
    return made;
  }
  const reason = 'accepted: she called';
  const accept = (line: RefusedLine, more = {}, who = 'ada') =>
    asking('POST', `/api/attention/${line.actionId}/accept`, { reason, seen: line.seen, ...more }, who);

  it('are told in full: who, on what, when, what, why', async () => {
    const made = await aRefusal([put('patients', patient.id, { phone: '7' }, 'new number')]);
    const line = await refusedLine(made.id);
    expect(line).toMatchObject({
      author: users.vera,
      deviceName: 'Phone',
      clinicId: north,
      madeAt: made.changes[0]!.at,
      refusal: { code: 'forbidden', key: null },
      heldRightThen: false,
      acceptable: true,
      patient: { givenName: 'Amina' },
      changes: [{ kind: 'put', fields: { phone: '7' }, now: { phone: '0' }, reason: 'new number' }],
    });
    expect((await refusedPage()).names[users.vera]?.text).toBe('vera');
    expect((await asking('GET', '/api/attention')).body.refused).toBeGreaterThan(0);
  });

  it('accepted: made once more by the administrator, with his reason, and gone from the list', async () => {
    const made = await aRefusal([put('patients', patient.id, { phone: '7' })]);
    const line = (await refusedLine(made.id))!;
    expect(await accept(line, { reason: '' })).toMatchObject({ status: 422, body: { field: 'reason' } });
    const done = await accept(line);
    expect(done).toMatchObject({ status: 200 });
    expect((await read('patients', patient.id)).values.phone).toBe('7');
    const { changes } = (await asking('GET', `/api/history?collection=patients&id=${patient.id}`)).body;
    expect(changes.at(-1)).toMatchObject({ author: world.founder, reason, fields: { phone: '7' } });
    expect(await refusedLine(made.id)).toBeUndefined();
    const { rows } = await database.pool.query('select * from refused_decisions where action_id = $1', [made.id]);
    const as = done.body.acceptedActionId;
    expect(rows).toMatchObject([{ decision: 'accepted', decided_by: world.founder, reason, accepted_action_id: as }]);
    const logged = await database.pool.query('select result from changes where action_id = $1', [as]);
    expect(logged.rows).toEqual([{ result: 'applied' }]);
    expect(await accept(line)).toMatchObject({ status: 404 });
    // Handing it in again says what was decided then, and nobody is asked twice.
    expect(await push(one, made)).toEqual(['refused']);
    expect(await refusedLine(made.id)).toBeUndefined();
    expect((await conflicts()).conflicts.filter(({ recordId }) => recordId === patient.id)).toEqual([]);
  });

  it('a registration and what was recorded of it are accepted one after the other', async () => {
    const [id, visit] = [newId(), newId()];
    const writer = aWriter(users.vera, north);
    const first = writer.author(registration(id, north));
    const second = writer.author([aVisit(visit, id, north)]);
    expect(await push(one, first, second)).toEqual(['refused', 'refused']);
    const line = (await refusedLine(second.id))!;
    expect((await refusedLine(first.id))!.patient).toMatchObject({ id, givenName: 'Amina' });
    expect(await accept((await refusedLine(first.id))!)).toMatchObject({ status: 200 });
    expect(await accept(line)).toMatchObject({ status: 200 });
    expect((await read('visits', visit)).values.patientId).toBe(id);
  });

  it('refused once more: it is said why, and nothing at all is written', async () => {
    const made = await aRefusal([put('patients', patient.id, { sex: 'nonsense' })]);
    const line = (await refusedLine(made.id))!;
    expect(line.refusal).toMatchObject({ code: 'invalid', key: 'sex' });
    const before = await changesStored();
    const again = await accept(line);
    expect(again).toMatchObject({ status: 422, body: { code: 'invalid', field: 'sex', detail: 'invalid' } });
    expect(await changesStored()).toBe(before);
    expect(await refusedLine(made.id)).toBeDefined();
  });

  it('what was written meanwhile must have been seen', async () => {
    const made = await aRefusal([put('patients', patient.id, { phone: '7' })]);
    const line = (await refusedLine(made.id))!;
    await push(other, other.writer.author([put('patients', patient.id, { phone: '8' })], [patient]));
    expect(await accept(line)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await read('patients', patient.id)).values.phone).toBe('8');
    const fresh = (await refusedLine(made.id))!;
    expect(fresh.changes[0]!.now).toEqual({ phone: '8' });
    expect(await accept(fresh)).toMatchObject({ status: 200 });
  });

  it('two administrators at once: one of them decides', async () => {
    const made = await aRefusal([put('patients', patient.id, { phone: '7' })]);
    const line = (await refusedLine(made.id))!;
    const both = await Promise.all([accept(line), accept(line, {}, 'cara')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, expect.toBeOneOf([404, 409])]);
    const { rows } = await database.pool.query(
      "select count(*)::int as n from changes where record_id = $1 and result = 'applied' and kind = 'put'",
      [patient.id],
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('dismissed with a reason: gone, and the decision is kept', async () => {
    const made = await aRefusal([put('patients', patient.id, { phone: '7' })]);
    const dismiss = (body: unknown) => asking('POST', `/api/attention/${made.id}/dismiss`, body);
    expect(await dismiss({})).toMatchObject({ status: 422, body: { field: 'reason' } });
    expect(await dismiss({ reason: 'a mistake' })).toMatchObject({ status: 200 });
    expect(await refusedLine(made.id)).toBeUndefined();
    expect((await read('patients', patient.id)).values.phone).toBe('0');
    const { rows } = await database.pool.query('select * from refused_decisions where action_id = $1', [made.id]);
    expect(rows).toMatchObject([
      { decision: 'dismissed', decided_by: world.founder, reason: 'a mistake', accepted_action_id: null },
    ]);
    expect(await dismiss({ reason: 'a mistake' })).toMatchObject({ status: 404 });
  });

  it('marks work that was done while the right was held and sent after it was withdrawn', async () => {
    const leaver = await world.aUser('lena', north);
    const phone = await aPhone(north, leaver, 'lena');
    const before = phone.writer.author([put('patients', patient.id, { phone: '5' })], [patient]);
    theClockMoves();
    await grant(leaver, north, ['view-history']);
    theClockMoves();
    const after = phone.writer.author([put('patients', patient.id, { phone: '6' })], [patient]);
    expect(await push(phone, before, after)).toEqual(['refused', 'refused']);
    expect((await refusedLine(before.id))?.heldRightThen).toBe(true);
    expect((await refusedLine(after.id))?.heldRightThen).toBe(false);
  });

  it('never shows sign-in data, and nobody takes it over', async () => {
    const fields = { username: 'mallory', passwordHash: 'a-hash-of-mallory', mustChange: false };
    const more = { passwordChangedAt: '2026-11-21T08:00:00.000Z' };
    const made = await aRefusal([put('credentials', newId(), { ...fields, ...more })], []);
    const line = (await refusedLine(made.id))!;
    expect(line).toMatchObject({ acceptable: false, changes: [{ collection: 'credentials', fields: {}, now: null }] });
    expect(JSON.stringify(await refusedPage())).not.toContain('a-hash-of-mallory');
    expect(await accept(line)).toMatchObject({ status: 403 });
  });

  it('are seen and decided where one administers, and nowhere else', async () => {
    await world.aUser('sara', south, 'viewer');
    const { id: sara } = (await database.pool.query("select id from users where name = 'sara'")).rows[0];
    const far = await aPhone(south, sara, 'sara');
    const made = far.writer.author(registration(newId(), south));
    expect(await push(far, made)).toEqual(['refused']);
    expect(await refusedLine(made.id)).toBeDefined();
    expect(await refusedLine(made.id, 'cara')).toBeUndefined();
    const line = (await refusedLine(made.id))!;
    expect(await accept(line, {}, 'cara')).toMatchObject({ status: 404 });
    expect(await asking('GET', `/api/attention/refused?clinicId=${south}`, undefined, 'cara')).toMatchObject({
      status: 403,
    });
    const hers = await aRefusal([put('patients', patient.id, { phone: '7' })]);
    expect(await accept((await refusedLine(hers.id, 'cara'))!, {}, 'cara')).toMatchObject({ status: 200 });
    expect((await refusedPage(`?clinicId=${south}`)).actions.map(({ actionId }) => actionId)).toEqual([made.id]);
    for (const path of ['', '/conflicts', '/refused', '/gaps'])
      expect(await asking('GET', `/api/attention${path}`, undefined, 'nora')).toMatchObject({ status: 403 });
  });

  it("a clinic's administrator cannot do by accepting what he may not do himself", async () => {
    const far = await aPhone(south, world.founder, 'ada');
    const elsewhere = await aPatient(south, far);
    const made = await aRefusal([put('patients', elsewhere.id, { phone: '7' })], [elsewhere]);
    const line = (await refusedLine(made.id, 'cara'))!;
    expect(line).toMatchObject({ patient: null, changes: [{ fields: { phone: '7' }, now: null }] });
    expect(await accept(line, {}, 'cara')).toMatchObject({ status: 403, body: { detail: 'not-in-your-clinic' } });
    expect((await read('patients', elsewhere.id)).values.phone).toBe('0');
  });
});

describe('gaps', () => {
  it('are looked for by the index, however many changes there are, and however many wait', async () => {
    const { pool } = database;
    const [{ scope, origin }] = (await pool.query('select scope, origin from changes limit 1')).rows;
    const far = newId();
    await pool.query(`insert into origins (replica_id, received_seq) values ($1, 0)`, [far]);
    await pool.query(
      `insert into changes (id, action_id, origin, origin_seq, scope, pos, collection, record_id, author, kind, result,
         judge, confirmed, hash)
       select gen_random_uuid(), gen_random_uuid(), case when n <= 5000 then $3 else $2 end::uuid,
         case when n <= 5000 then n + 1 else -n end, $1, 1000000 + n, 'visits', gen_random_uuid(), $2::uuid, 'put', 'refused',
         $2::uuid, true, '' from generate_series(1, 60000) n`,
      [scope, origin, far],
    );
    await pool.query('analyze changes; analyze origins');
    try {
      const { rows } = await pool.query(`explain ${GAPS.replaceAll('$1', 'null')}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('changes_origin');
      expect(plan).not.toContain('Seq Scan on changes');
      const gap = (await listGaps(pool, null)).find((one) => one.origin === far);
      expect(gap).toMatchObject({ missing: [[1, 1]], waiting: 1000 });
    } finally {
      await pool.query('delete from changes where pos > 1000000');
      await pool.query('delete from origins where replica_id = $1', [far]);
    }
  });

  it('tell the phone, the numbers that are missing and since when; they close when those come', async () => {
    const phone = await aPhone(north, users.nora, 'nora');
    const made = Array.from({ length: 6 }, () => phone.writer.author(registration(newId(), north)));
    await push(phone, made[0]!, made[3]!, made[5]!);
    const gaps = async () => (await asking('GET', '/api/attention/gaps')).body.gaps;
    const mine = async () => (await gaps()).find((gap: { origin: string }) => gap.origin === phone.deviceId);
    // Two changes each: a patient and his membership.
    expect(await mine()).toMatchObject({
      deviceName: 'Phone',
      missing: [
        [3, 6],
        [9, 10],
      ],
      missingCount: 6,
      waiting: 4,
      since: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    });
    expect((await asking('GET', '/api/attention')).body.gaps).toBe((await gaps()).length);
    expect((await asking('GET', '/api/attention/gaps', undefined, 'cara')).body.gaps).toHaveLength(1);
    await push(phone, made[1]!, made[2]!, made[4]!);
    expect(await mine()).toBeUndefined();
  });
});
