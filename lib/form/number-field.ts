import type { FieldOf } from './definition.ts';
import type { Entered } from './filled-form.ts';
import { recordTarget } from './record-target.ts';
import { convertUnit, roundHalfAway } from './unit.ts';

type NumberField = FieldOf<'number'>;
const GLUCOSE_LOINC = '15074-8';
/** Decimals kept when a question does not say: enough for every measure of data.md §9. */
const DEFAULT_DECIMALS = 3;

/** What the conversion of mg/dL depends on: only glucose is known. */
export function measureOf(field: NumberField): 'glucose' | undefined {
  const target = recordTarget(field.record);
  const isGlucose = (target?.kind === 'number' && target.measure === 'glucose') || field.code?.code === GLUCOSE_LOINC;
  return isGlucose ? 'glucose' : undefined;
}

/** Decimals the stored number is rounded to after a conversion. */
export const decimalsFor = (field: NumberField): number => field.decimals ?? DEFAULT_DECIMALS;

/**
 * A number as typed in `unit`, as it is stored: the answer in the question's own unit, and what was typed when that
 * differs. Null when the unit cannot be converted to the question's.
 */
export function enterNumber(
  field: NumberField,
  typed: number,
  unit: string | null,
): { readonly value: number; readonly entered: Entered | null } | null {
  const stored = field.unit ?? null;
  if (unit === null || unit === stored) return { value: typed, entered: null };
  const converted = stored === null ? null : convertUnit(typed, unit, stored, measureOf(field));
  if (converted === null) return null;
  return { value: roundHalfAway(converted, decimalsFor(field)), entered: { value: typed, unit } };
}

/** Hard limits of a question: its own, and those of the vital sign it is recorded as. */
export function hardRange(field: NumberField): { min: number | null; max: number | null } {
  const target = recordTarget(field.record);
  const limits = target?.kind === 'number' ? target : null;
  return {
    min: limits ? Math.max(field.min ?? limits.min, limits.min) : (field.min ?? null),
    max: limits ? Math.min(field.max ?? limits.max, limits.max) : (field.max ?? null),
  };
}
