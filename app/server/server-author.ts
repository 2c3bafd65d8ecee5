import type pg from 'pg';
import { authorEdits, type ServerEdit } from '../../db/postgres/author-edits.ts';
import type { RecordRef } from '../../lib/replication/record.ts';
import type { Runner } from './run-command.ts';

/** The server itself, for what nobody did: the records say that it was made by the replica that made it. */
export function serverAsFounder(replicaId: string): Required<Runner> {
  const founder = { userId: replicaId, role: 'super_admin', active: true, flags: {} } as const;
  return { userId: replicaId, clinicId: null, founder };
}

/**
 * Edits one record as the server itself. False when `decide` found nothing to edit. A refusal is a fault, for the server
 * may do everything: thrown, with `what` was refused.
 */
export async function editAsServer(
  pool: pg.Pool,
  replicaId: string,
  ref: RecordRef,
  what: string,
  decide: ServerEdit['decide'],
): Promise<boolean> {
  const { userId, clinicId, founder } = serverAsFounder(replicaId);
  const outcome = await authorEdits(pool, { author: { userId, clinicId }, founder, needs: [ref], decide });
  if (outcome !== null && outcome.result !== 'applied')
    throw new Error(`${what} was refused: ${outcome.refusal?.code ?? outcome.result}`);
  return outcome !== null;
}
