import type pg from 'pg';
import { put } from '../../lib/domain/command.ts';
import { editAsServer } from './server-author.ts';

interface TokenRow {
  id: string;
  token_hash: string;
  enrolled_at: string;
  enrolled_by: string;
  signed_in: Record<string, boolean>;
}

// Who signed in with the token of now, and who before.
const UNRECORDED = `select d.id, encode(t.hash, 'hex') as token_hash, d.enrolled_at, d.enrolled_by,
    coalesce((select json_object_agg(u.user_id, u.signed_in_at >= t.created_at) from device_users u
      where u.device_id = d.id), '{}') as signed_in
  from devices d join device_tokens t on t.device_id = d.id and t.revoked_at is null
  where d.token_hash is null and d.enrolled_at is not null and d.deleted_at is null`;

const BEFORE_ALL = '1970-01-01T00:00:00.000Z';

/**
 * Tokens and sign-ins of devices enrolled before these stood in the devices' records. Before anything is served: a phone
 * whose token is in no record is told that it was withdrawn.
 */
export async function recordTokens(pool: pg.Pool): Promise<void> {
  const found = await pool.query<TokenRow>(UNRECORDED);
  for (const row of found.rows) {
    const edit = put('devices', row.id, { tokenHash: row.token_hash, ...signInsOf(row) });
    const ref = { collection: 'devices', id: row.id };
    await editAsServer(pool, row.enrolled_by, ref, 'the token of a device', () => [edit]);
  }
  await pool.query('delete from device_users');
}

function signInsOf({ signed_in, enrolled_at }: TokenRow): Record<string, string> {
  const all = Object.entries(signed_in);
  return Object.fromEntries(all.map(([id, now]) => [`signedIn.${id}`, now ? enrolled_at : BEFORE_ALL]));
}
