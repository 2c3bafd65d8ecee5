import type pg from 'pg';
import { readRecords } from '../../db/postgres/record-statements.ts';
import { deterministicId } from '../../lib/domain/identity.ts';
import type { StoredRecord } from '../../lib/replication/record.ts';

const BUILT_IN = deterministicId('forms', 'registration');

// The clinic's own, else a published one that belongs to no clinic, else the built-in one (data.md §5.4).
const CHOOSE = `select f.current_version_id as id from forms f join clinics c on c.id = $1
  where f.kind = 'registration' and f.deleted_at is null and f.current_version_id is not null and c.deleted_at is null
    and (f.id = c.registration_form_id or f.id = $2 or (f.status = 'published'
      and not exists (select from jsonb_each(coalesce(f.clinic_ids, '{}')) e where e.value = 'true')))
  order by (f.id is not distinct from c.registration_form_id) desc, (f.id <> $2) desc, f.id limit 1`;

/** The version that a clinic registers with now, or null: no such clinic, or no form was published yet. */
export async function registrationVersionOf(pool: pg.Pool, clinicId: string): Promise<string | null> {
  const values = [clinicId, BUILT_IN];
  const found = await pool.query<{ id: string }>({ name: 'registration version', text: CHOOSE, values });
  return found.rows[0]?.id ?? null;
}

export async function readVersion(pool: pg.Pool, versionId: string): Promise<StoredRecord | undefined> {
  return (await readRecords(pool, 'formVersions', 'where id = any($1)', [[versionId]]))[0];
}
