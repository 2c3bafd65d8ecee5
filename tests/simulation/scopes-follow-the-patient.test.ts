import { describe, expect, it } from 'vitest';
import { aVisit, membership, put, registration, someVitals } from '../scenario/edits.ts';
import { aSimulatedWorld } from '../scenario/simulated-world.ts';

async function twoClinics() {
  const world = aSimulatedWorld(7);
  const north = await world.aClinic('North');
  const south = await world.aClinic('South');
  const nora = await world.aUser('provider', [north]);
  const sami = await world.aUser('provider', [south]);
  const phoneN = world.aPhone(nora, [north]);
  const phoneS = world.aPhone(sami, [south]);
  await phoneN.exchange();
  await phoneS.exchange();
  const patientId = world.newId();
  const register = (clinicId: string) =>
    phoneN.phone.commit(registration(patientId, clinicId), { userId: nora, clinicId });
  const patient = { collection: 'patients', id: patientId };
  return { world, north, south, nora, sami, phoneN, phoneS, patientId, patient, register };
}

describe('a chart is where its patient is', () => {
  it('stays away from a clinic that the patient is not with', async () => {
    const { phoneN, phoneS, north, patient, register } = await twoClinics();
    register(north);
    await phoneN.exchange();
    await phoneS.exchange();
    expect(phoneS.phone.shown(patient)).toBeUndefined();
  });

  it('one patient in two clinics: both hold the whole chart, and edits go both ways', async () => {
    const { world, north, south, nora, sami, phoneN, phoneS, patientId, patient, register } = await twoClinics();
    register(north);
    const visitId = world.newId();
    phoneN.phone.commit([aVisit(visitId, patientId, north)], { userId: nora, clinicId: north });
    await phoneN.exchange();
    await world.atServer([membership(patientId, south)]);
    await phoneS.exchange();
    expect(phoneS.phone.shown(patient)?.values.givenName).toBe('Amina');
    expect(phoneS.phone.shown({ collection: 'visits', id: visitId })?.values.kind).toBe('consultation');
    const vitalsId = world.newId();
    phoneS.phone.commit([someVitals(vitalsId, patientId, south, sami, { pulsePerMin: 80 })], {
      userId: sami,
      clinicId: south,
    });
    await phoneS.exchange();
    await phoneN.exchange();
    expect(phoneN.phone.shown({ collection: 'vitals', id: vitalsId })?.values.pulsePerMin).toBe(80);
  });

  it('one patient moved: the old clinic lets go of the chart, the new one holds all of it', async () => {
    const { world, north, south, nora, phoneN, phoneS, patientId, patient, register } = await twoClinics();
    register(north);
    const visitId = world.newId();
    phoneN.phone.commit([aVisit(visitId, patientId, north)], { userId: nora, clinicId: north });
    await phoneN.exchange();
    await world.atServer([membership(patientId, south), membership(patientId, north, '2026-11-21T09:00:00.000Z')]);
    await phoneN.exchange();
    await phoneS.exchange();
    expect(phoneN.phone.shown(patient)).toBeUndefined();
    expect(phoneN.phone.shown({ collection: 'visits', id: visitId })).toBeUndefined();
    expect(phoneS.phone.shown({ collection: 'visits', id: visitId })?.values.status).toBeUndefined();
    expect(phoneS.phone.shown({ collection: 'visits', id: visitId })?.values.closing).toEqual({
      status: 'open',
      closedAt: null,
    });
  });

  it('one phone in each clinic: work pending for a patient who moved is sent, not lost, and then let go', async () => {
    const { world, north, south, nora, phoneN, phoneS, patientId, register } = await twoClinics();
    register(north);
    await phoneN.exchange();
    const visitId = world.newId();
    phoneN.phone.commit([aVisit(visitId, patientId, north, { reason: 'cough' })], { userId: nora, clinicId: north });
    await world.atServer([membership(patientId, south), membership(patientId, north, '2026-11-21T09:00:00.000Z')]);
    await phoneN.exchange();
    await phoneS.exchange();
    const visit = { collection: 'visits', id: visitId };
    expect(phoneS.phone.shown(visit)?.values.reason).toBe('cough');
    expect(phoneN.phone.shown(visit)).toBeUndefined();
    expect(phoneN.phone.state.outbox.every((entry) => entry.state === 'confirmed')).toBe(true);
  });

  it('one permission revoked: clinical records are erased from the phone, what it may hold stays', async () => {
    const { world, north, nora, phoneN, patientId, patient, register } = await twoClinics();
    register(north);
    const vitalsId = world.newId();
    phoneN.phone.commit([someVitals(vitalsId, patientId, north, nora, { pulsePerMin: 71 })], {
      userId: nora,
      clinicId: north,
    });
    await phoneN.exchange();
    await world.grant(nora, north, { 'view-history': false });
    await phoneN.exchange();
    expect(phoneN.phone.shown({ collection: 'vitals', id: vitalsId })).toBeUndefined();
    expect(phoneN.phone.shown(patient)?.values.givenName).toBe('Amina');
    await world.grant(nora, north, { 'view-history': true });
    await phoneN.exchange();
    expect(phoneN.phone.shown({ collection: 'vitals', id: vitalsId })?.values.pulsePerMin).toBe(71);
  });

  it("a registrar's phone writes what it may write and holds no clinical record", async () => {
    const { world, north, phoneN, patientId, register } = await twoClinics();
    register(north);
    await phoneN.exchange();
    const registrar = await world.aUser('registrar', [north], ['register-patients', 'edit-records']);
    const phoneR = world.aPhone(registrar, [north]);
    await phoneR.exchange();
    const vitalsId = world.newId();
    const weight = someVitals(vitalsId, patientId, north, registrar, { weightKg: 12.4 });
    phoneR.phone.commit([weight], { userId: registrar, clinicId: north });
    expect(phoneR.phone.shown({ collection: 'vitals', id: vitalsId })?.values.weightKg).toBe(12.4);
    await phoneR.exchange();
    await phoneN.exchange();
    expect(phoneR.phone.shown({ collection: 'vitals', id: vitalsId })).toBeUndefined();
    expect(phoneN.phone.shown({ collection: 'vitals', id: vitalsId })?.values.weightKg).toBe(12.4);
  });

  it("another clinic's record is refused with its content kept, and put aside nothing else", async () => {
    const { world, north, south, sami, phoneN, phoneS, patientId, patient, register } = await twoClinics();
    register(north);
    await phoneN.exchange();
    phoneS.phone.commit([put('patients', patientId, { phone: '0700' })], { userId: sami, clinicId: south });
    const ownId = world.newId();
    phoneS.phone.commit(registration(ownId, south), { userId: sami, clinicId: south });
    await phoneS.exchange();
    const [refused, own] = phoneS.phone.state.outbox;
    expect(refused?.refusal?.code).toBe('not-in-your-clinic');
    expect(refused?.action.changes[0]?.fields).toEqual({ phone: '0700' });
    expect(own?.state).toBe('confirmed');
    expect(phoneS.phone.shown(patient)).toBeUndefined();
  });
});
