import { type AuditFilter, type AuditPlace, auditCondition, auditValues } from './audit-filter.ts';
import { pageOf } from './page-of.ts';
import type { Queryable } from './record-statements.ts';

/** Who looked at whose chart, when and where. Names are null for what is not here (any more). */
export interface ViewLine {
  readonly id: string;
  readonly at: string;
  readonly patientId: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly userId: string;
  readonly userName: string | null;
  /** Null: the patient was with no clinic. */
  readonly clinicId: string | null;
  readonly screen: string | null;
  /** The phone it came from; null for the portal. */
  readonly deviceName: string | null;
  readonly grantId: string | null;
  /** Why the chart was opened, for a look under an emergency opening. */
  readonly reason: string | null;
}

const LIST = `with l as (select l.* from views l where ${auditCondition('at')})
  select l.id, l.at, l.patient_id as "patientId", p.given_name as "givenName", p.family_name as "familyName",
    l.user_id as "userId", u.name as "userName", l.clinic_id as "clinicId", l.screen, l.grant_id as "grantId", g.reason,
    (select d.name from changes c join devices d on d.id = c.received_from where c.record_id = l.id limit 1) as "deviceName"
  from l left join patients p on p.id = l.patient_id left join users u on u.id = l.user_id
    left join access_grants g on g.id = l.grant_id
  order by l.at desc, l.id desc`;

/** A page of the looks at charts, the latest first. Planned anew each time: the filters decide which index serves. */
export async function listViews(
  client: Queryable,
  filter: AuditFilter,
): Promise<{ lines: ViewLine[]; next: AuditPlace | null }> {
  const { rows } = await client.query<ViewLine>(LIST, auditValues(filter));
  const page = pageOf(rows, filter.limit, ({ at, id }) => ({ at, id }));
  return { lines: page.rows, next: page.next };
}
