import { formatNumber } from '../../lib/text/format.ts';
import type { Language } from '../../lib/text/languages.ts';

/** What is counted up to a hundred, on a badge. */
export function countText(language: Language, count: number): string {
  return count > 99 ? `${formatNumber(language, 99)}+` : formatNumber(language, count);
}
