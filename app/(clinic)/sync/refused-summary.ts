import type { OutboxEntry } from '../../../lib/replication/outbox.ts';

export interface RefusedSummary {
  readonly collection: string;
  /** The patient it is about, or null. */
  readonly patientId: string | null;
  readonly code: string;
  readonly at: string;
}

/** What a refused action was about, in a line: the change that was refused, else its first. */
export function refusedSummary({ action, refusal }: OutboxEntry): RefusedSummary {
  const change = action.changes.find((one) => one.id === refusal?.changeId) ?? action.changes[0]!;
  const patientOf = (one: (typeof action.changes)[number]) =>
    one.collection === 'patients' ? one.recordId : one.fields.patientId;
  const patientId = [change, ...action.changes].map(patientOf).find((id) => typeof id === 'string');
  return {
    collection: change.collection,
    patientId: typeof patientId === 'string' ? patientId : null,
    code: refusal?.code ?? 'unknown',
    at: change.at,
  };
}
