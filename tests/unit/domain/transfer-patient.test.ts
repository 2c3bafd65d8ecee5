import { describe, expect, it } from 'vitest';
import type { Flag } from '../../../lib/access/actor.ts';
import { deterministicId } from '../../../lib/domain/identity.ts';
import { transferPatient } from '../../../lib/domain/patient/transfer-patient.ts';
import type { Edit } from '../../../lib/replication/author-action.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { clinicsOfPatient } from '../../../lib/replication/scopes.ts';
import { aJudge } from '../../scenario/a-judge.ts';
import { aCommandWorld } from '../../scenario/command-world.ts';
import { put, registration } from '../../scenario/edits.ts';

const ALL: Flag[] = ['register-patients', 'edit-records'];

function aPatientWithTwoClinics(inTarget: Flag[] = ALL) {
  const world = aCommandWorld();
  const [patientId, south] = [world.newId(), world.newId()];
  const north = world.clinicId;
  Object.assign(world.actor.flags, { [south]: inTarget });
  const hold = (collection: string, id: string, values: Record<string, Json>) =>
    world.hold({ collection, id, values, stamps: Object.fromEntries(Object.keys(values).map((key) => [key, STAMP])) });
  for (const { collection, id, fields } of registration(patientId, north)) hold(collection, id, { ...fields });
  hold('clinics', south, { name: 'South', code: 'S', timeZone: 'UTC' });
  const at = (clinicId: string) =>
    world.record('patientClinics', deterministicId('patientClinics', patientId, clinicId));
  const clinics = () => clinicsOfPatient([at(north), at(south)].filter((one) => one !== undefined));
  const transfer = (
    more: Partial<{ stay: boolean; toClinicId: string; patientId: string; fromClinicId: string }> = {},
  ) => world.run(transferPatient, { patientId, fromClinicId: north, toClinicId: south, stay: false, ...more });
  return { world, patientId, north, south, transfer, clinics, hold };
}
const STAMP = '000000000001.0000.000000000000';

describe('transferring a patient', () => {
  it('gives him a new home and takes him out of the old clinic', () => {
    const { world, patientId, south, transfer, clinics } = aPatientWithTwoClinics();
    expect(transfer()).toBeNull();
    expect(world.record('patients', patientId)?.values.homeClinicId).toBe(south);
    expect(clinics()).toEqual([south]);
  });

  it('or leaves him with both', () => {
    const { world, patientId, north, south, transfer, clinics } = aPatientWithTwoClinics();
    expect(transfer({ stay: true })).toBeNull();
    expect(world.record('patients', patientId)?.values.homeClinicId).toBe(south);
    expect(clinics()).toEqual([north, south].sort());
  });

  it('and back again, whatever became of the membership', () => {
    const { world, patientId, north, south, transfer, clinics, hold } = aPatientWithTwoClinics();
    hold('clinics', north, { name: 'North', code: 'N', timeZone: 'UTC' });
    expect(transfer()).toBeNull();
    expect(transfer({ fromClinicId: south, toClinicId: north })).toBeNull();
    expect(clinics()).toEqual([north]);
    expect(world.record('patients', patientId)?.values.homeClinicId).toBe(north);
  });

  it('is refused to a clinic where the author may not register, to none, to the same, and from where he is not', () => {
    const without = aPatientWithTwoClinics(['edit-records', 'view-history']);
    expect(without.transfer()).toMatchObject({ kind: 'forbidden', field: 'toClinicId' });
    expect(without.clinics()).toEqual([without.north]);
    const { world, transfer, north, south, hold } = aPatientWithTwoClinics();
    expect(transfer({ toClinicId: north })).toMatchObject({ kind: 'invalid', field: 'toClinicId' });
    expect(transfer({ toClinicId: world.newId() })).toMatchObject({ kind: 'not-found', field: 'toClinicId' });
    expect(transfer({ patientId: world.newId() })).toMatchObject({ kind: 'not-found', field: 'patientId' });
    expect(transfer({ fromClinicId: world.newId() })).toMatchObject({ kind: 'not-found', field: 'fromClinicId' });
    hold('clinics', south, { name: 'South', archivedAt: '2026-01-01T00:00:00.000Z' });
    expect(transfer()).toMatchObject({ kind: 'not-found', field: 'toClinicId' });
  });
});

describe('a patient’s home, as the judge sees it', () => {
  function aTransferred() {
    const judged = aJudge();
    const { north, south } = judged.clinics;
    const nora = judged.someone(north, ALL);
    const both = judged.someone(north, ALL, { flags: { [north]: ALL, [south]: ['register-patients'] } });
    const patientId = judged.newId();
    expect(judged.does(nora, ...registration(patientId, north))).toBe('applied');
    const home = (clinicId: string): Edit => put('patients', patientId, { homeClinicId: clinicId });
    // He acts on a phone of North for the people of South.
    const ofSouth = judged.someone(north, [], { flags: { [north]: [], [south]: ['edit-records'] } });
    return { ...judged, nora, both, ofSouth, patientId, home, south };
  }

  it('moves only to where the author may register', () => {
    const { does, nora, both, home, south } = aTransferred();
    expect(does(nora, home(south))).toBe('forbidden');
    expect(does(both, home(south))).toBe('applied');
  });

  it('lets those at home edit him, who did not make the record', () => {
    const { does, both, ofSouth, home, south, patientId } = aTransferred();
    const edit = put('patients', patientId, { phone: '12' });
    expect(does(ofSouth, edit)).not.toBe('applied');
    expect(does(both, home(south))).toBe('applied');
    expect(does(ofSouth, edit)).toBe('applied');
  });
});
