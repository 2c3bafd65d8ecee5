import type { Json } from '../replication/json.ts';
import type { FieldOf } from './definition.ts';
import type { Entered } from './filled-form.ts';
import { enterNumber, hardRange } from './number-field.ts';
import { confirm, type Finding, type ProblemParams, refuse } from './problem.ts';
import { decimalsOf, roundHalfAway } from './unit.ts';

/** Hard limits refuse; soft limits ask for a reason, which then stands in `entered.<id>.confirmed`. */
export function checkNumber(field: FieldOf<'number'>, value: Json, entered: Entered | null): Finding[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [refuse('wrong-type')];
  const unit: ProblemParams = field.unit ? { unit: field.unit } : {};
  const { min, max } = hardRange(field);
  if (min !== null && value < min) return [refuse('below-minimum', { min, ...unit })];
  if (max !== null && value > max) return [refuse('above-maximum', { max, ...unit })];
  const decimals = field.decimals ?? null;
  if (decimals !== null && decimalsOf(value) > decimals) return [refuse('too-many-decimals', { decimals })];
  const wrongUnit = checkEntered(field, value, entered);
  if (wrongUnit) return [wrongUnit];
  if (!entered?.unit && !isOnStep(value, min ?? 0, field.step))
    return [refuse('not-a-step', { step: field.step ?? 0 })];
  return entered?.confirmed ? [] : checkSoftRange(field, value, unit);
}

function checkSoftRange({ softMin, softMax }: FieldOf<'number'>, value: number, unit: ProblemParams): Finding[] {
  if (typeof softMin === 'number' && value < softMin) return [confirm('unusually-low', { min: softMin, ...unit })];
  if (typeof softMax === 'number' && value > softMax) return [confirm('unusually-high', { max: softMax, ...unit })];
  return [];
}

function checkEntered(field: FieldOf<'number'>, value: number, entered: Entered | null): Finding | null {
  if (!entered?.unit) return null;
  const { unit, value: typed } = entered;
  if (unit !== field.unit && !field.units?.includes(unit)) return refuse('unknown-unit', { unit });
  const stored = typeof typed === 'number' ? enterNumber(field, typed, unit) : null;
  return stored?.value === value ? null : refuse('unit-mismatch');
}

export function checkScale(field: FieldOf<'scale'>, value: Json): Finding[] {
  if (typeof value !== 'number' || !Number.isInteger(value)) return [refuse('wrong-type')];
  if (value < field.min) return [refuse('below-minimum', { min: field.min })];
  if (value > field.max) return [refuse('above-maximum', { max: field.max })];
  return isOnStep(value, field.min, field.step) ? [] : [refuse('not-a-step', { step: field.step ?? 1 })];
}

function isOnStep(value: number, from: number, step: number | null | undefined): boolean {
  if (!step) return true;
  const steps = roundHalfAway((value - from) / step, 6);
  return Number.isInteger(steps);
}
