import type { Translate } from '../../../lib/text/translate.ts';
import type { ClockSkew } from '../../device/clock-skew.ts';

/** How wrong the clock is: “58 min fast”. */
export function skewText(t: Translate, { unit, count, direction }: ClockSkew): string {
  return t(`clock.${direction}.${unit}`, { count });
}
