import { deterministicId } from '../../lib/domain/identity.ts';
import type { Edit } from '../../lib/replication/author-action.ts';
import type { Json } from '../../lib/replication/json.ts';

/** Edits in the words of the clinic, for tests below the commands. */
export function put(collection: string, id: string, fields: Record<string, Json>, reason: string | null = null): Edit {
  return { collection, id, kind: 'put', fields, reason };
}

export function registration(id: string, clinicId: string, fields: Record<string, Json> = {}): Edit[] {
  const names = { givenName: 'Amina', familyName: 'Haddad', sex: 'female', ...fields };
  return [put('patients', id, { clinicId, homeClinicId: clinicId, ...names }), membership(id, clinicId)];
}

export function membership(patientId: string, clinicId: string, leftAt: string | null = null): Edit {
  const id = deterministicId('patientClinics', patientId, clinicId);
  return put('patientClinics', id, { patientId, clinicId, since: '2026-11-21', leftAt });
}

export function aVisit(id: string, patientId: string, clinicId: string, fields: Record<string, Json> = {}): Edit {
  const occurred = { occurredAt: '2026-11-21T08:00:00.000Z', occurredOn: '2026-11-21' };
  const closing = { status: 'open', closedAt: null };
  return put('visits', id, { patientId, clinicId, ...occurred, kind: 'consultation', closing, ...fields });
}

export function someVitals(
  id: string,
  patientId: string,
  clinicId: string,
  userId: string,
  fields: Record<string, Json>,
): Edit {
  const occurred = { occurredAt: '2026-11-21T08:00:00.000Z', occurredOn: '2026-11-21' };
  return put('vitals', id, { patientId, clinicId, ...occurred, providerId: userId, ...fields });
}
