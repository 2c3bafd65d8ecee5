import type { Json } from '../replication/json.ts';

/** What an expression may refer to: `{ field: 'id' }`, `{ patient: 'ageMonths' }` … */
export type ReferenceKind = 'field' | 'row' | 'patient' | 'visit' | 'previous' | 'score' | 'option';

/** What a z-score is computed from; `heightCm` only for the weight-for-height indicators. */
export interface ZscoreInput {
  readonly indicator: string;
  readonly sex: string;
  readonly ageDays: number | null;
  readonly measure: number;
  readonly heightMethod: string | null;
  readonly heightCm: number | null;
}

/** What an expression can see. `today` is the event's `occurredOn`, never the clock. */
export interface Scope {
  readonly today: string | null;
  readonly clinical: { readonly zscore?: ((input: ZscoreInput) => number | null) | undefined };
  /** The value behind a reference; null when there is none. */
  read(kind: ReferenceKind, name: string): Json;
}
