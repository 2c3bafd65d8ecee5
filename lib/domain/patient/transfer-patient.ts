import { z } from 'zod';
import { hasFlag } from '../../access/actor.ts';
import { isDeleted, type StoredRecord } from '../../replication/record.ts';
import { clinicsOfPatient, MEMBERSHIPS } from '../../replication/scopes.ts';
import { type CommandContext, command, edits, put, refuseCommand } from '../command.ts';
import { deterministicId, uuidSchema } from '../identity.ts';

/**
 * Moves a patient to another clinic: it becomes his home and gets his chart. He leaves the old clinic, or stays with
 * both. Needs the right to register patients in the clinic that gets him.
 */
export const transferPatient = command({
  name: 'transferPatient',
  input: z.strictObject({
    patientId: uuidSchema,
    fromClinicId: uuidSchema,
    toClinicId: uuidSchema,
    /** Stay with both. */
    stay: z.boolean(),
  }),
  needs: ({ patientId, fromClinicId, toClinicId }) => [
    { collection: 'patients', id: patientId },
    { collection: 'clinics', id: toClinicId },
    membershipRef(patientId, fromClinicId),
    membershipRef(patientId, toClinicId),
  ],
  decide: ({ patientId, fromClinicId, toClinicId, stay }, context) => {
    const { actor, read, now } = context;
    if (fromClinicId === toClinicId) return refuseCommand('invalid', 'toClinicId');
    const patient = read({ collection: 'patients', id: patientId });
    if (patient === undefined || isDeleted(patient)) return refuseCommand('not-found', 'patientId');
    const target = read({ collection: 'clinics', id: toClinicId });
    if (!isOpenClinic(target)) return refuseCommand('not-found', 'toClinicId');
    if (!hasFlag(actor, 'register-patients', toClinicId)) return refuseCommand('forbidden', 'toClinicId');
    const from = read(membershipRef(patientId, fromClinicId));
    if (!isMember(from)) return refuseCommand('not-found', 'fromClinicId');
    return edits(
      put('patients', patientId, { homeClinicId: toClinicId }),
      ...joining(patientId, toClinicId, context),
      stay ? null : put(MEMBERSHIPS, from.id, { leftAt: now }),
    );
  },
});

function membershipRef(patientId: string, clinicId: string) {
  return { collection: MEMBERSHIPS, id: deterministicId(MEMBERSHIPS, patientId, clinicId) };
}

function isMember(membership: StoredRecord | undefined): membership is StoredRecord {
  return membership !== undefined && clinicsOfPatient([membership]).length > 0;
}

function isOpenClinic(clinic: StoredRecord | undefined): boolean {
  return clinic !== undefined && !isDeleted(clinic) && (clinic.values.archivedAt ?? null) === null;
}

/** The membership of the target: made, taken up again, or left as it is. */
function joining(patientId: string, clinicId: string, { read, today }: CommandContext) {
  const ref = membershipRef(patientId, clinicId);
  const held = read(ref);
  if (isMember(held)) return [];
  const restored = held !== undefined && isDeleted(held);
  return [
    restored ? { ...ref, kind: 'restore' as const, fields: {}, reason: null } : null,
    put(MEMBERSHIPS, ref.id, { patientId, clinicId, since: today, leftAt: null }),
  ];
}
