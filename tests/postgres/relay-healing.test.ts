import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listKeptRows } from '../../db/postgres/list-kept-rows.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { keepReplaced } from '../../db/postgres/rows-aside.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import type { ExchangeReply } from '../../lib/replication/protocol/exchange-reply.ts';
import type { ExchangeRequest } from '../../lib/replication/protocol/exchange-request.ts';
import { aVisit, membership, put, registration } from '../scenario/edits.ts';
import { aRelayPairWithPhone, expectEqualFor, type PairPhone, type RelayPair } from '../scenario/relay-pair.ts';

let pair: RelayPair;
let phone: PairPhone;
let north: string;
let south: string;
beforeAll(async () => {
  ({ pair, phone, north, south } = await aRelayPairWithPhone());
});
beforeEach(() => {
  pair.refusedRows.length = 0;
});
afterAll(() => pair.dispose());

const LEFT = '2026-11-21T09:00:00.000Z';
const equal = (clinicIds = [north]) => expectEqualFor(pair.root.database, pair.hub.database, clinicIds);

/** A patient whom both know. */
async function aPatient(): Promise<string> {
  const id = newId();
  await pair.editAtRoot(registration(id, north));
  await pair.relay();
  return id;
}

const patientAt = async (at: 'root' | 'hub', id: string) =>
  (await readRecords(pair[at].database.pool, 'patients', 'where id = $1', [id]))[0];

async function chartAtHub(id: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, key] of [
    ['patients', 'id'],
    ['visits', 'patient_id'],
    ['patientClinics', 'patient_id'],
  ] as const)
    for (const record of await readRecords(pair.hub.database.pool, name, `where ${key} = $1`, [id]))
      found.push(`${record.collection}/${record.id}`);
  return found;
}

async function leave(patientId: string, clinicId: string): Promise<void> {
  const id = deterministicId('patientClinics', patientId, clinicId);
  const held = await readRecords(pair.root.database.pool, 'patientClinics', 'where id = $1', [id]);
  await pair.editAtRoot([membership(patientId, clinicId, LEFT)], held);
}

type Bend = (reply: ExchangeReply, request: ExchangeRequest) => ExchangeReply | Promise<ExchangeReply>;

/** The hub's line on which the first replies come as these say, and the others as they are. */
function bent(...bends: Bend[]) {
  const line = pair.lineOfHub();
  return async (request: ExchangeRequest) => {
    const reply = (await line(request)) as ExchangeReply;
    const bend = bends.shift();
    return bend === undefined ? reply : bend(reply, request);
  };
}

/** The root has what was handed on, and does not say so. */
const unanswered: Bend = (reply) => ({ ...reply, outcomes: [] });
const unfinished: Bend = (reply) => ({ ...reply, more: true, digests: {} });

/** What a smaller reply would have brought: of these scopes nothing. */
const without =
  (isLater: (scope: string) => boolean, then: () => Promise<void>): Bend =>
  async (reply, request) => {
    await then();
    const cursors = Object.entries(reply.cursors).map(([scope, seq]) => [
      scope,
      isLater(scope) ? (request.cursors[scope] ?? 0) : seq,
    ]);
    const pages = reply.pages.filter(({ scope }) => !isLater(scope));
    return { ...reply, pages, cursors: Object.fromEntries(cursors), more: true, digests: {} };
  };

async function hubIsOf(clinicIds: string[]): Promise<void> {
  const [hub] = await readRecords(pair.root.database.pool, 'devices', 'where id = $1', [pair.hubKey.deviceId]);
  await pair.editAtRoot([put('devices', hub!.id, { clinicIds })], [hub!]);
  await pair.relay();
}

