import type { Runner } from './run-command.ts';

/** The server itself, for what nobody did: the records say that it was made by the replica that made it. */
export function serverAsFounder(replicaId: string): Required<Runner> {
  const founder = { userId: replicaId, role: 'super_admin', active: true, flags: {} } as const;
  return { userId: replicaId, clinicId: null, founder };
}
