import { readCardText } from '../../../../../lib/domain/human-code.ts';

/** What the audit is narrowed to; empty or null = all. */
export interface AuditFilters {
  readonly clinicId: string | null;
  readonly userId: string | null;
  /** As typed: a card's link or an id. */
  readonly patient: string;
  /** `YYYY-MM-DD`, a day where the reader is. */
  readonly day: string | null;
}

export const NO_FILTERS: AuditFilters = { clinicId: null, userId: null, patient: '', day: null };

export function isFiltered({ clinicId, userId, patient, day }: AuditFilters): boolean {
  return clinicId !== null || userId !== null || patient.trim() !== '' || day !== null;
}

/** The patient that was typed; null for none, and for what names none. */
export function patientIn({ patient }: AuditFilters): string | null {
  const card = readCardText(patient);
  return card?.kind === 'id' ? card.id : null;
}

/** The filters as the address asks for them. A day becomes its two midnights in the reader's time zone. */
export function queryOf(filters: AuditFilters): URLSearchParams {
  const query = new URLSearchParams();
  const { clinicId, userId, day } = filters;
  const patientId = patientIn(filters);
  if (clinicId !== null) query.set('clinicId', clinicId);
  if (userId !== null) query.set('userId', userId);
  if (patientId !== null) query.set('patientId', patientId);
  if (day !== null) {
    const [year, month, date] = day.split('-').map(Number) as [number, number, number];
    query.set('from', new Date(year, month - 1, date).toISOString());
    query.set('to', new Date(year, month - 1, date + 1).toISOString());
  }
  return query;
}
