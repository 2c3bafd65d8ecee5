import { expect, it } from 'vitest';
import { exchangeOnce, exchangeUntilQuiet } from '../../lib/replication/exchange.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { refKey } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration } from '../scenario/edits.ts';
import { aNetwork } from '../scenario/network/a-network.ts';

// What PostgreSQL does as a relay is in tests/postgres/relay.test.ts.

it('a hub keeps the chart of a patient who left while it has work in it that the root does not have', async () => {
  const net = await aNetwork(3);
  const [north, south] = net.clinics as [string, string];
  const { replica } = net.server;
  const clock = () => net.time.ms;
  const userId = await net.aUser(replica, [north]);
  const hub = net.aHub([north], false);
  const { phone, store, sender } = net.aPhone(userId, [north]);
  const toHub = net.lineTo(() => hub.relay, sender);
  const [patientId, visitId] = [net.newId(), net.newId()];
  const [patient, visit] = [`patients/${patientId}`, refKey({ collection: 'visits', id: visitId })];
  await net.editAt(replica, registration(patientId, north), north);
  await exchangeUntilQuiet(hub.store, hub.line, clock);
  await exchangeUntilQuiet(store, toHub, clock);
  const left = membership(patientId, north, '2026-11-21T09:00:00.000Z');
  await net.editAt(replica, [membership(patientId, south), left]);
  phone.commit([aVisit(visitId, patientId, north)], { userId, clinicId: north });

  // The phone hands its work in while the hub waits for the reply that tells of the departure.
  const meanwhile: typeof hub.line = async (request) => {
    const reply = await hub.line(request);
    await exchangeOnce(store, toHub, clock, MAX_REPLY_BYTES);
    return reply;
  };
  await exchangeOnce(hub.store, meanwhile, clock, MAX_REPLY_BYTES);
  expect([hub.relay.records.has(visit), hub.relay.records.has(patient)]).toEqual([true, true]);

  await exchangeUntilQuiet(hub.store, hub.line, clock);
  expect(replica.records.has(visit)).toBe(true);
  expect([hub.relay.records.has(visit), hub.relay.records.has(patient)]).toEqual([false, false]);
});

it('a row from the root is merged into what a phone handed in while it was on its way', async () => {
  const net = await aNetwork(5);
  const [north] = net.clinics as [string];
  const { replica } = net.server;
  const clock = () => net.time.ms;
  const userId = await net.aUser(replica, [north]);
  const hub = net.aHub([north], false);
  const { phone, store, sender } = net.aPhone(userId, [north]);
  const toHub = net.lineTo(() => hub.relay, sender);
  const patientId = net.newId();
  await net.editAt(replica, registration(patientId, north), north);
  await exchangeUntilQuiet(hub.store, hub.line, clock);
  await exchangeUntilQuiet(store, toHub, clock);
  await net.editAt(replica, [put('patients', patientId, { givenName: 'Salma' })], north);
  phone.commit([put('patients', patientId, { familyName: 'Khoury' })], { userId, clinicId: north });

  const meanwhile: typeof hub.line = async (request) => {
    const reply = await hub.line(request);
    await exchangeOnce(store, toHub, clock, MAX_REPLY_BYTES);
    return reply;
  };
  await exchangeOnce(hub.store, meanwhile, clock, MAX_REPLY_BYTES);
  const { values } = hub.relay.records.get(`patients/${patientId}`)!;
  expect(values).toMatchObject({ givenName: 'Salma', familyName: 'Khoury' });
});

it('a hub that ran alone hands on what it decided with its first request to the root that it is given', async () => {
  const net = await aNetwork(4);
  const [north] = net.clinics as [string];
  const clock = () => net.time.ms;
  const hub = net.aHub([north], true);
  const userId = await net.aUser(hub.relay, [north]);
  const { phone, store, sender } = net.aPhone(userId, [north]);
  const toHub = net.lineTo(() => hub.relay, sender);
  await exchangeUntilQuiet(store, toHub, clock);
  const patientId = net.newId();
  phone.commit(registration(patientId, north), { userId, clinicId: north });
  await exchangeUntilQuiet(store, toHub, clock);
  expect(phone.state.outbox.map(({ state }) => state)).toEqual(['confirmed']);

  hub.relay.attach();
  await net.editAt(net.server.replica, [put('users', userId, { name: 'A user', role: 'provider', language: 'en' })]);
  await net.grant(net.server.replica, userId, north, { 'register-patients': true });
  await exchangeOnce(hub.store, hub.line, clock, MAX_REPLY_BYTES);
  expect(net.server.replica.records.has(`patients/${patientId}`)).toBe(true);
});