describe('a patient who left', () => {
  it('is let go when the root has what was made of him, though not everything was read then', async () => {
    const id = await aPatient();
    await phone.syncWith(pair.hub);
    phone.save([aVisit(newId(), id, north)]);
    await phone.syncWith(pair.hub);
    await pair.editAtRoot([membership(id, south)]);
    await leave(id, north);
    await pair.relay(bent(unanswered));
    await pair.relay(bent(unfinished, unfinished));
    expect(await chartAtHub(id)).toEqual([]);
    await equal();
  });

  it('leaves nothing beside: what a repair had replaced of him goes as well', async () => {
    const id = await aPatient();
    await keepReplaced(pair.hub.database.pool, [(await patientAt('hub', id))!]);
    expect(await listKeptRows(pair.hub.database.pool, null)).toMatchObject([{ patientId: id }]);
    await leave(id, north);
    await pair.relay();
    expect(await chartAtHub(id)).toEqual([]);
    expect(await listKeptRows(pair.hub.database.pool, null)).toEqual([]);
  });

  it('stays whole, and with its phones, while the root has not all of it', async () => {
    const id = await aPatient();
    await phone.syncWith(pair.hub);
    phone.save([aVisit(newId(), id, north)]);
    await phone.syncWith(pair.hub);
    await pair.editAtRoot([membership(id, south)]);
    await leave(id, north);
    await pair.relay(bent(unanswered));
    expect(await chartAtHub(id)).toHaveLength(3);
    await phone.syncWith(pair.hub);
    expect(phone.phone.shown({ collection: 'patients', id })).toBeDefined();
    await pair.relay();
    expect(await chartAtHub(id)).toEqual([]);
    await phone.syncWith(pair.hub);
    expect(phone.phone.shown({ collection: 'patients', id })).toBeUndefined();
    await equal();
  });

  it('is let go when he leaves two clinics, of which the hub is told one by one', async () => {
    await hubIsOf([north, south]);
    const id = await aPatient();
    await pair.editAtRoot([membership(id, south)]);
    await pair.relay();
    await leave(id, north);
    const other = (scope: string) => scope.startsWith(south);
    await pair.relay(bent(without(other, () => leave(id, south))));
    expect(await chartAtHub(id)).toEqual([]);
    await equal([north, south]);
    await hubIsOf([north]);
  });
});

describe('a row that cannot be stored', () => {
  const aside = async () => (await pair.hub.database.pool.query('select collection, code from rows_aside')).rows;

  it('is kept aside, told of, and stored when it can be', async () => {
    const { pool } = pair.hub.database;
    const id = await aPatient();
    await pool.query(`alter table patients add constraint narrow check (village is distinct from 'Zahle')`);
    await pair.editAtRoot([put('patients', id, { village: 'Zahle' })]);
    await pair.relay();
    expect(pair.refusedRows).toEqual([`patients/${id} 23514`]);
    expect(await aside()).toEqual([{ collection: 'patients', code: '23514' }]);
    const told = { collection: 'patients', recordId: id, why: 'not-storable', values: {} };
    expect(await listKeptRows(pool, null)).toMatchObject([told]);
    expect(await listKeptRows(pool, [north])).toHaveLength(1);
    expect(await listKeptRows(pool, [south])).toEqual([]);
    await pair.editAtRoot([put('patients', id, { phone: '7' })]);
    await pair.relay();
    expect((await patientAt('hub', id))?.values.phone ?? null).toBeNull();
    await pool.query('alter table patients drop constraint narrow');
    pair.restartHub();
    await pair.relay();
    expect((await patientAt('hub', id))?.values).toMatchObject({ village: 'Zahle', phone: '7' });
    expect(await aside()).toEqual([]);
    await equal();
  });

  it('is kept when this version does not know what it is', async () => {
    const row = { collection: 'isotopes', columns: [], groups: {}, rows: [] };
    const newer: Bend = (reply) => {
      const records = [[newId(), '{"1700000000000.0000.000000000000":["half"]}', { half: 5 }]];
      const page = { scope: 'org', count: 1, upTo: reply.cursors.org!, tables: [{ ...row, records }], left: [] };
      return { ...reply, pages: [...reply.pages, page] };
    };
    await pair.relay(bent(newer));
    expect(await aside()).toEqual([{ collection: 'isotopes', code: 'unknown-collection' }]);
    await pair.hub.database.pool.query('delete from rows_aside');
  });

  it('is forgotten with the clinic that it came from', async () => {
    await hubIsOf([north, south]);
    const { pool } = pair.hub.database;
    const id = newId();
    await pool.query(`alter table patients add constraint narrow check (village is distinct from 'Tripoli')`);
    await pair.editAtRoot(registration(id, south));
    await pair.editAtRoot([put('patients', id, { village: 'Tripoli' })]);
    await pair.relay();
    expect(await aside()).toHaveLength(1);
    await hubIsOf([north]);
    expect(await aside()).toEqual([]);
    expect(await chartAtHub(id)).toEqual([]);
    await pool.query('alter table patients drop constraint narrow');
    await equal();
  });
});

