import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHub } from '../../app/server/add-hub.ts';
import { exchange } from '../../app/server/exchange.ts';
import { problemResponse } from '../../app/server/problem.ts';
import { refuseHubAbove } from '../../app/server/upstream-line.ts';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import type { Action } from '../../lib/replication/change.ts';
import type { Json } from '../../lib/replication/json.ts';
import type { Outcome } from '../../lib/replication/protocol/outcome.ts';
import { membership, put, registration } from '../scenario/edits.ts';
import { aRelayPairWithPhone, lineInto, type PairPhone, type RelayPair } from '../scenario/relay-pair.ts';
import type { TestDatabase } from '../scenario/test-database.ts';

let pair: RelayPair;
let phone: PairPhone;
let north: string;
let south: string;
beforeAll(async () => {
  ({ pair, phone, north, south } = await aRelayPairWithPhone());
});
afterAll(() => pair.dispose());

const logged = async (actionId: string) =>
  (await pair.root.database.pool.query('select result, body from changes where action_id = $1', [actionId])).rows;

const villageOf = async (id: string) =>
  (await readRecords(pair.root.database.pool, 'patients', 'where id = $1', [id]))[0]?.values.village ?? null;

/** Hands an action in with the verdict that it was applied: over the hub's line, or another's. */
async function handIn(action: Action, line = pair.lineOfHub(), replicaId = pair.hubKey.deviceId): Promise<Outcome[]> {
  const reply = (await line({
    ...{ protocol: 1, schema: 1, replicaId, clock: Date.now(), origins: {}, actions: [action] },
    ...{ judged: [{ actionId: action.id, result: 'applied', refusal: null }], epoch: null, cursors: {} },
    maxBytes: 32_768,
  })) as { outcomes: Outcome[] };
  return reply.outcomes;
}

/** The same action as somebody else's of another origin. */
function as(action: Action, origin: string, author: string): Action {
  return { ...action, changes: action.changes.map((change) => ({ ...change, origin, author })) };
}

const made = (fields: Record<string, Json> = {}) =>
  phone.entry(phone.save(registration(newId(), north, fields)))!.action;

