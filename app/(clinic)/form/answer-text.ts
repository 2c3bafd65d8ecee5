import { type FormDefinition, type FormField, labelIn } from '../../../lib/form/definition.ts';
import { isRecord, OTHER, rowsInOrder } from '../../../lib/form/filled-form.ts';
import type { Json } from '../../../lib/replication/json.ts';
import { formatDate, formatInstant, formatNumber } from '../../../lib/text/format.ts';
import type { Language } from '../../../lib/text/languages.ts';
import type { Translate } from '../../../lib/text/translate.ts';
import { unitText } from './unit-text.ts';

export interface Reading {
  readonly t: Translate;
  readonly language: Language;
  readonly definition: FormDefinition;
  /** In which instants are told; the device's when absent. */
  readonly timeZone?: string | undefined;
}

/** A saved answer in words, with the form version it was given to. Null when there is none. `other`: what "other" means. */
export function answerText(reading: Reading, field: FormField, value: Json | undefined, other?: Json): string | null {
  if (value === undefined || value === null || value === '') return null;
  const { t, language } = reading;
  switch (field.type) {
    case 'number':
    case 'calculated':
    case 'scale':
      return numberText(reading, field, value);
    case 'date':
      return dateText(reading, value);
    case 'date-time':
      return formatInstant(language, String(value), reading.timeZone);
    case 'yes-no':
      return value === true ? t('app.yes') : value === false ? t('app.no') : t('app.unsure');
    case 'choice':
      return optionText(reading, field, value, other);
    case 'choices':
      return Array.isArray(value) ? value.map((code) => optionText(reading, field, code, other)).join(', ') : null;
    case 'diagnosis':
    case 'medicine':
      return rowsInOrder(value)
        .map(([, row]) => String(row.text ?? ''))
        .join(', ');
    case 'repeat':
      return t('form.rows', { count: rowsInOrder(value).length });
    case 'photo':
    case 'file':
    case 'signature':
      return t('form.files', { count: Array.isArray(value) ? value.length : 0 });
    default:
      return isRecord(value) ? null : String(value);
  }
}

function numberText({ t, language }: Reading, field: FormField, value: Json): string {
  if (typeof value === 'boolean') return value ? t('app.yes') : t('app.no');
  const text = typeof value === 'number' ? formatNumber(language, value) : String(value);
  const unit = field.type === 'number' || field.type === 'calculated' ? field.unit : null;
  return unit ? `${text} ${unitText(t, unit)}` : text;
}

function dateText({ t, language }: Reading, value: Json): string | null {
  if (!isRecord(value)) return formatDate(language, String(value));
  if (typeof value.date !== 'string') return null;
  const date = formatDate(language, value.date);
  return value.estimated === true ? t('age.about', { age: date }) : date;
}

function optionText(reading: Reading, field: FormField, code: Json, other: Json | undefined): string {
  if (field.type !== 'choice' && field.type !== 'choices') return String(code);
  if (code === OTHER && field.other === true)
    return typeof other === 'string' && other !== '' ? other : reading.t('form.other');
  const option = field.options.find((one) => one.code === code);
  return option ? labelIn(option.label, reading.language, reading.definition) : String(code);
}
