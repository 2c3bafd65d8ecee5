import { expect, it } from 'vitest';
import { exchangeOnce, exchangeUntilQuiet } from '../../lib/replication/exchange.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { refKey } from '../../lib/replication/record.ts';
import { aVisit, membership, registration } from '../scenario/edits.ts';
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
