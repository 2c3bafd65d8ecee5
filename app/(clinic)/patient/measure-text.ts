import { formatNumber } from '../../../lib/text/format.ts';
import type { Language } from '../../../lib/text/languages.ts';
import { isLabelKey, type Translate } from '../../../lib/text/translate.ts';
import { unitText } from '../form/unit-text.ts';
import { MEASURE_UNITS } from './chart-view.ts';

/** A measure as people write it: its name, and its value with the unit. */
export function measureText(
  t: Translate,
  language: Language,
  measure: string,
  value: number,
): { label: string; value: string } {
  const key = `vitals.measure.${measure}`;
  const unit = MEASURE_UNITS[measure] ?? '';
  const number = formatNumber(language, value);
  return { label: isLabelKey(key) ? t(key) : measure, value: unit === '' ? number : `${number} ${unitText(t, unit)}` };
}
