import type pg from 'pg';
import { hearWitnessOn } from '../../db/postgres/hear-witness.ts';
import { isBelieved } from '../../lib/domain/world.ts';
import { MAX_RECORD_BYTES } from '../../lib/replication/change.ts';
import { witnessRequestSchema } from '../../lib/replication/protocol/witness.ts';
import { json } from './answer.ts';
import { readMessage } from './exchange.ts';
import type { Result } from './problem.ts';

/** Two hundred rows of the largest. */
const MAX_WITNESS_BODY_BYTES = 200 * MAX_RECORD_BYTES;

/** `POST /api/sync/witness`: rows that this root has lost, while it is in recovery. */
export async function witness(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const asked = await readMessage(pool, request, witnessRequestSchema, MAX_WITNESS_BODY_BYTES);
  if (!asked.ok) return asked;
  const { device, message } = asked.value;
  const { scopes } = device.grants;
  const believed = { scopes, isBelieved: (name: string) => isBelieved(device.sender, name), nowMs: Date.now() };
  return json(await hearWitnessOn(pool, device.deviceId, device.sender, believed, message));
}
