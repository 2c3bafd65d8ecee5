import { type AuditFilter, type AuditPlace, auditCondition, auditValues } from './audit-filter.ts';
import { pageOf } from './page-of.ts';
import type { Queryable } from './record-statements.ts';

/** An emergency opening of a chart, with its reason. Names are null for what is not here (any more). */
export interface GrantLine {
  readonly id: string;
  readonly patientId: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly userId: string;
  readonly userName: string | null;
  readonly clinicId: string;
  readonly reason: string | null;
  readonly from: string;
  readonly until: string;
  /** Null: it is in force. */
  readonly endedAt: string | null;
  /** Who ended it; null for the server, or while it is in force. */
  readonly endedByName: string | null;
  /** Looks at the chart that name it. */
  readonly views: number;
}

const LIST = `with l as (select l.* from access_grants l where ${auditCondition('"from"')})
  select l.id, l.patient_id as "patientId", p.given_name as "givenName", p.family_name as "familyName",
    l.user_id as "userId", u.name as "userName", l.clinic_id as "clinicId", l.reason, l."from", l.until,
    l.ended_at as "endedAt", (select count(*)::int from views v
      where v.grant_id = l.id and v.patient_id = l.patient_id) as views,
    case when l.ended_at is not null then (select e.name from changes c left join users e on e.id = c.author
      where c.record_id = l.id and c.result = 'applied' order by c.received_at desc, c.origin_seq desc limit 1)
    end as "endedByName"
  from l left join patients p on p.id = l.patient_id left join users u on u.id = l.user_id
  order by l."from" desc, l.id desc`;

/** A page of the emergency openings, the latest first. */
export async function listAccessGrants(
  client: Queryable,
  filter: AuditFilter,
): Promise<{ lines: GrantLine[]; next: AuditPlace | null }> {
  const { rows } = await client.query<GrantLine>(LIST, auditValues(filter));
  const page = pageOf(rows, filter.limit, ({ from, id }) => ({ at: from, id }));
  return { lines: page.rows, next: page.next };
}
