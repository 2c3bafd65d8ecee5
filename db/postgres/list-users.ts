import { sql } from 'kysely';
import type pg from 'pg';
import { pageOf } from './page-of.ts';
import { queriesOn } from './queries.ts';

/** A user as those who manage users see him. */
export interface UserLine {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly language: string | null;
  readonly clinicId: string | null;
  readonly username: string | null;
  readonly mustChange: boolean;
  readonly deactivatedAt: string | null;
  /** Flags by clinic. */
  readonly flags: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

interface Asked {
  readonly id?: string;
  /** Users with their home or a permission there; null = all. */
  readonly clinicIds: readonly string[] | null;
  readonly after?: { readonly name: string; readonly id: string } | undefined;
  readonly search?: string | undefined;
  readonly limit: number;
}

/** Users by name, and where to go on. */
export async function listUserLines(
  pool: pg.Pool,
  { id, clinicIds, after, search, limit }: Asked,
): Promise<{ users: UserLine[]; next: { name: string; id: string } | null }> {
  const rows = await queriesOn(pool)
    .selectFrom('users as u')
    .leftJoin('credentials as c', (join) => join.onRef('c.id', '=', 'u.id').on('c.deletedAt', 'is', null))
    .select(['u.id', name.as('name'), 'u.role', 'u.language', 'u.clinicId', 'c.username', 'u.deactivatedAt'])
    .select([sql<boolean>`c.must_change is true`.as('mustChange'), flagsByClinic])
    .where('u.deletedAt', 'is', null)
    .$if(id !== undefined, (query) => query.where('u.id', '=', id!))
    .$if(clinicIds !== null, (query) => query.where(isOf(clinicIds ?? [])))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(${name}, u.id) > (${after?.name}, ${after?.id}::uuid)`),
    )
    .$if(search !== undefined, (query) => query.where(sql<boolean>`strpos(${searched}, ${search}) > 0`))
    .orderBy(name)
    .orderBy('u.id')
    .limit(limit + 1)
    .execute();
  const page = pageOf(rows, limit, (last) => ({ name: last.name, id: last.id }));
  return { users: page.rows.map((row): UserLine => ({ ...row, role: row.role ?? '' })), next: page.next };
}

const name = sql<string>`coalesce(u.name, '')`;
const searched = sql<string>`lower(${name} || ' ' || coalesce(c.username, ''))`;
const flagsByClinic = sql<UserLine['flags']>`coalesce((select jsonb_object_agg(p.clinic_id, coalesce(p.flags, '{}'))
  from permissions p where p.user_id = u.id and p.deleted_at is null and p.clinic_id is not null), '{}')`.as('flags');

/** At home in one of these clinics, or with a permission there. */
function isOf(clinicIds: readonly string[]) {
  return sql<boolean>`(u.clinic_id = any(${clinicIds}::uuid[]) or exists (select from permissions p
    where p.user_id = u.id and p.clinic_id = any(${clinicIds}::uuid[]) and p.deleted_at is null))`;
}
