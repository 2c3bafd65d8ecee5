import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertUnit, decimalsOf, roundHalfAway } from '../../../lib/form/unit.ts';

describe('units', () => {
  // NIST SP 811 appendix B.8 (pound, inch, Fahrenheit); American Diabetes Association conversion table (glucose).
  it.each([
    [98.6, '[degF]', 'Cel', undefined, 37],
    [32, '[degF]', 'Cel', undefined, 0],
    [212, '[degF]', 'Cel', undefined, 100],
    [37, 'Cel', '[degF]', undefined, 98.6],
    [1, '[lb_av]', 'kg', undefined, 0.454],
    [154.324, '[lb_av]', 'kg', undefined, 70],
    [70, '[in_i]', 'cm', undefined, 177.8],
    [3250, 'g', 'kg', undefined, 3.25],
    [126, 'mg/dL', 'mmol/L', 'glucose' as const, 6.994],
    [7, 'mmol/L', 'mg/dL', 'glucose' as const, 126.112],
  ])('%d %s in %s', (value, from, to, measure, expected) => {
    expect(roundHalfAway(convertUnit(value, from, to, measure) as number, 3)).toBe(expected);
  });

  it('refuses what does not convert', () => {
    expect(convertUnit(1, 'kg', 'cm')).toBeNull();
    expect(convertUnit(1, 'mg/dL', 'mmol/L')).toBeNull();
    expect(convertUnit(1, 'constructor', 'kg')).toBeNull();
    expect(convertUnit(Number.NaN, 'kg', 'kg')).toBeNull();
  });

  it('comes back to the value that was typed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 680, max: 1150 }), (tenths) => {
        const celsius = roundHalfAway(convertUnit(tenths / 10, '[degF]', 'Cel') as number, 2);
        expect(roundHalfAway(convertUnit(celsius, 'Cel', '[degF]') as number, 1)).toBe(tenths / 10);
      }),
    );
  });
});

describe('rounding', () => {
  it.each([
    [0.5, 0, 1],
    [-0.5, 0, -1],
    [2.5, 0, 3],
    [1.005, 2, 1.01],
    [-1.005, 2, -1.01],
    [8.345, 2, 8.35],
    [2.4999999999999996, 0, 3],
    [2.4999, 0, 2],
    [-0.2, 0, 0],
    [1e21, 2, 1e21],
    [1e-9, 3, 0],
    [38.85, 1, 38.9],
  ])('%d to %d places is %d', (value, decimals, expected) => {
    expect(roundHalfAway(value, decimals)).toBe(expected);
  });

  it('agrees with exact decimal arithmetic', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_999_999, max: 9_999_999 }), (thousandths) => {
        const magnitude = Math.abs(thousandths);
        const hundredths = Math.floor(magnitude / 10) + (magnitude % 10 >= 5 ? 1 : 0);
        const expected = (Math.sign(thousandths) * hundredths) / 100;
        expect(roundHalfAway(thousandths / 1000, 2)).toBe(expected === 0 ? 0 : expected);
      }),
    );
  });

  it('counts decimals as written', () => {
    expect([decimalsOf(1), decimalsOf(0.25), decimalsOf(1e-7), decimalsOf(1e21), decimalsOf(-3.5)]).toEqual([
      0, 2, 7, 0, 1,
    ]);
  });
});
