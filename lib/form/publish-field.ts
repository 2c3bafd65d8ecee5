import type { FieldOf, FormField } from './definition.ts';
import { measureOf } from './number-field.ts';
import { error, type PublishProblem, warning } from './publish-problem.ts';
import { RECORD_TARGETS, type RecordTarget } from './record-target.ts';
import { baseField } from './registration.ts';
import { convertUnit } from './unit.ts';

/** What is wrong with one question, whatever stands around it. */
export function fieldProblems(field: FormField, path: string): PublishProblem[] {
  return [
    ...requiredProblems(field, path),
    ...rangeProblems(field, path),
    ...(field.type === 'number' ? unitProblems(field, path) : []),
    ...('options' in field ? optionProblems(field, path) : []),
    ...(field.record ? recordProblems(field, field.record, path) : []),
  ];
}

const UNANSWERABLE: ReadonlySet<string> = new Set(['note', 'separator', 'calculated']);

function requiredProblems(field: FormField, path: string): PublishProblem[] {
  const required = field.required === true || (field.requiredIf !== null && field.requiredIf !== undefined);
  const cannot =
    UNANSWERABLE.has(field.type) ||
    (field.calculate !== null && field.calculate !== undefined) ||
    field.readOnlyIf === true ||
    field.visible === false;
  if (required && cannot) return [error('required-cannot-be-answered', path, { type: field.type })];
  if (field.type === 'repeat' && field.fields.length === 0) return [error('no-question', path)];
  return [];
}

function rangeProblems(field: FormField, path: string): PublishProblem[] {
  const rising: (number | null | undefined)[] =
    field.type === 'number'
      ? [field.min, field.softMin, field.softMax, field.max]
      : field.type === 'scale'
        ? [field.min, field.max]
        : field.type === 'choices'
          ? [field.minCount, field.maxCount]
          : field.type === 'repeat'
            ? [field.minRows, field.maxRows]
            : [];
  const given = rising.filter((value): value is number => typeof value === 'number');
  const isRising = given.every((value, index) => index === 0 || (given[index - 1] as number) <= value);
  return isRising ? [] : [error('range-reversed', path)];
}

function unitProblems(field: FieldOf<'number'>, path: string): PublishProblem[] {
  const units = field.units ?? [];
  const { unit } = field;
  if (!unit) return units.length > 0 ? [error('unit-missing', path)] : [];
  return units
    .filter((other) => convertUnit(1, other, unit, measureOf(field)) === null)
    .map((other) => error('unit-not-convertible', path, { from: other, to: unit }));
}

function optionProblems(field: FieldOf<'choice'> | FieldOf<'choices'>, path: string): PublishProblem[] {
  const codes = field.options.map(({ code }) => code);
  const twice = codes.filter((code, index) => codes.indexOf(code) !== index);
  const reserved = field.other === true && codes.includes('other') ? ['other'] : [];
  const offered = field.options.some(({ retired }) => retired !== true) || field.other === true;
  return [
    ...[...new Set([...twice, ...reserved])].map((code) => error('duplicate-option', path, { code })),
    ...(offered || baseField(field)?.list ? [] : [error('no-option', path)]),
  ];
}

function recordProblems(field: FormField, record: string, path: string): PublishProblem[] {
  const target = Object.hasOwn(RECORD_TARGETS, record) ? RECORD_TARGETS[record] : undefined;
  if (!target) return [error('unknown-record-target', path, { record })];
  if (!isSameKind(field, target)) return [error('record-type', path, { record, type: field.type })];
  if (target.kind === 'number') return numberTargetProblems(field, target, record, path);
  if (target.kind !== 'choice' || field.type !== 'choice') return [];
  const foreign = field.options.filter(({ code }) => !target.codes.includes(code)).map(({ code }) => code);
  if (field.other === true) foreign.push('other');
  return foreign.map((code) => error('record-codes', path, { record, code }));
}

function isSameKind(field: FormField, target: RecordTarget): boolean {
  if (target.kind === 'number') return ['number', 'scale', 'calculated'].includes(field.type);
  return field.type === target.kind;
}

function numberTargetProblems(
  field: FormField,
  target: Extract<RecordTarget, { kind: 'number' }>,
  record: string,
  path: string,
): PublishProblem[] {
  const problems: PublishProblem[] = [];
  // A scale has no unit to write: its points are those of the target.
  const unit = field.type === 'number' || field.type === 'calculated' ? (field.unit ?? '') : target.unit;
  if (unit !== target.unit) problems.push(error('record-unit', path, { record, unit, expected: target.unit }));
  if (field.code && field.code.system === 'http://loinc.org' && field.code.code !== target.loinc) {
    problems.push(warning('record-code', path, { record, expected: target.loinc }));
  }
  if (field.type !== 'number' && field.type !== 'scale') return problems;
  if ((field.min ?? target.min) < target.min || (field.max ?? target.max) > target.max) {
    problems.push(warning('record-range', path, { record, min: target.min, max: target.max }));
  }
  return problems;
}
