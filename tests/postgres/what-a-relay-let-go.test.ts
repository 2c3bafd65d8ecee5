import { afterAll, beforeAll, expect, it } from 'vitest';
import { markBackedUp } from '../../db/postgres/backed-up.ts';
import { forgetLetGo } from '../../db/postgres/let-go-log.ts';
import { migrateDown, migrateUp } from '../../db/postgres/migrate.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Finding } from '../../db/postgres/seals/finding.ts';
import { verifyDatabase } from '../../db/postgres/seals/verify.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { aVisit, membership, put, registration } from '../scenario/edits.ts';
import { aRelayPairWithPhone, expectEqualFor, type PairPhone, type RelayPair } from '../scenario/relay-pair.ts';

const DAY_MS = 86_400_000;
const LEFT = '2026-11-21T09:00:00.000Z';

let pair: RelayPair;
let phone: PairPhone;
let north: string;
let south: string;
beforeAll(async () => {
  ({ pair, phone, north, south } = await aRelayPairWithPhone());
});
afterAll(() => pair.dispose());

const atHub = () => pair.hub.database.pool;
const inDays = (days: number) => Date.now() + days * DAY_MS;
const forget = (days: number) => forgetLetGo(atHub(), inDays(days));

async function logged(secret: string): Promise<number> {
  const found = await atHub().query('select from changes where position($1 in body) > 0', [secret]);
  return found.rowCount ?? 0;
}

async function findings(): Promise<Finding[]> {
  const found: Finding[] = [];
  await verifyDatabase(atHub(), { key: null }, (finding) => found.push(finding));
  return found;
}

/** Somebody whom a phone registered at the hub, and of whom the root has all. */
async function aPatient(phoneNumber: string): Promise<string> {
  const id = newId();
  phone.save(registration(id, north, { phone: phoneNumber }));
  await phone.syncWith(pair.hub);
  await pair.relay();
  return id;
}

async function moves(patientId: string, from: string, to: string): Promise<void> {
  const ids = [from, to].map((clinicId) => deterministicId('patientClinics', patientId, clinicId));
  const held = await readRecords(pair.root.database.pool, 'patientClinics', 'where id = any($1)', [ids]);
  await pair.editAtRoot([membership(patientId, to), membership(patientId, from, LEFT)], held);
  await pair.relay();
}

const chartAtHub = async (id: string) => (await readRecords(atHub(), 'patients', 'where id = $1', [id])).length;

async function backUp(): Promise<void> {
  // What was received within the hour before it began may not be in it.
  await markBackedUp(pair.root.database.pool, new Date(Date.now() + 2 * 3_600_000));
  await pair.relay();
}

it('stays in its log for a month and until the root’s backup holds it, and is erased with it', async () => {
  const [gone, stays] = [await aPatient('0799001'), await aPatient('0799002')];
  await moves(gone, north, south);
  expect(await chartAtHub(gone)).toBe(0);
  const [held] = await readRecords(pair.root.database.pool, 'patients', 'where id = $1', [gone]);
  await pair.editAtRoot([{ collection: 'patients', id: gone, kind: 'erase', fields: {}, reason: null }], [held!]);
  await pair.relay();
  expect(await findings()).toEqual([]);

  expect(await forget(31)).toBe(0);
  await backUp();
  expect(await forget(29)).toBe(0);
  expect(await logged('0799001')).toBe(1);
  expect(await forget(31)).toBeGreaterThan(0);
  expect([await logged('0799001'), await logged('0799002')]).toEqual([0, 1]);
  expect(await chartAtHub(stays)).toBe(1);
  expect(await findings()).toEqual([]);
  expect(await forget(31)).toBe(0);
});

it('is known all the same: what is sent again gets its outcome', async () => {
  const id = newId();
  const actionId = phone.save(registration(id, north, { phone: '0799003' }))!;
  const { action } = phone.entry(actionId)!;
  await phone.syncWith(pair.hub);
  await pair.relay();
  await moves(id, north, south);
  await backUp();
  await forget(31);
  expect(await logged('0799003')).toBe(0);
  const outgoing = await phone.phone.readOutgoing({ maxChanges: 1, maxBytes: 1 });
  const again = {
    ...{
      protocol: 1,
      schema: outgoing.schema,
      replicaId: outgoing.replicaId,
      clock: Date.now(),
      maxBytes: MAX_REPLY_BYTES,
    },
    ...{ origins: outgoing.origins, actions: [action], epoch: outgoing.epoch, cursors: outgoing.cursors },
  };
  const reply = (await phone.lineTo(pair.hub)(again)) as { outcomes: unknown[] };
  expect(reply.outcomes).toMatchObject([{ actionId, result: 'applied', duplicate: true, confirmed: true }]);
  expect(await logged('0799003')).toBe(0);
});

it('goes too when it was handed in after the chart had gone', async () => {
  const id = await aPatient('0799004');
  await phone.syncWith(pair.hub);
  const visitId = newId();
  await moves(id, north, south);
  phone.save([aVisit(visitId, id, north), put('patients', id, { phone: '0799005' })]);
  await phone.syncWith(pair.hub);
  expect(await logged('0799005')).toBe(1);
  await pair.relay();
  await backUp();
  await forget(31);
  expect([await logged('0799004'), await logged('0799005')]).toEqual([0, 0]);
  expect(await findings()).toEqual([]);
});

it('may come back: the chart is whole, and what is done then stays in the log', async () => {
  const id = await aPatient('0799006');
  await moves(id, north, south);
  await backUp();
  await forget(31);
  await moves(id, south, north);
  expect(await chartAtHub(id)).toBe(1);
  await phone.syncWith(pair.hub);
  phone.save([put('patients', id, { phone: '0799007' })]);
  await phone.syncWith(pair.hub);
  await pair.relay();
  await backUp();
  await forget(62);
  expect([await logged('0799006'), await logged('0799007')]).toEqual([0, 1]);
  expect(await findings()).toEqual([]);
  await expectEqualFor(pair.root.database, pair.hub.database, [north]);
});

it('is missed in the log as ever when it comes back before the month is over', async () => {
  const id = await aPatient('0799008');
  await moves(id, north, south);
  await moves(id, south, north);
  await backUp();
  await forget(31);
  expect(await logged('0799008')).toBe(1);
  expect(await findings()).toEqual([]);
  const kept = await atHub().query('select id, body, salt from changes where position($1 in body) > 0', ['0799008']);
  const { id: changeId, body, salt } = kept.rows[0];
  const write = (text: string | null, by: string | null) =>
    atHub().query('update changes set body = $2, salt = $3 where id = $1', [changeId, text, by]);
  await write(null, null);
  expect(await findings()).toMatchObject([{ kind: 'body-missing', recordId: id }]);
  await write(body, salt);
});

it('is named only where the hub had changes of it', async () => {
  const id = newId();
  await pair.editAtRoot(registration(id, north));
  await pair.relay();
  await moves(id, north, south);
  expect((await atHub().query('select from let_go where record_id = $1', [id])).rowCount).toBe(0);
});

it('goes as well where it was let go before this was known of', async () => {
  const [gone, stays] = [await aPatient('0799009'), await aPatient('0799010')];
  await moves(gone, north, south);
  await migrateDown(atHub(), 17);
  await migrateUp(atHub());
  await backUp();
  await forget(31);
  expect([await logged('0799009'), await logged('0799010')]).toEqual([0, 1]);
  expect(await findings()).toEqual([]);
  expect((await atHub().query('select from let_go where record_id = $1', [stays])).rowCount).toBe(0);
});
