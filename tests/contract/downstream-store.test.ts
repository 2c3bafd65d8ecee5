import { describe, expect, it } from 'vitest';
import type { Flag } from '../../lib/access/actor.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import { exchangeOnce, type Transport } from '../../lib/replication/exchange.ts';
import { MAX_REPLY_BYTES } from '../../lib/replication/protocol/exchange-request.ts';
import { refKey, type StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from '../scenario/edits.ts';
import { aMemoryStore, anIndexedDbStore, type MakePhoneStore, type PhoneStore } from '../scenario/phone-stores.ts';
import { aSimulatedWorld } from '../scenario/simulated-world.ts';
import { snapshotPages } from '../scenario/snapshot-pages.ts';

// More than 300 lines: one suite, in one file, so that no store can leave out a part of it.

const LEFT_AT = '2026-11-21T09:00:00.000Z';
const COUGH = { reason: 'cough' };

async function aCase(make: MakePhoneStore) {
  const world = aSimulatedWorld(11);
  const north = await world.aClinic('North');
  const south = await world.aClinic('South');
  const nora = await world.aUser('provider', [north]);
  const { newId, time, server } = world;
  const patientId = newId();
  const aPhone = async (userId: string, clinicId: string, skewMs = 0) => {
    const clock = () => time.ms + skewMs;
    const phone = await make(newId(), clock, newId);
    const author = { userId, clinicId };
    const save = (...edits: Edit[]) => phone.commit(edits, author);
    return { ...phone, ...world.connect(phone.store, userId, [clinicId], clock), save };
  };
  const phone = await aPhone(nora, north);
  await phone.exchange();
  return {
    ...{ world, server, north, south, nora, newId, time, patientId, aPhone, phone },
    patient: { collection: 'patients', id: patientId },
    register: () => phone.save(...registration(patientId, north)),
    move: () => world.atServer([membership(patientId, south), membership(patientId, north, LEFT_AT)]),
    at: (ref: { collection: string; id: string }): StoredRecord | undefined => server.records.get(refKey(ref)),
    revoke: (flag: Flag) => world.grant(nora, north, { [flag]: false }),
    aVisitHere: (fields = {}) => {
      const ref = { collection: 'visits', id: newId() };
      return { ref, edit: aVisit(ref.id, patientId, north, fields) };
    },
    someVitalsHere: (fields: Record<string, number>, userId = nora) => {
      const ref = { collection: 'vitals', id: newId() };
      return { ref, edit: someVitals(ref.id, patientId, north, userId, fields) };
    },
    equalToServer: async (one: PhoneStore & { grants: () => Promise<{ scopes: readonly string[] }> }) => {
      const { scopes } = await one.grants();
      const expected = scopes.map((scope) => {
        const { count, digest } = server.head(scope);
        return [scope, { count, digest }];
      });
      expect(await one.digests(scopes)).toEqual(Object.fromEntries(expected));
    },
  };
}

/** The request arrives, the reply does not. */
function losingReplies(transport: Transport): Transport {
  return async (request) => {
    await transport(request);
    throw new TypeError('cut');
  };
}

/** One exchange that leaves the outbox at home, as when a save falls between the request and its reply. */
async function pullOnly(phone: PhoneStore & { transport: Transport }, nowMs: number): Promise<void> {
  const readOutgoing = async () => {
    const outgoing = await phone.store.readOutgoing({ maxChanges: 200, maxBytes: 1e6 });
    return { ...outgoing, actions: [] };
  };
  const applyReply = phone.store.applyReply.bind(phone.store);
  await exchangeOnce({ readOutgoing, applyReply }, phone.transport, () => nowMs, MAX_REPLY_BYTES);
}

describe.each([
  ['memory', aMemoryStore],
  ['IndexedDB', anIndexedDbStore],
] as const)('a phone on %s', (_, make) => {
  it('saves record, outbox and number together', async () => {
    const { phone, patient, register } = await aCase(make);
    const actionId = await register();
    expect((await phone.shown(patient))?.values.givenName).toBe('Amina');
    expect((await phone.outbox()).map(({ action, state }) => [action.id, state])).toEqual([[actionId, 'pending']]);
    expect(await phone.originSeq()).toBe(2);
    expect((await phone.unsent()).length).toBe(2);
  });

  it('saves nothing for an edit that changes nothing', async () => {
    const { phone, patientId, register } = await aCase(make);
    await register();
    expect(await phone.save(put('patients', patientId, { givenName: 'Amina' }))).toBeNull();
    expect(await phone.originSeq()).toBe(2);
  });

  it('exchanges both ways, its own rows echoed without harm', async () => {
    const { phone, patient, nora, north, aPhone, patientId, register, equalToServer } = await aCase(make);
    const other = await aPhone(nora, north);
    await register();
    await phone.exchange();
    expect((await phone.outbox()).map((entry) => entry.state)).toEqual(['confirmed']);
    expect(await phone.unsent()).toEqual([]);
    await other.exchange();
    await other.save(put('patients', patientId, { phone: '0700' }));
    await other.exchange();
    await phone.exchange();
    expect((await phone.shown(patient))?.values).toMatchObject({ givenName: 'Amina', phone: '0700' });
    await equalToServer(phone);
    await equalToServer(other);
  });

  it('shows pending edits over a pulled row', async () => {
    const { world, phone, patient, patientId, register } = await aCase(make);
    await register();
    await phone.exchange();
    await phone.save(put('patients', patientId, { phone: '0701' }));
    await world.atServer([put('patients', patientId, { village: 'Kfar', phone: '0999' })]);
    await pullOnly(phone, world.time.ms);
    expect((await phone.shown(patient))?.values).toMatchObject({ village: 'Kfar' });
    expect((await phone.outbox()).map((entry) => entry.state)).toEqual(['confirmed', 'pending']);
    expect(await phone.unsent()).toEqual([refKey(patient)]);
  });

  it('sends the same batch after a lost reply, and nothing is applied twice', async () => {
    const { server, phone, register, equalToServer } = await aCase(make);
    await register();
    await expect(phone.exchange(losingReplies(phone.transport))).rejects.toThrow('cut');
    expect((await phone.outbox()).map((entry) => entry.state)).toEqual(['pending']);
    const logged = server.log.length;
    await phone.exchange();
    expect(server.log.length).toBe(logged);
    expect((await phone.outbox()).map((entry) => entry.state)).toEqual(['confirmed']);
    await equalToServer(phone);
  });

  it('keeps an edit made between a lost reply and the repeated batch', async () => {
    const { at, phone, patient, patientId, register, equalToServer } = await aCase(make);
    await register();
    await expect(phone.exchange(losingReplies(phone.transport))).rejects.toThrow('cut');
    await phone.save(put('patients', patientId, { phone: '0700' }));
    await phone.exchange();
    expect(at(patient)?.values.phone).toBe('0700');
    await equalToServer(phone);
  });

  it('withdraws a refused action from view, keeps its content, and lets the others pass', async () => {
    const { phone, north, patient, patientId, register, newId, nora, aVisitHere, at, equalToServer } =
      await aCase(make);
    await register();
    await phone.exchange();
    const visit = aVisitHere(COUGH);
    const bad = someVitals(newId(), patientId, north, nora, { painScore: 99 });
    await phone.save(bad);
    await phone.save(visit.edit);
    await phone.save(put('patients', patientId, { sex: 'nonsense' }));
    await phone.exchange();
    const states = (await phone.outbox()).map((entry) => [entry.state, entry.refusal?.code ?? null]);
    expect(states).toEqual([
      ['confirmed', null],
      ['refused', 'invalid'],
      ['confirmed', null],
      ['refused', 'invalid'],
    ]);
    expect((await phone.outbox())[1]?.action.changes[0]?.fields.painScore).toBe(99);
    expect(await phone.shown({ collection: 'vitals', id: bad.id })).toBeUndefined();
    expect((await phone.shown(patient))?.values.sex).toBe('female');
    expect(at(visit.ref)?.values.reason).toBe('cough');
    await equalToServer(phone);
  });

  it('withdraws a refused edit of a record that does not name its patient', async () => {
    const { phone, register, aVisitHere, equalToServer } = await aCase(make);
    await register();
    const visit = aVisitHere(COUGH);
    await phone.save(visit.edit);
    await phone.exchange();
    await phone.save(put('visits', visit.ref.id, { kind: 'nonsense' }));
    expect((await phone.shown(visit.ref))?.values.kind).toBe('nonsense');
    await phone.exchange();
    expect((await phone.shown(visit.ref))?.values.kind).toBe('consultation');
    expect(await phone.unsent()).toEqual([]);
    await equalToServer(phone);
  });

  it('settles an applied edit of such a record even before its own row comes back', async () => {
    const { phone, register, aVisitHere } = await aCase(make);
    await register();
    const visit = aVisitHere(COUGH);
    await phone.save(visit.edit);
    await phone.exchange();
    await phone.save(put('visits', visit.ref.id, { reason: 'fever' }));
    const withoutRows: Transport = async (request) => {
      const reply = (await phone.transport(request)) as { pages: unknown[]; cursors: unknown };
      return { ...reply, pages: [], cursors: request.cursors, more: false, digests: {} };
    };
    await phone.exchange(withoutRows);
    expect((await phone.shown(visit.ref))?.values.reason).toBe('fever');
    expect(await phone.unsent()).toEqual([]);
  });

  it('withdraws a refused creation and keeps what is pending over it', async () => {
    const { phone, patientId, north, register, aVisitHere, at } = await aCase(make);
    await phone.save(put('patients', patientId, { clinicId: north, homeClinicId: north, sex: 'nonsense' }));
    await phone.exchange();
    expect(await phone.shown({ collection: 'patients', id: patientId })).toBeUndefined();
    await register();
    const visit = aVisitHere(COUGH);
    await phone.save(visit.edit);
    await phone.exchange();
    expect(at(visit.ref)?.values.reason).toBe('cough');
  });

  it('lets go of a patient who moved, and takes him back', async () => {
    const { world, phone, patient, patientId, north, south, register, move, aVisitHere, equalToServer } =
      await aCase(make);
    await register();
    const visit = aVisitHere(COUGH);
    await phone.save(visit.edit);
    await phone.exchange();
    await move();
    await phone.exchange();
    expect(await phone.shown(patient)).toBeUndefined();
    expect(await phone.shown(visit.ref)).toBeUndefined();
    await equalToServer(phone);
    await world.atServer([membership(patientId, north), membership(patientId, south, LEFT_AT)]);
    await phone.exchange();
    expect((await phone.shown(visit.ref))?.values.reason).toBe('cough');
    await equalToServer(phone);
  });

  it.each([
    ['a new visit', (one: Awaited<ReturnType<typeof aCase>>) => one.aVisitHere(COUGH).edit],
    ['his name', (one: Awaited<ReturnType<typeof aCase>>) => put('patients', one.patientId, { phone: '0700' })],
    [
      'something refused',
      (one: Awaited<ReturnType<typeof aCase>>) => put('patients', one.patientId, { sex: 'nonsense' }),
    ],
    [
      'his membership',
      (one: Awaited<ReturnType<typeof aCase>>) => ({
        ...membership(one.patientId, one.north),
        fields: { since: '2026-11-01' },
      }),
    ],
  ])('keeps what is pending for a patient who moved, sends it, and then lets go: %s', async (_what, editOf) => {
    const one = await aCase(make);
    const { phone, patient, register, move, equalToServer } = one;
    await register();
    await phone.exchange();
    const edit = editOf(one);
    await phone.save(edit);
    await move();
    await pullOnly(phone, one.time.ms);
    expect(await phone.shown(edit)).toBeDefined();
    await phone.exchange();
    expect((await phone.outbox()).every((entry) => entry.state !== 'pending')).toBe(true);
    expect(await phone.shown(edit)).toBeUndefined();
    expect(await phone.shown(patient)).toBeUndefined();
    await equalToServer(phone);
  });

  it('erases what a withdrawn right covered and takes it back when it is granted again', async () => {
    const { world, nora, north, phone, patient, register, someVitalsHere, revoke, equalToServer } = await aCase(make);
    await register();
    const vitals = someVitalsHere({ pulsePerMin: 71 });
    await phone.save(vitals.edit);
    await phone.exchange();
    await revoke('view-history');
    await phone.exchange();
    expect(await phone.shown(vitals.ref)).toBeUndefined();
    expect((await phone.shown(patient))?.values.givenName).toBe('Amina');
    await equalToServer(phone);
    await world.grant(nora, north, { 'view-history': true });
    await phone.exchange();
    expect((await phone.shown(vitals.ref))?.values.pulsePerMin).toBe(71);
    await equalToServer(phone);
  });

  it('lets go of the clinic of whose withdrawal a first sync told', async () => {
    const { world, server, north, south, phone, newId, patient, register, equalToServer } = await aCase(make);
    const boss = await world.aUser('provider', [north, south]);
    const wide = world.connect(phone.store, boss, [north, south]);
    const stranger = { collection: 'patients', id: newId() };
    await world.atServer(registration(stranger.id, south));
    await register();
    await phone.exchange();
    await wide.exchange();
    expect(await phone.shown(stranger)).toBeDefined();
    const narrow = world.connect(phone.store, boss, [north]);
    const { scopes } = await narrow.grants();
    for (const page of await snapshotPages(server, scopes, 5)) await phone.applySnapshotPage(page);
    await narrow.exchange();
    expect(await phone.shown(stranger)).toBeUndefined();
    expect((await phone.shown(patient))?.values.givenName).toBe('Amina');
    await equalToServer({ ...phone, ...narrow });
  });

  it('writes for a registrar what he may write, and holds it no longer than needed', async () => {
    const { world, north, patientId, aPhone, phone, register, newId, at, equalToServer } = await aCase(make);
    await register();
    await phone.exchange();
    const registrar = await world.aUser('registrar', [north], ['register-patients', 'edit-records']);
    const desk = await aPhone(registrar, north);
    await desk.exchange();
    const ref = { collection: 'vitals', id: newId() };
    await desk.save(someVitals(ref.id, patientId, north, registrar, { weightKg: 12.4 }));
    expect((await desk.shown(ref))?.values.weightKg).toBe(12.4);
    await desk.exchange();
    expect(at(ref)?.values.weightKg).toBe(12.4);
    expect(await desk.shown(ref)).toBeUndefined();
    await equalToServer(desk);
  });

  it('merges edits of different keys from two phones', async () => {
    const { phone, nora, north, aPhone, patient, patientId, register, equalToServer } = await aCase(make);
    await register();
    await phone.exchange();
    const other = await aPhone(nora, north);
    await other.exchange();
    await phone.save(put('patients', patientId, { phone: '0700' }));
    await other.save(put('patients', patientId, { village: 'Kfar' }));
    await phone.exchange();
    await other.exchange();
    await phone.exchange();
    for (const one of [phone, other]) {
      expect((await one.shown(patient))?.values).toMatchObject({ phone: '0700', village: 'Kfar' });
      await equalToServer(one);
    }
  });

  it('lets the correction of a slow clock win over the value it has seen', async () => {
    const { at, phone, nora, north, aPhone, patient, patientId, register } = await aCase(make);
    await register();
    await phone.exchange();
    const slow = await aPhone(nora, north, -86_400_000);
    await slow.exchange();
    await phone.save(put('patients', patientId, { phone: '0700' }));
    await phone.exchange();
    await slow.exchange();
    await slow.save(put('patients', patientId, { phone: '0701' }));
    await slow.exchange();
    expect(at(patient)?.values.phone).toBe('0701');
  });

  it('deletes and restores', async () => {
    const { world, north, aPhone, at, patient, patientId, phone, register, equalToServer } = await aCase(make);
    const boss = await world.aUser('admin', [north]);
    await register();
    await phone.exchange();
    const office = await aPhone(boss, north);
    await office.exchange();
    const edit = (kind: 'delete' | 'restore'): Edit => ({ ...patient, kind, fields: {}, reason: 'entered twice' });
    await office.save(edit('delete'));
    await office.exchange();
    await phone.exchange();
    expect((await phone.shown(patient))?.values.deleted).toMatchObject({ deletedBy: boss });
    await office.save(edit('restore'));
    await office.exchange();
    await phone.exchange();
    expect((await phone.shown(patient))?.values.deleted).toMatchObject({ deletedAt: null });
    expect(at(patient)?.values.givenName).toBe('Amina');
    expect(patientId).toBe(patient.id);
    await equalToServer(phone);
  });

  it('reads a first sync in pages and goes on from where it started', async () => {
    const { world, server, north, nora, newId, aPhone, phone, equalToServer } = await aCase(make);
    const ids = Array.from({ length: 7 }, newId);
    for (const id of ids) {
      await phone.save(...registration(id, north));
      await phone.save(someVitals(newId(), id, north, nora, { pulsePerMin: 70 }));
    }
    await phone.exchange();
    const fresh = await aPhone(nora, north);
    const { scopes } = await fresh.grants();
    const pages = await snapshotPages(server, scopes, 5);
    expect(pages.length).toBeGreaterThan(3);
    for (const [index, page] of pages.entries()) {
      await fresh.applySnapshotPage(page);
      if (index === 2) await fresh.save(put('patients', ids[0]!, { village: 'Kfar' }));
      if (index === 3) await world.atServer([put('patients', ids[6]!, { village: 'Saida' })]);
    }
    await fresh.exchange();
    expect((await fresh.shown({ collection: 'patients', id: ids[6]! }))?.values.village).toBe('Saida');
    expect((await fresh.shown({ collection: 'patients', id: ids[0]! }))?.values.village).toBe('Kfar');
    await equalToServer(fresh);
  });
});