/** The exchange route of a database on a port. */
async function served(at: () => TestDatabase) {
  const server = createServer(async (asked, answer) => {
    const body = Buffer.concat(await asked.toArray()).toString();
    const headers = { 'content-type': 'application/json', authorization: asked.headers.authorization ?? '' };
    const result = await exchange(at().pool, new Request('http://x/api/sync', { method: 'POST', headers, body }));
    const response = result.ok ? result.value : problemResponse(result.problem);
    answer.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  }).listen(0);
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function clinicsOf(deviceId: string, clinicIds: string[]): Promise<void> {
  const [device] = await readRecords(pair.root.database.pool, 'devices', 'where id = $1', [deviceId]);
  await pair.editAtRoot([put('devices', deviceId, { clinicIds })], [device!]);
}

describe('a hub', () => {
  it('numbers nothing as a device that was never of its clinics', async () => {
    const stranger = await pair.aPhone(1);
    const action = as(made(), stranger.deviceId, phone.userId);
    expect(await handIn(action)).toMatchObject([
      { actionId: action.id, result: 'refused', refusal: { key: 'origin', code: 'forbidden' } },
    ]);
    expect(await logged(action.id)).toEqual([]);
  });

  it('goes on handing on when a phone numbered its work as such a device', async () => {
    const [stranger, forger] = [await pair.aPhone(1), await pair.aPhone()];
    await pair.relay();
    const forged = as(made(), stranger.deviceId, phone.userId);
    expect(await handIn(forged, forger.lineTo(pair.hub), forger.deviceId)).toMatchObject([{ result: 'applied' }]);
    const honest = forger.save(registration(newId(), north));
    await forger.syncWith(pair.hub);
    await pair.relay();
    expect(await logged(honest)).not.toEqual([]);
    expect(await logged(forged.id)).toEqual([]);
    const told = await pair.hub.database.pool.query('select result, confirmed from changes where action_id = $1', [
      forged.id,
    ]);
    expect(new Set(told.rows.map(({ result, confirmed }) => `${result} ${confirmed}`))).toEqual(
      new Set(['refused true']),
    );
  });

  it('hands nothing of it on while the root recovers, which may have lost that they were together', async () => {
    const stranger = await pair.aPhone(1);
    await pair.root.database.pool.query('update replica set recovering = true');
    const action = as(made(), stranger.deviceId, phone.userId);
    await expect(handIn(action)).rejects.toThrow('forbidden origin');
    await pair.root.database.pool.query('update replica set recovering = false');
  });

  it('hands on what a phone made before it went to another clinic', async () => {
    const gone = await pair.aPhone();
    const [patientId] = [newId()];
    const { action } = gone.entry(gone.save(registration(patientId, north)))!;
    await clinicsOf(gone.deviceId, [south]);
    expect(await handIn(action)).toMatchObject([{ result: 'applied' }]);
  });

  it('hands on what was made before the hub itself went to another clinic', async () => {
    const { action } = phone.entry(phone.save(registration(newId(), north)))!;
    await clinicsOf(pair.hubKey.deviceId, [south]);
    // As before, in whose clinics it is decides: the hub is not stopped by it.
    expect(await handIn(action)).toMatchObject([{ result: 'refused', refusal: { code: 'not-in-your-clinic' } }]);
    await clinicsOf(pair.hubKey.deviceId, [north]);
  });

  it('is believed about an unknown origin only when the author is of its clinics', async () => {
    const cloned = newId();
    expect(await handIn(as(made(), cloned, phone.userId))).toMatchObject([{ result: 'applied' }]);
    const { userId } = pair.clinics[1]!;
    const refused = await handIn(as(made(), newId(), userId));
    expect(refused).toMatchObject([{ result: 'refused', refusal: { code: 'forbidden' } }]);
  });

  it('alters nothing that was refused before: a change is what its log says', async () => {
    const patientId = newId();
    await pair.editAtRoot(registration(patientId, south));
    phone.save([put('patients', patientId, { village: 'Mine' })]);
    const action = phone.entry(phone.phone.state.outbox.at(-1)!.action.id)!.action;
    await phone.syncWith(pair.root);
    expect(await logged(action.id)).toMatchObject([{ result: 'refused' }]);
    await pair.editAtRoot([membership(patientId, north)]);
    const [one] = action.changes;
    const altered = { ...action, changes: [{ ...one!, fields: { village: 'Forged' } }] };
    const longer = { ...action, changes: [one!, { ...one!, id: newId(), originSeq: one!.originSeq + 90 }] };
    longer.changes[1]!.stamp = `${one!.stamp.slice(0, -12)}${longer.changes[1]!.id.slice(-12)}`;
    for (const other of [altered, longer])
      expect(await handIn(other)).toMatchObject([{ result: 'refused', duplicate: true }]);
    expect(await villageOf(patientId)).toBeNull();
    expect(await logged(action.id)).toHaveLength(1);
  });

  it('is nobody who says so: of a phone no verdict counts', async () => {
    const { action } = phone.entry(phone.save([put('patients', newId(), { village: 'Mine' })]))!;
    const line = lineInto(() => pair.root.database, phone.bearer);
    expect(await handIn(action, line, phone.deviceId)).toMatchObject([{ result: 'refused' }]);
    const asHub = [put('devices', phone.deviceId, { kind: 'hub' })];
    const claim = phone.entry(phone.save(asHub))!.action;
    expect(await handIn(claim, line, phone.deviceId)).toMatchObject([{ result: 'refused' }]);
  });

  it('is no upstream of another hub', async () => {
    const line = lineInto(() => pair.hub.database, pair.hubKey.key);
    await expect(handIn(made(), line)).rejects.toThrow('forbidden upstream');
    await expect(addHub(pair.hub.database.pool, 'Second', ['North'])).rejects.toThrow('at the server');
    const { url, close } = await served(() => pair.hub.database);
    await expect(refuseHubAbove({ url, key: pair.hubKey.key })).rejects.toThrow('UPSTREAM_URL names a hub');
    await close();
    // Nobody there: that is for a round to find out.
    await refuseHubAbove({ url, key: pair.hubKey.key });
  });

  it('starts under a server', async () => {
    const { url, close } = await served(() => pair.root.database);
    await refuseHubAbove({ url, key: pair.hubKey.key });
    await close();
  });
});
