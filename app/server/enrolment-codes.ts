import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { readActors } from '../../db/postgres/accept-changes.ts';
import { newId } from '../../db/postgres/replica-identity.ts';
import { areForRootOnly } from '../../db/postgres/root-verdict.ts';
import { hasFlag, isAdmin } from '../../lib/access/actor.ts';
import { enrolment } from './enrolment.ts';
import { type Result, refused } from './problem.ts';
import { hashSecret, newSecret } from './secrets.ts';

/** Crockford's letters: none is taken for another. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;
const VALID_HOURS = 72;

/** A code as it is compared: what people type instead of 0 and 1 counts as those, blanks and dashes count for nothing. */
export function foldCode(code: string): string {
  return code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

/**
 * A new code for one device of a clinic: 8 characters, once, 72 hours. Needs `clinic-admin` there; a hub is believed
 * about who made what, so that only who administers everything makes one.
 */
export async function issueEnrolmentCode(
  pool: pg.Pool,
  { userId, clinicId, kind = 'phone' }: { userId: string; clinicId: string; kind?: 'phone' | 'hub' },
): Promise<Result<{ code: string; expiresAt: string }>> {
  const actor = (await readActors(pool, [userId])).get(userId);
  if (actor === undefined || !actor.active || !hasFlag(actor, 'clinic-admin', clinicId)) return refused('forbidden');
  if (kind === 'hub' && !isAdmin(actor)) return refused('forbidden', { field: 'kind' });
  const clinic = await pool.query('select 1 from clinics where id = $1 and deleted_at is null', [clinicId]);
  if (clinic.rowCount === 0) return refused('not-found', { field: 'clinicId' });
  const enrolling = enrolment(
    { deviceId: newId(), deviceName: '-' },
    { kind, clinicId, userId },
    newSecret(),
    Date.now(),
  );
  if (await areForRootOnly(pool, [enrolling], { userId, clinicId })) return refused('main-server-only');
  const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const expiresAt = new Date(Date.now() + VALID_HOURS * 3_600_000).toISOString();
  await pool.query(
    'insert into enrolment_codes (hash, clinic_id, kind, created_by, expires_at) values ($1, $2, $3, $4, $5)',
    [hashSecret(code), clinicId, kind, userId, expiresAt],
  );
  return { ok: true, value: { code, expiresAt } };
}
