/**
 * Conversions between the units a number may be typed in. UCUM codes; factors of data.md §9:
 * pound and inch are exact by the International Yard and Pound Agreement of 1959 (NIST SP 811, appendix B),
 * °C = (°F − 32)·5/9, glucose mmol/L = mg/dL ÷ 18.016 (molar mass of glucose 180.16 g/mol).
 */
interface Scale {
  readonly dimension: 'temperature' | 'mass' | 'length' | 'glucose';
  readonly factor: number;
  readonly offset: number;
}

const SCALES: Readonly<Record<string, Scale>> = {
  Cel: { dimension: 'temperature', factor: 1, offset: 0 },
  '[degF]': { dimension: 'temperature', factor: 5 / 9, offset: -32 },
  kg: { dimension: 'mass', factor: 1, offset: 0 },
  g: { dimension: 'mass', factor: 0.001, offset: 0 },
  '[lb_av]': { dimension: 'mass', factor: 0.45359237, offset: 0 },
  cm: { dimension: 'length', factor: 1, offset: 0 },
  m: { dimension: 'length', factor: 100, offset: 0 },
  '[in_i]': { dimension: 'length', factor: 2.54, offset: 0 },
};

const GLUCOSE: Readonly<Record<string, Scale>> = {
  'mmol/L': { dimension: 'glucose', factor: 1, offset: 0 },
  'mg/dL': { dimension: 'glucose', factor: 1 / 18.016, offset: 0 },
};

/**
 * `value` in unit `from`, expressed in `to`; null when the two cannot be converted. Between mg/dL and mmol/L the
 * factor is the substance's, so it needs `measure: 'glucose'`. Not rounded: see `roundHalfAway`.
 */
export function convertUnit(value: number, from: string, to: string, measure?: 'glucose'): number | null {
  if (!Number.isFinite(value)) return null;
  if (from === to) return value;
  const source = scaleOf(from, measure);
  const target = scaleOf(to, measure);
  if (!source || !target || source.dimension !== target.dimension) return null;
  return ((value + source.offset) * source.factor) / target.factor - target.offset;
}

function scaleOf(unit: string, measure: 'glucose' | undefined): Scale | undefined {
  const scales = measure === 'glucose' ? GLUCOSE : SCALES;
  return Object.hasOwn(scales, unit) ? scales[unit] : undefined;
}

/**
 * `value` with at most `decimals` places, halves away from zero. Rounds the number as it is written: 1.005 gives 1.01,
 * which `Math.round(value * 100) / 100` misses because the binary fraction lies just below.
 */
export function roundHalfAway(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  const places = Math.min(Math.max(Math.trunc(decimals), 0), 12);
  // 15 significant digits is what a double always holds: noise of the arithmetic (2.4999999999999996) falls away.
  const written = Number(Math.abs(value).toPrecision(15));
  const rounded = shift(Math.round(shift(written, places)), -places);
  return rounded === 0 ? 0 : Math.sign(value) * rounded;
}

function shift(value: number, places: number): number {
  const [digits, exponent] = String(value).split('e');
  return Number(`${digits}e${Number(exponent ?? 0) + places}`);
}

/** How many decimals a number is written with. */
export function decimalsOf(value: number): number {
  const [digits = '', exponent] = String(value).split('e');
  const fraction = digits.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent ?? 0));
}
