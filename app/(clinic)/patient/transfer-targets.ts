import type { Chart } from '../../../db/device/charts.ts';
import { hasFlag } from '../../../lib/access/actor.ts';
import { isMemberOf } from '../../../lib/domain/access-grant/grant-in-force.ts';
import { useClinicRecords } from '../clinic/clinic-records.tsx';

/**
 * The clinics that the user may transfer this patient to: others, in use, where he may register. None while he may not
 * edit the patient here, or the patient is no member of this clinic.
 */
export function useTransferTargets({ records }: Chart): { readonly id: string; readonly name: string }[] {
  const { actor, clinicId, clinics } = useClinicRecords();
  if (actor?.active !== true || !isMemberOf(records, clinicId)) return [];
  if (!hasFlag(actor, 'edit-records', clinicId) || !hasFlag(actor, 'register-patients', clinicId)) return [];
  return clinics
    .filter((one) => one.id !== clinicId && (one.values.archivedAt ?? null) === null)
    .filter((one) => hasFlag(actor, 'register-patients', one.id))
    .map((one) => ({ id: one.id, name: String(one.values.name ?? '') }));
}
