import type pg from 'pg';
import { BEGIN_PUSH } from '../../db/postgres/accept-changes.ts';
import { authorWithin } from '../../db/postgres/author-edits.ts';
import { inTransaction, newId, readIdentity } from '../../db/postgres/replica-identity.ts';
import { put } from '../../lib/domain/command.ts';
import { hashSecret, newSecret, tokenHashOf } from './secrets.ts';
import { serverAsFounder } from './server-author.ts';

/**
 * Records a hub of these clinics, by their codes, and gives it a key, told this once. Throws a sentence when there is no
 * such clinic, or when this is no root.
 */
export async function addHub(pool: pg.Pool, name: string, codes: readonly string[]) {
  const { replicaId, root } = await readIdentity(pool);
  if (!root) throw new Error('Hubs are added at the server that this one relays to.');
  const clinicIds = await clinicsOf(pool, codes);
  const [deviceId, key] = [newId(), newSecret()];
  const { userId, clinicId, founder } = serverAsFounder(replicaId);
  await inTransaction(pool, BEGIN_PUSH, async (client) => {
    await client.query('insert into device_tokens (hash, device_id) values ($1, $2)', [hashSecret(key), deviceId]);
    const outcome = await authorWithin(client, {
      author: { userId, clinicId },
      founder,
      needs: [{ collection: 'devices', id: deviceId }],
      decide: ({ nowMs }) => {
        const enrolled = { enrolledAt: new Date(nowMs).toISOString(), enrolledBy: userId, tokenHash: tokenHashOf(key) };
        return [put('devices', deviceId, { name, kind: 'hub', clinicIds, ...enrolled })];
      },
    });
    if (outcome?.result !== 'applied') throw new Error(`The hub was refused: ${outcome?.refusal?.code}.`);
  });
  return { deviceId, clinicIds, key };
}

async function clinicsOf(pool: pg.Pool, codes: readonly string[]): Promise<string[]> {
  const found = await pool.query<{ id: string; code: string }>(
    'select id, code from clinics where code = any($1) and deleted_at is null',
    [codes],
  );
  const missing = codes.find((code) => !found.rows.some((row) => row.code === code));
  if (missing !== undefined) throw new Error(`There is no clinic with the code ${missing}.`);
  return found.rows.map(({ id }) => id).sort();
}
