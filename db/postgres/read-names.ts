import type { LoggedRight } from '../../lib/access/held-right-then.ts';
import type { LabelsValue } from '../../lib/domain/field-types.ts';
import type { Change } from '../../lib/replication/change.ts';
import type { Queryable } from './record-statements.ts';

/** What a thing is called: text, or text per language; a form's version has its number besides. */
export interface Name {
  readonly text: string | null;
  readonly labels: LabelsValue | null;
  readonly number: number | null;
}

const NAMES = `select id, name as text, null::jsonb as labels, null::int as number from users where id = any($1::uuid[])
  union all select id, name, null, null from clinics where id = any($1)
  union all select id, generic_name, null, null from medicines where id = any($1)
  union all select id, null, name, null from departments where id = any($1)
  union all select id, null, name, null from forms where id = any($1)
  union all select v.id, null, f.name, v.number from form_versions v left join forms f on f.id = v.form_id
    where v.id = any($1)`;

/** What these ids stand for, for those that are people, clinics, departments, medicines, forms or versions of forms. */
export async function readNames(client: Queryable, ids: readonly string[]): Promise<Record<string, Name>> {
  const found = await client.query({ name: 'names of ids', text: NAMES, values: [[...new Set(ids)]] });
  return Object.fromEntries(found.rows.map(({ id, ...name }) => [id, name as Name]));
}

/** Where a change was made. */
export interface Origin {
  readonly deviceName: string | null;
  /** This replica itself. */
  readonly here: boolean;
}

const ORIGINS = `select o.id, coalesce(d.name, r.name) as "deviceName",
    exists (select from replica where replica_id = o.id) as here
  from unnest($1::uuid[]) o(id) left join devices d on d.id = o.id
  left join lateral (
    select v.name from (select c.received_from from changes c where c.origin = o.id and c.received_from is not null
      limit 1) c join devices v on v.id = c.received_from
  ) r on d.id is null`;

/** The devices that numbered changes as these origins. A phone that was restored has a new one: what handed it in tells. */
export async function readOriginNames(client: Queryable, origins: readonly string[]): Promise<Record<string, Origin>> {
  const found = await client.query({ name: 'names of origins', text: ORIGINS, values: [[...new Set(origins)]] });
  return Object.fromEntries(found.rows.map(({ id, ...origin }) => [id, origin as Origin]));
}

const RIGHTS = `select c.body, c.received_at as "receivedAt", coalesce(p.user_id, c.record_id) as "userId"
  from changes c left join permissions p on p.id = c.record_id
  where c.record_id = any(array(select unnest($1::uuid[]) union select id from permissions where user_id = any($1)))
    and c.collection in ('users', 'permissions') and c.result = 'applied' and c.body is not null`;

/** The log of these people's own records and permissions, by user. */
export async function readRightsLog(
  client: Queryable,
  userIds: readonly string[],
): Promise<Map<string, LoggedRight[]>> {
  const found = await client.query<{ body: string; receivedAt: string; userId: string }>({
    name: 'rights log',
    text: RIGHTS,
    values: [[...new Set(userIds)]],
  });
  const byUser = new Map<string, LoggedRight[]>();
  for (const { body, receivedAt, userId } of found.rows) {
    const logged = { change: JSON.parse(body) as Change, receivedAt };
    byUser.set(userId, [...(byUser.get(userId) ?? []), logged]);
  }
  return byUser;
}
