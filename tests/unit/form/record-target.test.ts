import { describe, expect, it } from 'vitest';
import { RECORD_TARGETS } from '../../../lib/form/record-target.ts';

/** LOINC's own check digit: modulus 10 (LOINC Users' Guide, appendix C). */
function checkDigit(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

describe('the codes of vital signs', () => {
  const measures = Object.entries(RECORD_TARGETS).flatMap(([name, target]) =>
    target.kind === 'number' ? [{ name, loinc: target.loinc, min: target.min, max: target.max }] : [],
  );

  it.each(measures)('$name: $loinc carries its check digit', ({ loinc, min, max }) => {
    const [digits = '', check] = loinc.split('-');
    expect(checkDigit(digits)).toBe(Number(check));
    expect(min).toBeLessThan(max);
  });

  it('are each used once', () => {
    expect(new Set(measures.map(({ loinc }) => loinc)).size).toBe(measures.length);
  });
});
