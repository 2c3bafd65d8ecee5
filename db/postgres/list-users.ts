import type { Queryable } from './record-statements.ts';

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

const READ = `select u.id, coalesce(u.name, '') as name, u.role, u.language, u.clinic_id as "clinicId", c.username,
    c.must_change is true as "mustChange", u.deactivated_at as "deactivatedAt",
    coalesce((select jsonb_object_agg(p.clinic_id, coalesce(p.flags, '{}')) from permissions p
      where p.user_id = u.id and p.deleted_at is null and p.clinic_id is not null), '{}') as flags
  from users u left join credentials c on c.id = u.id and c.deleted_at is null
  where u.deleted_at is null and ($1::uuid is null or u.id = $1)
    and ($2::uuid[] is null or u.clinic_id = any($2)
      or exists (select from permissions p where p.user_id = u.id and p.clinic_id = any($2) and p.deleted_at is null))
    and ($3::text is null or (coalesce(u.name, ''), u.id) > ($3, $4::uuid))
    and ($5::text is null or strpos(lower(coalesce(u.name, '') || ' ' || coalesce(c.username, '')), $5) > 0)
  order by coalesce(u.name, ''), u.id limit $6`;

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
  client: Queryable,
  { id, clinicIds, after, search, limit }: Asked,
): Promise<{ users: UserLine[]; next: { name: string; id: string } | null }> {
  const values = [id ?? null, clinicIds, after?.name ?? null, after?.id ?? null, search ?? null, limit + 1];
  const { rows } = await client.query<UserLine>({ name: 'users', text: READ, values });
  const users = rows.slice(0, limit);
  const last = users.at(-1);
  return { users, next: rows.length > limit && last ? { name: last.name, id: last.id } : null };
}
