import type { Json } from '../replication/json.ts';
import { checkText } from './check-text.ts';
import type { ChoiceField } from './definition.ts';
import { choosesOther, OTHER } from './filled-form.ts';
import { FORM_LIMITS } from './limits.ts';
import { type Finding, refuse } from './problem.ts';

/**
 * One or several codes. A retired option is still read as an answer; it is only never offered. A choice without
 * options takes its list from elsewhere (countries, clinics), which the writer of the record checks.
 */
export function checkChoice(
  field: ChoiceField,
  value: Json,
  other: Json | undefined,
  offered: readonly string[] | undefined,
): Finding[] {
  const codes = field.type === 'choices' ? value : [value];
  if (!Array.isArray(codes) || !codes.every((code): code is string => typeof code === 'string')) {
    return [refuse('wrong-type')];
  }
  const wrong = codes.flatMap((code) => checkCode(field, code, offered));
  if (wrong.length > 0) return wrong;
  return [...(field.type === 'choices' ? checkSet(field, codes) : []), ...checkOther(field, value, other)];
}

function checkCode(field: ChoiceField, code: string, offered: readonly string[] | undefined): Finding[] {
  if (code === OTHER && field.other === true) return [];
  if (field.options.length > 0 && !field.options.some((option) => option.code === code)) {
    return [refuse('unknown-option', { code })];
  }
  return offered && !offered.includes(code) ? [refuse('option-unavailable', { code })] : [];
}

function checkSet(field: Extract<ChoiceField, { type: 'choices' }>, codes: readonly string[]): Finding[] {
  const twice = codes.find((code, index) => codes.indexOf(code) !== index);
  if (twice !== undefined) return [refuse('duplicate-choice', { code: twice })];
  const alone = field.options.find(({ code, exclusive }) => exclusive === true && codes.includes(code));
  if (alone && codes.length > 1) return [refuse('exclusive-option', { code: alone.code })];
  if (alone) return [];
  const { minCount, maxCount } = field;
  if (typeof minCount === 'number' && codes.length < minCount) return [refuse('too-few-choices', { min: minCount })];
  if (typeof maxCount === 'number' && codes.length > maxCount) return [refuse('too-many-choices', { max: maxCount })];
  return [];
}

function checkOther(field: ChoiceField, value: Json, other: Json | undefined): Finding[] {
  if (!choosesOther(field, value)) return [];
  return other === undefined ? [refuse('other-missing')] : checkText(other, FORM_LIMITS.otherCharacters, null);
}
