import type { TRIAGE_LEVELS } from '../../../lib/domain/visit/visit.ts';
import type { Tone } from '../../ui/tone.ts';

type Triage = (typeof TRIAGE_LEVELS)[number];

const TONES: Readonly<Record<Triage, Tone>> = {
  red: 'danger',
  orange: 'warning',
  yellow: 'warning',
  green: 'success',
  blue: 'info',
};

/** The tone nearest to a triage colour; the words beside it say which colour it is. */
export function triageTone(triage: unknown): Tone {
  return TONES[triage as Triage] ?? 'neutral';
}
