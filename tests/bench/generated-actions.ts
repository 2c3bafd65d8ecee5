import { createIdSource, deterministicId } from '../../lib/domain/identity.ts';
import { authorAction, type Edit, type Origin } from '../../lib/replication/author-action.ts';
import type { Action } from '../../lib/replication/change.ts';
import { NEW_CLOCK } from '../../lib/replication/clock.ts';
import type { Json } from '../../lib/replication/json.ts';
import { aVisit, put, someVitals } from '../scenario/edits.ts';
import { aPatientList, seededRandom } from '../scenario/generate-patients.ts';

/** A clinic's phone that makes the workload of performance.md: a patient, a visit, two events (~2 KB), vitals. */
export function aBusyPhone(seed: number, clinicId: string, userId: string) {
  const random = seededRandom(seed);
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
  const newId = createIdSource({ now: Date.now, random: bytes });
  let origin: Origin = { replicaId: newId(), seq: 0, clock: NEW_CLOCK };
  const patients = aPatientList(seed, 2000);
  let next = 0;

  function author(edits: readonly Edit[]): Action {
    const now = { deviceMs: Date.now(), at: new Date().toISOString(), schema: 1 };
    const authored = authorAction(edits, () => undefined, { userId, clinicId }, origin, now, newId)!;
    origin = authored.origin;
    return authored.action;
  }

  function person(): { patientId: string; edits: Edit[] } {
    const made = patients[next++ % patients.length]!;
    const { id: _id, homeClinicId: _home, attributes, birthDate, birthDateEstimated, ...generated } = made;
    const { guardianName, guardianPhone, guardianRelation, mergedIntoId: _merged, ...columns } = generated;
    const patientId = newId();
    const groups = {
      birth: { birthDate, birthDateEstimated },
      guardian: { guardianName, guardianPhone, guardianRelation },
    };
    const custom = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attributes.${key}`, value]));
    const member = { patientId, clinicId, since: '2026-11-21' };
    const edits = [
      put('patients', patientId, { ...columns, ...groups, ...custom, clinicId, homeClinicId: clinicId }),
      put('patientClinics', deterministicId('patientClinics', patientId, clinicId), member),
    ];
    return { patientId, edits };
  }

  function visit(patientId: string, fields: Record<string, Json> = {}): Edit[] {
    const visitId = newId();
    const measured = { pulsePerMin: 60 + (next % 60), weightKg: 60.5, temperatureCelsius: 37.2 };
    return [
      aVisit(visitId, patientId, clinicId, fields),
      anEvent(patientId, visitId),
      anEvent(patientId, visitId),
      someVitals(newId(), patientId, clinicId, userId, measured),
    ];
  }

  function chart(): Edit[] {
    const { patientId, edits } = person();
    return [...edits, ...visit(patientId)];
  }

  function anEvent(patientId: string, visitId: string): Edit {
    const answers = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `answers.question_${index}`,
        `answer ${Math.floor(random() * 1e9).toString(36)} of some words`,
      ]),
    );
    const fields = {
      patientId,
      clinicId,
      visitId,
      formId: newId(),
      formVersionId: newId(),
      providerId: userId,
      status: 'completed',
    };
    return put('events', newId(), {
      ...fields,
      occurredAt: '2026-11-21T08:00:00.000Z',
      occurredOn: '2026-11-21',
      ...answers,
    });
  }

  return {
    /** An action of one patient's chart: six changes. */
    aChart: () => author(chart()),
    /** The first two of them. */
    aRegistration: () => {
      const { patientId, edits } = person();
      return { patientId, action: author(edits) };
    },
    /** The other four; `occurred` is the day they stand for. */
    aVisitOn: (patientId: string, occurred: string) =>
      author(visit(patientId, { occurredAt: `${occurred}T08:00:00.000Z`, occurredOn: occurred })),
    /** An edit of one field of a patient made before. */
    anEdit: (patientId: string, phone: string) => author([put('patients', patientId, { phone })]),
    newId,
  };
}
