import type { Json } from '../replication/json.ts';
import type { FormField, FormScore, Labels } from './definition.ts';

/** A score of a form: null while a shown question of it is unanswered, with the band it falls in. */
export interface ScoreResult {
  readonly value: number | null;
  readonly band: Labels | null;
}

/**
 * Sums a score. A hidden question adds nothing; a shown one without an answer makes the score unknown, since half a
 * questionnaire must not read as a low score. Null also when every question is hidden.
 */
export function scoreOf(
  score: FormScore,
  item: (fieldId: string) => { field: FormField; shown: boolean; value: Json | undefined } | undefined,
): ScoreResult {
  let total: number | null = null;
  for (const id of score.sum) {
    const found = item(id);
    if (!found?.shown) continue;
    const points = pointsOf(found.field, found.value);
    if (points === null) return { value: null, band: null };
    total = (total ?? 0) + points;
  }
  if (total === null) return { value: null, band: null };
  const value = total;
  return { value, band: score.bands?.find(({ from, to }) => from <= value && value <= to)?.label ?? null };
}

/** Points of one answer: the options' scores, the number itself, 1 for yes and 0 for no; null when unanswered. */
function pointsOf(field: FormField, value: Json | undefined): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (field.type !== 'choice' && field.type !== 'choices') return null;
  const chosen = new Set(Array.isArray(value) ? value : [value]);
  return field.options.reduce((points, { code, score }) => points + (chosen.has(code) ? (score ?? 0) : 0), 0);
}
