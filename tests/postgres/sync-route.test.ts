import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POST as sync } from '../../app/api/sync/route.ts';
import { POST as snapshot } from '../../app/api/sync/snapshot/route.ts';
import { database as served } from '../../app/server/database.ts';
import { ROUTE_ENCODING } from '../../app/server/route-encoding.ts';
import { runCommand } from '../../app/server/run-command.ts';
import { newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { newSealKey } from '../../db/postgres/seals/seal-key.ts';
import { sealLog } from '../../db/postgres/seals/seal-log.ts';
import { verifyHeads } from '../../db/postgres/seals/verify-heads.ts';
import { type SnapshotToken, writeToken } from '../../db/postgres/snapshot-token.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import { grantPermissions } from '../../lib/domain/permission/grant-permissions.ts';
import type { Json } from '../../lib/replication/json.ts';
import { exchangeReplySchema, scopesOfReply } from '../../lib/replication/protocol/exchange-reply.ts';
import { snapshotPageSchema } from '../../lib/replication/protocol/snapshot.ts';
import { put, registration } from '../scenario/edits.ts';
import { aWriter, type Writer } from '../scenario/postgres-clinic.ts';
import { answerOf, aServedClinic, post } from '../scenario/routes.ts';
import { aDatabase, type TestDatabase } from '../scenario/test-database.ts';

let database: TestDatabase;
let clinicId: string;
let nora: string;
let founder: string;
let phone: { deviceId: string; authorization: string };
let other: typeof phone;
let writer: Writer;

beforeAll(async () => {
  database = await aDatabase();
  process.env.DATABASE_URL = database.url;
  const clinic = await aServedClinic(database);
  clinicId = await clinic.aClinic('North');
  founder = clinic.founder;
  nora = await clinic.aUser('nora', clinicId);
  phone = await clinic.aDevice(clinicId, 'nora');
  other = await clinic.aDevice(clinicId, 'nora');
  writer = aWriter(nora, clinicId, phone.deviceId);
});
afterAll(async () => {
  await served().close();
  await database.drop();
});

const request = (more: Record<string, unknown> = {}) => ({
  protocol: 1,
  schema: SCHEMA_VERSION,
  replicaId: phone.deviceId,
  clock: Date.now(),
  origins: {},
  actions: [],
  epoch: null,
  cursors: {},
  maxBytes: 1_000_000,
  ...more,
});
const asPhone = () => ({ authorization: phone.authorization });
const exchange = (body: unknown, headers: Record<string, string> = {}) =>
  answerOf(sync(post('/api/sync', body, { ...asPhone(), ...headers })));

async function changesStored(): Promise<number> {
  return (await database.pool.query('select count(*)::int as n from changes')).rows[0].n;
}

describe('POST /api/sync', () => {
  it('pushes and pulls in one', async () => {
    const patientId = newId();
    const answer = await exchange(request({ actions: [writer.author(registration(patientId, clinicId))] }));
    expect(answer.status).toBe(200);
    const reply = exchangeReplySchema.parse(answer.body);
    expect(reply.outcomes.map((one) => one.result)).toEqual(['applied']);
    expect(scopesOfReply(reply)).toContain(`${clinicId}:record`);
    const rows = reply.pages.flatMap((page) => page.tables.flatMap((table) => table.records));
    expect(rows.some((row) => row[0] === patientId)).toBe(true);
    const stored = await database.pool.query('select received_from from changes where record_id = $1', [patientId]);
    expect(stored.rows[0].received_from).toBe(phone.deviceId);
  });

  it('reads a body in gzip, and replies in the best encoding that is accepted', async () => {
    const body = gzipSync(JSON.stringify(request()));
    const plain = await exchange(new Uint8Array(body), { 'content-encoding': 'gzip' });
    expect(plain.status).toBe(200);
    expect(plain.headers.get(ROUTE_ENCODING)).toBeNull();
    const { clock: _, ...whole } = plain.body;
    const decoders = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
    for (const [accepted, chosen] of [
      ['gzip, deflate, br, zstd', 'zstd'],
      ['gzip, br', 'br'],
      ['gzip', 'gzip'],
      ['zstd;q=0, gzip', 'gzip'],
    ] as const) {
      const response = await sync(post('/api/sync', request(), { ...asPhone(), 'accept-encoding': accepted }));
      expect(response.headers.get(ROUTE_ENCODING)).toBe(chosen);
      const text = decoders[chosen](Buffer.from(await response.arrayBuffer())).toString();
      const { clock: __, ...same } = JSON.parse(text);
      expect(same).toEqual(whole);
    }
  });

  it('gives a first sync page by page', async () => {
    let token: string | null = null;
    const stages = new Set<string>();
    do {
      const body = { protocol: 1, replicaId: phone.deviceId, scopes: null, token, maxBytes: 2048 };
      const answer = await answerOf(snapshot(post('/api/sync/snapshot', body, asPhone())));
      expect(answer.status).toBe(200);
      const page = snapshotPageSchema.parse(answer.body);
      expect(page.scopes).not.toContain('custody');
      stages.add(page.stage);
      token = page.token;
    } while (token !== null);
    expect(stages.has('patients')).toBe(true);
  });
});

describe('where the logs are sealed', () => {
  const pushing = () => request({ actions: [writer.author(registration(newId(), clinicId))] });
  const replyTo = async (asked: unknown) => exchangeReplySchema.parse((await exchange(asked)).body);

  it('goes with a reply that brings something: heads that the log can be verified by, of its own clinics only', async () => {
    await replyTo(pushing());
    await sealLog(database.pool, newSealKey());
    const { seals, epoch } = await replyTo(pushing());
    expect(Object.keys(seals ?? {}).sort()).toEqual([`${clinicId}:trail`, 'org'].sort());
    const remembered = Object.entries(seals ?? {}).map(([scope, one]) => ({ scope, ...one }));
    const findings: unknown[] = [];
    await verifyHeads(database.pool, remembered, (finding) => findings.push(finding));
    expect(findings).toEqual([]);
    // Pulling alone is told as well.
    expect((await replyTo(request({ epoch, cursors: {} }))).seals).toEqual(seals);
  });

  it('is left out of a reply with nothing new, which with its request stays below 1 KB', async () => {
    const { epoch, cursors } = await replyTo(pushing());
    const asked = request({ epoch, cursors, origins: { [phone.deviceId]: { seq: 1, chain: 'a'.repeat(64) } } });
    const quiet = await replyTo(asked);
    expect(quiet.pages).toEqual([]);
    expect(quiet.seals).toBeUndefined();
    const response = await sync(post('/api/sync', asked, { ...asPhone(), 'accept-encoding': 'br' }));
    const bytes = (await response.arrayBuffer()).byteLength + gzipSync(JSON.stringify(asked)).byteLength;
    expect(bytes).toBeLessThan(1024);
  });
});

describe('what the sync routes refuse, always as a problem and never half done', () => {
  const action = () => writer.author(registration(newId(), clinicId));
  const changed = (fields: Record<string, Json>) => {
    const made = action();
    return { ...made, changes: made.changes.map((change) => ({ ...change, ...fields })) };
  };
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  const cases: [string, () => unknown, number, string, string?, Record<string, string>?][] = [
    ['nothing', () => '', 400, 'malformed'],
    ['no JSON', () => '{"protocol":', 400, 'malformed'],
    ['bytes that are no UTF-8', () => new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 400, 'malformed'],
    ['JSON of another kind', () => '[]', 422, 'invalid', ''],
    ['null', () => 'null', 422, 'invalid', ''],
    ['arrays a hundred thousand deep', () => deep(100_000), 400, 'malformed'],
    ['a body without its type', () => request(), 400, 'malformed', 'content-type', { 'content-type': 'text/plain' }],
    ['an encoding it cannot read', () => request(), 400, 'malformed', 'content-encoding', { 'content-encoding': 'br' }],
    ['gzip that is none', () => request(), 400, 'malformed', 'content-encoding', { 'content-encoding': 'gzip' }],
    ['another protocol', () => request({ protocol: 2 }), 426, 'unsupported-version'],
    ['another protocol of any shape', () => ({ protocol: 99, spaceships: [] }), 426, 'unsupported-version'],
    ['a protocol that is no number', () => request({ protocol: 'one' }), 422, 'invalid', 'protocol'],
    ['a field too many', () => request({ spaceships: [] }), 422, 'invalid', ''],
    ['a field too few', () => request({ cursors: undefined }), 422, 'invalid', 'cursors'],
    ['a cursor below zero', () => request({ cursors: { org: -1 } }), 422, 'invalid', 'cursors.org'],
    ['a cursor beyond counting', () => request({ cursors: { org: 1e300 } }), 422, 'invalid', 'cursors.org'],
    ['a page of a gigabyte', () => request({ maxBytes: 1e9 }), 422, 'invalid', 'maxBytes'],
    [
      'an origin that is no id',
      () => request({ origins: { me: { seq: 1, chain: '' } } }),
      422,
      'invalid',
      'origins.me',
    ],
    [
      'an action without changes',
      () => request({ actions: [{ id: newId(), changes: [] }] }),
      422,
      'invalid',
      'actions.0.changes',
    ],
    [
      'a stamp that is none',
      () => request({ actions: [changed({ stamp: 'now' })] }),
      422,
      'invalid',
      'actions.0.changes.0.stamp',
    ],
    [
      'a stamp past 2200',
      () => request({ actions: [changed({ stamp: '9999999999999.0000.000000000000' })] }),
      422,
      'invalid',
      'actions.0.changes.0.stamp',
    ],
    [
      'a stamp of another change',
      () => request({ actions: [changed({ stamp: '1790000000000.0000.000000000000' })] }),
      422,
      'invalid',
      'actions.0.changes.0.stamp',
    ],
    [
      'a change of another action',
      () => request({ actions: [changed({ actionId: newId() })] }),
      422,
      'invalid',
      'actions.0.changes',
    ],
    [
      'two changes of one id',
      () => {
        const made = action();
        return request({ actions: [{ ...made, changes: [made.changes[0], made.changes[0]] }] });
      },
      422,
      'invalid',
      'actions.0.changes',
    ],
    [
      'a number below one',
      () => request({ actions: [changed({ originSeq: 0 })] }),
      422,
      'invalid',
      'actions.0.changes.0.originSeq',
    ],
    [
      'a collection named by SQL',
      () => request({ actions: [changed({ collection: 'patients; drop table patients' })] }),
      422,
      'invalid',
      'actions.0.changes.0.collection',
    ],
    ['a key of the prototype', () => request({ actions: [changed({ fields: { '__proto__.x': 1 } })] }), 422, 'invalid'],
    [
      'another list of changes',
      () => request({ actions: Array.from({ length: 201 }, action) }),
      422,
      'invalid',
      'actions',
    ],
  ];
  it.each(cases)('%s', async (_, body, status, code, field, headers = {}) => {
    const before = await changesStored();
    const answer = await exchange(body(), headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    if (field !== undefined) expect(answer.body.field ?? '').toContain(field);
    expect(answer.body).toMatchObject({ type: `urn:hikma:problem:${code}`, title: expect.any(String), status });
    expect(await changesStored()).toBe(before);
  });

  it('a body that is too large, announced, streamed or packed', async () => {
    const large = 'x'.repeat(700 * 1024);
    const announced = await exchange(JSON.stringify(large));
    expect([announced.status, announced.body.code]).toEqual([413, 'too-large']);
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(64 * 1024))),
    });
    const endless = new Request('http://localhost/api/sync', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...asPhone() },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect((await sync(endless)).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20));
    const packed = await exchange(new Uint8Array(bomb), { 'content-encoding': 'gzip' });
    expect([packed.status, packed.body.code]).toEqual([413, 'too-large']);
  });

  it('a token that nobody gave, one that was taken back, a cookie', async () => {
    const without = await answerOf(sync(post('/api/sync', request())));
    expect([without.status, without.body.code]).toEqual([401, 'unauthenticated']);
    const unknown = await exchange(request(), { authorization: `Bearer ${'A'.repeat(43)}` });
    expect(unknown.status).toBe(401);
    const cookie = phone.authorization.replace('Bearer ', 'hikma_session=');
    expect((await answerOf(sync(post('/api/sync', request(), { cookie })))).status).toBe(401);
    expect((await exchange(request(), { authorization: phone.authorization.replace('Bearer', 'Basic') })).status).toBe(
      401,
    );
  });

  it('snapshot requests of every bad kind', async () => {
    const { replicaId, epoch } = await readIdentity(database.pool);
    const note = { replicaId, epoch, scopes: [`${clinicId}:desk`], cursors: {}, totals: { patients: 0, records: 0 } };
    const aToken = (fields: Partial<SnapshotToken>) =>
      writeToken({ ...note, since: '2026-11-21', stage: 'org', after: '', patientBytes: 1, ...fields });
    const body = { protocol: 1, replicaId: phone.deviceId, scopes: null, token: null, maxBytes: 4096 };
    for (const [bad, status] of [
      [{ ...body, token: 'AAAA' }, 422],
      [{ ...body, token: 'x'.repeat(9000) }, 422],
      [{ ...body, protocol: 3 }, 426],
      [{ ...body, token: aToken({ after: 'x' }) }, 422],
      [{ ...body, token: aToken({ after: '-'.repeat(36) }) }, 422],
      [{ ...body, token: aToken({ stage: 'charts', after: '3/' }) }, 422],
      [{ ...body, token: aToken({ since: '0000-01-01' }) }, 422],
      [{ ...body, token: aToken({}) }, 200],
      [{ ...body, maxBytes: 1 }, 422],
      [{ ...body, scopes: ['x'.repeat(100)] }, 422],
      ['nonsense', 400],
    ] as const) {
      expect((await answerOf(snapshot(post('/api/sync/snapshot', bad, asPhone())))).status).toBe(status);
    }
  });
});

