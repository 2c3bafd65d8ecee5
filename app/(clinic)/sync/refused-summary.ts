import type { PlacedEntry } from '../../../db/device/outbox.ts';

export interface RefusedSummary {
  readonly collection: string;
  readonly author: string;
  /** The patient it is about, or null. */
  readonly patientId: string | null;
  readonly code: string;
  readonly at: string;
}

/** What a refused action was about, in a line: the change that was refused, else its first. */
export function refusedSummary({ action, refusal, places }: PlacedEntry): RefusedSummary {
  const change = action.changes.find((one) => one.id === refusal?.changeId) ?? action.changes[0]!;
  const patientOf = (one: (typeof action.changes)[number]) =>
    one.collection === 'patients' ? one.recordId : one.fields.patientId;
  // A change to a record names its patient only when it made it; where it stood says so always.
  const stood = places.find((place) => place.table === 'charts')?.id;
  const patientId = [change, ...action.changes].map(patientOf).find((id) => typeof id === 'string') ?? stood;
  return {
    collection: change.collection,
    author: change.author,
    patientId: typeof patientId === 'string' ? patientId : null,
    code: refusal?.code ?? 'unknown',
    at: change.at,
  };
}
