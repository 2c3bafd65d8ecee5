import type { Flag } from '../../lib/access/actor.ts';
import { SCHEMA_VERSION } from '../../lib/domain/collections.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';
import { aVisit, membership, put, registration, someVitals } from './edits.ts';
import type { Random } from './random.ts';

/** Whoever has them may make every edit that is drawn here. */
export const FLAGS: readonly Flag[] = [
  'register-patients',
  'view-history',
  'edit-records',
  'delete-records',
  'delete-visits',
  'delete-patients',
  'manage-stock',
  'dispense',
];

export interface Drawing {
  readonly random: Random;
  readonly newId: () => string;
  readonly clinics: readonly string[];
  readonly medicineId: string;
}

/** An edit that somebody of this clinic might make of what a phone shows, or null where there is nothing for it. */
export function drawEdits(
  { random, newId, clinics, medicineId }: Drawing,
  shown: readonly StoredRecord[],
  clinicId: string,
  userId: string,
  schema: number = SCHEMA_VERSION,
): Edit[] | null {
  const some = (collection: string) => {
    const all = shown.filter((record) => record.collection === collection);
    return all.length === 0 ? null : random.pick(all);
  };
  const patient = some('patients');
  if (patient === null || random.chance(0.1)) return registration(newId(), clinicId);
  const [visit, vitals] = [some('visits'), some('vitals')];
  const value = String(random.below(1000));
  const isNewer = schema > SCHEMA_VERSION;
  const removal = ({ collection, id }: StoredRecord, kind: 'delete' | 'restore'): Edit[] => [
    { collection, id, kind, fields: {}, reason: 'entered twice' },
  ];
  const movement = { medicineId, batchNumber: '-', kind: 'receive', occurredAt: '2026-11-21T08:00:00.000Z' };
  return random.pick<() => Edit[] | null>([
    () => [put('patients', patient.id, { phone: value })],
    () => [put('patients', patient.id, { village: value, [`attributes.${random.pick(['height', 'shoe'])}`]: value })],
    () => [
      put('patients', patient.id, { birth: { birthDate: `19${10 + random.below(89)}`, birthDateEstimated: true } }),
    ],
    () => [put('patients', patient.id, { sex: 'nonsense' })],
    () => [aVisit(newId(), patient.id, clinicId), put('patients', patient.id, { camp: value })],
    () => visit && [put('visits', visit.id, { reason: value })],
    () => visit && [put('visits', visit.id, { closing: { status: 'closed', closedAt: '2026-11-21T10:00:00.000Z' } })],
    () => [someVitals(newId(), patient.id, clinicId, userId, { pulsePerMin: 50 + random.below(60) })],
    () => visit && [someVitals(newId(), visit.values.patientId as string, clinicId, userId, { visitId: visit.id })],
    () => visit && vitals && [put('vitals', vitals.id, { visitId: visit.id }, 'of another visit')],
    () => vitals && [put('vitals', vitals.id, { pulsePerMin: 50 + random.below(60) }, 'misread')],
    () => vitals && removal(vitals, random.pick(['delete', 'restore'])),
    () => [membership(patient.id, random.pick(clinics))],
    () => [membership(patient.id, random.pick(clinics), '2026-11-21T09:00:00.000Z')],
    () => removal(visit ?? patient, 'delete'),
    () => removal(random.pick([visit ?? patient, patient]), random.pick(['delete', 'restore'])),
    () => [put('stockMovements', newId(), { ...movement, clinicId, actorId: userId, quantity: 1 + random.below(90) })],
    () => (isNewer ? [put('patients', patient.id, { fieldOfTomorrow: value })] : null),
    () => (isNewer ? [put('notesOfTomorrow', newId(), { patientId: patient.id, clinicId, text: value })] : null),
  ])();
}
