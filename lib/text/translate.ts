import { IntlMessageFormat } from 'intl-messageformat';
import { en, type LabelKey, type Labels } from './labels/en/en.ts';
import { formatTag, type Language } from './languages.ts';
import { loadedLabels } from './load-language.ts';

/** Values of an ICU message: numbers for plural and number arguments, text for the rest. Dates are formatted before. */
export type LabelValues = Readonly<Record<string, string | number>>;

/** A translator bound to one language. */
export type Translate = (key: LabelKey, values?: LabelValues) => string;

/**
 * The label of a key. Languages other than English must have been loaded (`loadLanguage`); a missing label, or a language
 * not loaded, is shown in English. Throws when the message needs a value that is not given: a fault of the caller.
 */
export function translate(language: Language, key: LabelKey, values?: LabelValues): string {
  const own = language === 'en' ? undefined : loadedLabels(language)?.[key];
  return formatMessage(own === undefined ? 'en' : language, own ?? en[key], values);
}

/** A translator over given labels, without the registry: for the server's per-request language and for the pseudo-locale. */
export function translatorOf(language: Language, labels: Labels): Translate {
  return (key, values) => {
    const own = labels[key];
    return formatMessage(own === undefined ? 'en' : language, own ?? en[key], values);
  };
}

/** Whether a string is a key: for keys put together from codes. */
export function isLabelKey(key: string): key is LabelKey {
  return Object.hasOwn(en, key);
}

/** The label of a code (`codeLabel(t, 'sex', 'female')`). A code this version does not know is shown as it is, never hidden. */
export function codeLabel(t: Translate, list: string, code: string): string {
  const key = `code.${list}.${code}`;
  return isLabelKey(key) ? t(key) : code;
}

/** Title and remedy of an error code or a refusal kind; an unknown kind gets the general ones. */
export function refusalText(
  t: Translate,
  kind: string,
  values: LabelValues = {},
): { readonly title: string; readonly remedy: string } {
  const given = { seconds: 60, id: '–', ...values };
  for (const stem of [`refusal.${kind}`, `error.${kind}`]) {
    const remedy = `${stem}.remedy`;
    if (isLabelKey(stem) && isLabelKey(remedy)) return { title: t(stem, given), remedy: t(remedy, given) };
  }
  return { title: t('refusal.unknown'), remedy: t('refusal.unknown.remedy') };
}

const parsed = new Map<string, IntlMessageFormat>();

function formatMessage(language: Language, message: string, values: LabelValues | undefined): string {
  if (!message.includes('{')) return message;
  const key = `${language}\n${message}`;
  let format = parsed.get(key);
  if (!format) {
    format = new IntlMessageFormat(message, formatTag(language), undefined, { ignoreTag: true });
    parsed.set(key, format);
  }
  return String(format.format(values ?? {}));
}
