/** What of the audit is asked for; null = all. Instants as ISO text; `to` is not among them. */
export interface AuditFilter {
  readonly clinicId: string | null;
  readonly userId: string | null;
  readonly patientId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** The last line that was shown: older ones follow. */
  readonly after: AuditPlace | null;
  readonly limit: number;
}

/** Where a line stands in its list: its instant, and its id among those of one instant. */
export interface AuditPlace {
  readonly at: string;
  readonly id: string;
}

/** The condition on a list `l` whose order is the column `at`; its values are $1 to $8. */
export function auditCondition(at: string): string {
  return `($1::uuid is null or l.clinic_id = $1) and ($2::uuid is null or l.user_id = $2)
    and ($3::uuid is null or l.patient_id = $3) and ($4::timestamptz is null or l.${at} >= $4)
    and ($5::timestamptz is null or l.${at} < $5)
    and ($6::timestamptz is null or (l.${at}, l.id) < ($6::timestamptz, $7::uuid))
    and l.erased is not true order by l.${at} desc, l.id desc limit $8`;
}

/** One more than is shown, for `pageOf`. */
export function auditValues({ clinicId, userId, patientId, from, to, after, limit }: AuditFilter): unknown[] {
  return [clinicId, userId, patientId, from, to, after?.at ?? null, after?.id ?? null, limit + 1];
}