describe('what a change may try, refused by itself and stored with its content', () => {
  const push = async (action: unknown) => {
    const answer = await exchange(request({ actions: [action] }));
    expect(answer.status).toBe(200);
    return answer.body.outcomes[0];
  };

  it.each([
    ['a key of the prototype', { 'attributes.__proto__': 1 }],
    ['the name of a constructor', { 'attributes.constructor': 'x' }],
    ['half a surrogate pair', { 'attributes.a': '\ud800' }],
    ['a NUL', { 'attributes.a': 'a\0b' }],
    ['a key with a NUL', { 'attributes.a\0': 'x' }],
    ['a number beyond doubles', { 'attributes.n': 1e308 }],
    ['SQL', { 'attributes.a': `'); drop table patients; --` }],
  ] as [string, Record<string, Json>][])('%s: stored whole, or refused as invalid', async (_, fields) => {
    const patientId = newId();
    const outcome = await push(writer.author(registration(patientId, clinicId, fields)));
    if (outcome.result === 'refused') {
      expect(outcome.refusal.code).toBe('invalid');
      return;
    }
    const answer = await exchange(request());
    const reply = exchangeReplySchema.parse(answer.body);
    const table = reply.pages.flatMap((page) => page.tables).find((one) => one.collection === 'patients')!;
    const rows = reply.pages
      .flatMap((page) => page.tables)
      .filter((one) => one.collection === 'patients')
      .flatMap((one) => one.records);
    const row = rows.find((one) => one[0] === patientId)!;
    const attributes = row[3 + table.columns.indexOf('attributes')] as Record<string, Json>;
    const [[key, value]] = Object.entries(fields) as [[string, Json]];
    expect(Object.getOwnPropertyDescriptor(attributes, key.slice('attributes.'.length))?.value).toEqual(value);
  });

  it.each(['constructor', 'toString', 'valueOf'])('%s as a field, of our schema and of a newer one', async (key) => {
    const made = writer.author(registration(newId(), clinicId, { [key]: 1 }));
    expect(await push(made)).toMatchObject({ result: 'refused', refusal: { key, code: 'invalid' } });
    const again = writer.author(registration(newId(), clinicId, { [key]: 1 }));
    const newer = { ...again, changes: again.changes.map((change) => ({ ...change, schema: 99 })) };
    expect(await push(newer)).toMatchObject({ result: 'refused' });
  });

  it('the envelope of a record, by a writer that claims a newer schema', async () => {
    for (const fields of [{ deleted: { deletedAt: null } }, { erased: true }, { created: {} }] as Record<
      string,
      Json
    >[]) {
      const made = writer.author(registration(newId(), clinicId, fields));
      const newer = { ...made, changes: made.changes.map((change) => ({ ...change, schema: 99 })) };
      expect(await push(newer)).toMatchObject({ result: 'refused' });
    }
  });

  it('a keyed column written whole, by a writer that claims a newer schema', async () => {
    const made = writer.author(registration(newId(), clinicId, { attributes: 'all', 'attributes.a': 1 }));
    const newer = { ...made, changes: made.changes.map((change) => ({ ...change, schema: 99 })) };
    expect(await push(newer)).toMatchObject({ result: 'refused' });
  });

  it("somebody's password, from a phone", async () => {
    const rights = { userId: nora, clinicId, flags: ['clinic-admin', 'register-patients'] };
    const by = { userId: founder, clinicId: null };
    expect(await runCommand(database.pool, grantPermissions, rights, by)).toEqual({ ok: true });
    const [admin] = (await database.pool.query("select id from credentials where username = 'ada'")).rows;
    const held = {
      collection: 'credentials',
      id: admin.id,
      values: {},
      stamps: { username: '0000000000001.0000.000000000000' },
    };
    const action = writer.author([put('credentials', admin.id, { passwordHash: 'mine' })], [held]);
    expect(await push(action)).toMatchObject({ result: 'refused', refusal: { code: 'forbidden' } });
  });

  it('changes numbered as those of another device, or of the server itself: nothing of them is stored', async () => {
    const { replicaId } = await readIdentity(database.pool);
    const before = await changesStored();
    for (const origin of [replicaId, other.deviceId]) {
      const made = aWriter(nora, clinicId, origin).author(registration(newId(), clinicId));
      const answer = await exchange(request({ actions: [made] }));
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([403, 'forbidden', 'origin']);
    }
    expect(await changesStored()).toBe(before);
    // A phone that was restored numbers what it makes from then on under a new id.
    const restored = aWriter(nora, clinicId).author(registration(newId(), clinicId));
    expect(await push(restored)).toMatchObject({ result: 'applied' });
  });

  it('an author who never signed in on the device', async () => {
    const other = aWriter(newId(), clinicId, phone.deviceId);
    const outcome = await push(other.author(registration(newId(), clinicId)));
    expect(outcome).toMatchObject({ result: 'refused', refusal: { code: 'forbidden' } });
  });
});
