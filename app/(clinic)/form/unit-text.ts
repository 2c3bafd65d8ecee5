import { isLabelKey, type Translate } from '../../../lib/text/translate.ts';

/** A UCUM unit as people write it; one that has no label is shown as it is. */
export function unitText(t: Translate, unit: string): string {
  const key = `unit.${unit}`;
  return isLabelKey(key) ? t(key) : unit;
}
