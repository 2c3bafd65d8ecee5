import type pg from 'pg';
import { hearWitnessOn, NOT_RECOVERING } from '../../db/postgres/hear-witness.ts';
import { readIdentity } from '../../db/postgres/replica-identity.ts';
import { isBelieved } from '../../lib/domain/world.ts';
import { MAX_RECORD_BYTES } from '../../lib/replication/change.ts';
import { MAX_WITNESS_ROWS, witnessRequestSchema } from '../../lib/replication/protocol/witness.ts';
import { json } from './answer.ts';
import { requireDevice } from './device-session.ts';
import { readMessage } from './exchange.ts';
import { type Result, refused } from './problem.ts';

const MAX_WITNESS_BODY_BYTES = MAX_WITNESS_ROWS * MAX_RECORD_BYTES;

/** `POST /api/sync/witness`: rows that this root has lost, while it is in recovery. Else the message is not even read. */
export async function witness(pool: pg.Pool, request: Request): Promise<Result<Response>> {
  const device = await requireDevice(pool, request);
  if (!device.ok) return device;
  if (!(await readIdentity(pool)).recovering) return json(NOT_RECOVERING);
  const message = await readMessage(request, witnessRequestSchema, MAX_WITNESS_BODY_BYTES);
  if (!message.ok) return message;
  const rows = message.value.tables.reduce((sum, table) => sum + table.records.length, 0);
  if (rows > MAX_WITNESS_ROWS)
    return refused('too-large', { field: 'tables', detail: `At most ${MAX_WITNESS_ROWS} rows in a request.` });
  const { deviceId, sender, grants } = device.value;
  const believed = { scopes: grants.scopes, isBelieved: (name: string) => isBelieved(sender, name), nowMs: Date.now() };
  return json(await hearWitnessOn(pool, deviceId, sender, believed, message.value));
}
