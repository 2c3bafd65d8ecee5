import { type FormDefinition, type FormField, labelIn } from '../../../lib/form/definition.ts';
import type { Problem, ProblemCode } from '../../../lib/form/problem.ts';
import { formatDate, formatNumber } from '../../../lib/text/format.ts';
import type { LabelKey } from '../../../lib/text/labels/en/en.ts';
import type { Language } from '../../../lib/text/languages.ts';
import type { Translate } from '../../../lib/text/translate.ts';

const KEYS: Readonly<Record<ProblemCode, LabelKey>> = {
  required: 'problem.required',
  'missing-not-allowed': 'problem.required',
  'wrong-type': 'problem.invalid',
  'unreadable-text': 'problem.invalid',
  'too-long': 'problem.too-long',
  pattern: 'problem.pattern',
  'below-minimum': 'problem.too-small',
  'above-maximum': 'problem.too-large',
  'unusually-low': 'problem.unusual-low',
  'unusually-high': 'problem.unusual-high',
  'too-many-decimals': 'problem.too-many-decimals',
  'not-a-step': 'problem.invalid',
  'unknown-unit': 'problem.invalid',
  'unit-mismatch': 'problem.invalid',
  'invalid-date': 'problem.not-a-date',
  'invalid-time': 'problem.not-a-time',
  'invalid-date-time': 'problem.not-a-date',
  'date-too-early': 'problem.too-early',
  'date-too-late': 'problem.too-late',
  'date-not-precise': 'problem.not-precise-enough',
  'unknown-option': 'problem.unknown-option',
  'option-unavailable': 'problem.unknown-option',
  'duplicate-choice': 'problem.unknown-option',
  'exclusive-option': 'problem.exclusive',
  'too-few-choices': 'problem.too-few',
  'too-many-choices': 'problem.too-many',
  'other-missing': 'problem.other-missing',
  'too-few-rows': 'problem.too-few-rows',
  'too-many-rows': 'problem.too-many-rows',
  'row-text-missing': 'problem.row-text-missing',
  'not-in-catalogue': 'problem.not-in-catalogue',
  'too-many-files': 'problem.too-many',
};

/** Limits that are read as numbers inside a message, not as plural counts. */
const COUNTED: ReadonlySet<ProblemCode> = new Set([
  'too-many-decimals',
  'too-long',
  'too-few-choices',
  'too-many-choices',
  'too-few-rows',
  'too-many-rows',
  'too-many-files',
]);

/** What is wrong with an answer, in the shown language. */
export function problemText(
  t: Translate,
  language: Language,
  problem: Problem,
  field: FormField,
  definition: FormDefinition,
): string {
  if (problem.code === 'pattern' && field.type === 'text' && field.patternMessage)
    return labelIn(field.patternMessage, language, definition);
  const values = Object.fromEntries(
    Object.entries(problem.params).map(([name, value]) => [name, shown(language, problem.code, value)]),
  );
  return t(KEYS[problem.code], values);
}

function shown(language: Language, code: ProblemCode, value: string | number): string | number {
  if (typeof value === 'string') return formatDate(language, value);
  return COUNTED.has(code) ? value : formatNumber(language, value);
}