describe('a feed is read once more', () => {
  /** A round that notices, and one that reads. */
  async function noticed(): Promise<void> {
    await pair.relay();
    await pair.relay();
  }

  it('when it begins a new life: what left before is told by nobody', async () => {
    const id = await aPatient();
    await pair.editAtRoot([membership(id, south)]);
    await leave(id, north);
    await pair.root.database.pool.query('delete from feed where left_stamp is not null');
    await pair.root.database.pool.query('update replica set epoch = $1', [newId()]);
    await pair.relay();
    expect(await chartAtHub(id)).toEqual([]);
    await equal();
  });

  it('and what the root has not confirmed stays', async () => {
    const id = await aPatient();
    await phone.syncWith(pair.hub);
    await pair.editAtRoot([membership(id, south)]);
    await leave(id, north);
    await pair.root.database.pool.query('delete from feed where left_stamp is not null');
    await pair.root.database.pool.query('update replica set epoch = $1', [newId()]);
    phone.save([aVisit(newId(), id, north)]);
    await phone.syncWith(pair.hub);
    await pair.relay(bent(unanswered, unanswered, unanswered));
    expect(await chartAtHub(id)).toHaveLength(3);
    await pair.relay();
    expect(await chartAtHub(id)).toEqual([]);
    await equal();
  });

  it('when its sums differ: what is missing here comes again', async () => {
    const id = await aPatient();
    await pair.editAtRoot([put('patients', id, { village: 'Zahle' })]);
    const { rows } = await pair.root.database.pool.query('select id, seq from scopes');
    const { rows: upstream } = await pair.hub.database.pool.query('select epoch, cursors from upstream');
    const { epoch, cursors } = upstream[0];
    for (const { id: scope, seq } of rows) if (scope in cursors[epoch]) cursors[epoch][scope] = seq;
    await pair.hub.database.pool.query('update upstream set cursors = $1', [JSON.stringify(cursors)]);
    await noticed();
    expect((await patientAt('hub', id))?.values.village).toBe('Zahle');
    await equal();
  });

  it('when its sums differ: what nobody retains gives way, and is kept for a person to see until it is known again', async () => {
    const id = await aPatient();
    await phone.syncWith(pair.hub);
    const made = phone.save([put('patients', id, { village: 'Ghost' })]);
    await phone.syncWith(pair.hub);
    await pair.hub.database.pool.query('update changes set confirmed = true where action_id = $1', [made]);
    await noticed();
    expect((await patientAt('hub', id))?.values.village ?? null).toBeNull();
    await equal();
    const { rows } = await pair.hub.database.pool.query('select collection, record_id, body from rows_replaced');
    expect(rows.map(({ body, ...ref }) => ({ ...ref, village: JSON.parse(body).values.village }))).toEqual([
      { collection: 'patients', record_id: id, village: 'Ghost' },
    ]);
    expect(pair.replacedRows).toEqual([`patients/${id}`]);
    expect(await listKeptRows(pair.hub.database.pool, null)).toMatchObject([
      { collection: 'patients', recordId: id, why: 'replaced', values: { village: 'Ghost' } },
    ]);
    phone.save([put('patients', id, { village: 'Known' })]);
    await phone.syncWith(pair.root);
    await pair.relay();
    expect((await pair.hub.database.pool.query('select from rows_replaced')).rowCount).toBe(0);
  });

  it('keeps of what gives way no hash that somebody signs in by', async () => {
    const { pool } = pair.hub.database;
    const devices = await readRecords(pool, 'devices', '', []);
    expect(devices.length).toBeGreaterThan(0);
    await keepReplaced(pool, devices);
    expect((await pool.query('select from rows_replaced')).rowCount).toBe(0);
  });

  it('once for the same sums, and not while something is on its way', async () => {
    const id = await aPatient();
    let walks = 0;
    const counting = async (request: ExchangeRequest) => {
      const reply = (await pair.lineOfHub()(request)) as ExchangeReply;
      const digests = { ...reply.digests };
      if (digests.org !== undefined) digests.org = { count: 1, digest: '77' };
      if (request.cursors.org === undefined) walks += 1;
      return { ...reply, digests };
    };
    await phone.syncWith(pair.hub);
    phone.save([put('patients', id, { camp: 'East' })]);
    await phone.syncWith(pair.hub);
    const deaf = async (request: ExchangeRequest) => ({ ...(await counting(request)), outcomes: [] });
    await pair.relay(deaf);
    expect(walks).toBe(0);
    for (let times = 0; times < 3; times++) await pair.relay(counting);
    expect(walks).toBe(1);
    await pair.relay();
    await equal();
  });
});
